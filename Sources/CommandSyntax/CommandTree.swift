/// A program's whole command line, as data.
///
/// ```swift
/// let tree = CommandTree(
///   root: CommandDefinition("simulate", summary: "Simulate latency", subcommands: [run, sweep]),
///   globalOptions: [OptionDefinition("catalog", value: "DIR", help: "Look here for profiles first")])
/// let command = try tree.parse(arguments: ["run", "--batch", "8"], suggest: { _, _ in nil })
/// command.path                // ["run"]
/// command.value(of: "batch")  // "8"
/// ```
///
/// The tree parses, explains and completes; it prints nothing, ends nothing and knows no model. Every command has
/// `-h` and `--help`, and the program has `help`, without being told.
///
/// Invariant, checked on creation: what is a mistake of the programmer and not of the user cannot be in a tree. Names
/// are not empty and not given twice in one command, `help` is left to the tree, only the last positional repeats, and
/// no required one follows an optional.
package struct CommandTree: Hashable, Sendable {
  /// The program itself: what it does without a subcommand, and the subcommands.
  package let root: CommandDefinition

  /// Options that every command accepts, before and after its name.
  package let globalOptions: [OptionDefinition]

  /// Creates a tree.
  ///
  /// - Parameters:
  ///   - root: The program itself; its name is the program's.
  ///   - globalOptions: Options that every command accepts.
  /// - Precondition: the definitions keep the invariant above.
  package init(root: CommandDefinition, globalOptions: [OptionDefinition] = []) {
    self.root = root
    self.globalOptions = globalOptions
    checkDefinition(of: root)
  }

  /// The command that a path of words names.
  ///
  /// - Parameter path: The words after the program's name; empty for the program itself.
  /// - Returns: The command; `nil` where there is none.
  package func command(at path: [String]) -> CommandDefinition? {
    var command = root
    for word in path {
      guard let next = command.subcommands.first(where: { $0.name == word }) else { return nil }
      command = next
    }
    return command
  }

  /// All options that a command accepts: its own, the global ones, and help.
  func options(of command: CommandDefinition) -> [OptionDefinition] { command.options + globalOptions + [.help] }

  /// The words that call a command, the program's name first.
  func line(calling path: [String]) -> String { ([root.name] + path).joined(separator: " ") }

  /// The paths of all commands, each parent before its children.
  var paths: [[String]] {
    func below(_ command: CommandDefinition, at path: [String]) -> [[String]] {
      [path] + command.subcommands.flatMap { below($0, at: path + [$0.name]) }
    }
    return below(root, at: [])
  }

  private func checkDefinition(of command: CommandDefinition) {
    let options = options(of: command)
    precondition(hasNoRepeats(options.map(\.name)), "'\(command.name)' declares an option twice")
    precondition(hasNoRepeats(options.compactMap(\.short)), "'\(command.name)' declares a short option twice")
    precondition(
      hasNoRepeats(command.subcommands.map(\.name) + ["help"]), "'\(command.name)' declares a subcommand twice")
    for option in options {
      precondition(!option.name.isEmpty && !option.name.contains("="), "an option's name is empty or holds '='")
      precondition(option.value != nil || option.choices.isEmpty, "the switch '\(option.flag)' has choices")
    }
    let positionals = command.positionals
    precondition(positionals.dropLast().allSatisfy { !$0.isRepeatable }, "only the last positional may repeat")
    precondition(
      positionals.drop { $0.isRequired }.allSatisfy { !$0.isRequired }, "a required positional follows an optional")
    precondition(
      !command.requiresSubcommand || !command.subcommands.isEmpty, "'\(command.name)' has no subcommand to require")
    command.subcommands.forEach(checkDefinition(of:))
  }
}

private func hasNoRepeats<Name: Hashable>(_ names: [Name]) -> Bool { Set(names).count == names.count }
