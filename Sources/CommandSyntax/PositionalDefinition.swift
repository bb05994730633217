/// One argument that is known by its place and not by a name.
package struct PositionalDefinition: Hashable, Sendable {
  /// What stands for the argument in help and in messages: `WORKLOAD`.
  package let name: String

  /// What the argument is, in one line without a period.
  package let help: String

  /// Whether the command cannot do without the argument.
  package let isRequired: Bool

  /// Whether the argument takes all that remain.
  package let isRepeatable: Bool

  /// Creates a positional argument; `CommandTree` checks that a command's positionals fit together.
  package init(_ name: String, help: String, isRequired: Bool = false, isRepeatable: Bool = false) {
    self.name = name
    self.help = help
    self.isRequired = isRequired
    self.isRepeatable = isRepeatable
  }

  /// The argument as the usage line shows it: `<FILE>`, `[WORKLOAD]`, `[FILE]...`.
  var usage: String { (isRequired ? "<\(name)>" : "[\(name)]") + (isRepeatable ? "..." : "") }
}
