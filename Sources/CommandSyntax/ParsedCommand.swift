/// How much help is asked for.
package enum HelpDetail: Hashable, Sendable {
  /// One line per option, for `-h`.
  case brief
  /// All there is, for `--help` and `help`.
  case full
}

/// What was typed, sorted by what it was declared as; the values are still text.
///
/// Asking for a name that the command does not declare is a programmer's mistake and stops the program.
package struct ParsedCommand: Sendable {
  /// The words that name the command, without the program's: `["profiles", "list"]`; empty for the program itself.
  package let path: [String]

  /// The help asked for.
  ///
  /// Where it is not `nil`, nothing else was read or checked: show the help of `path`.
  package let helpRequest: HelpDetail?

  /// The arguments known by their place, in order.
  package let positionals: [String]

  /// The command called, the program's name first: what faults name.
  let line: String

  let definition: CommandDefinition
  let options: [OptionDefinition]
  let given: [String: [String]]
  let suggest: @Sendable (String, [String]) -> String?

  /// Whether the option is given.
  ///
  /// - Precondition: the command declares an option of this name.
  package func isPresent(_ name: String) -> Bool { given[declared(name).name] != nil }

  /// All values of a repeatable option, in the order given; empty without the option, and for a switch.
  ///
  /// - Precondition: the command declares an option of this name.
  package func values(of name: String) -> [String] { given[declared(name).name] ?? [] }

  /// The value of an option, the last where it is repeated; `nil` without the option.
  ///
  /// - Precondition: the command declares an option of this name.
  package func value(of name: String) -> String? { values(of: name).last }

  /// The argument declared under a name, the first of a repeatable one; `nil` where it is not given.
  ///
  /// - Precondition: the command declares a positional of this name.
  package func positional(_ name: String) -> String? {
    guard let place = definition.positionals.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("'\(line)' declares no argument \(name)")
    }
    return positionals.indices.contains(place) ? positionals[place] : nil
  }

  /// The line as it would be with other values of some options, and without arguments known by their place.
  ///
  /// - Parameter values: The values by option; those that are not named stay as they are.
  /// - Returns: The line.
  /// - Precondition: the command declares the options.
  package func with(_ values: [String: [String]]) -> ParsedCommand {
    var given = given
    for (name, texts) in values { given[declared(name).name] = texts }
    return ParsedCommand(
      path: path, helpRequest: helpRequest, positionals: [], line: line, definition: definition, options: options,
      given: given, suggest: suggest)
  }

  /// The definition of an option.
  func declared(_ name: String) -> OptionDefinition {
    guard let option = options.first(where: { $0.name == name }) else {
      preconditionFailure("'\(line)' declares no option --\(name)")
    }
    return option
  }

  func fault(_ fact: CommandSyntaxFault.Fact) -> CommandSyntaxFault { CommandSyntaxFault(command: line, fact: fact) }
}
