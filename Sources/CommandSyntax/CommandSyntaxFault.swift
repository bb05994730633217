/// What is wrong with a command line, as a fact; `CommandSyntaxFault+Prose.swift` has the words.
package struct CommandSyntaxFault: Error, Hashable, Sendable {
  /// The command that was understood so far, the program's name first: `simulate run`.
  package let command: String

  /// What is wrong.
  package let fact: Fact

  /// Creates a fault; a caller that checks values of its own reports them as the parser does.
  package init(command: String, fact: Fact) {
    self.command = command
    self.fact = fact
  }

  /// What can be wrong with a command line; options are named as typed, `--batch` or `-b`.
  package enum Fact: Hashable, Sendable {
    /// No option has this name; `nearest` is one that may have been meant.
    case unknownOption(String, nearest: String?)
    /// No subcommand has this name; `nearest` is one that may have been meant.
    case unknownSubcommand(String, nearest: String?, available: [String])
    /// The command does nothing without one of its subcommands.
    case missingSubcommand(available: [String])
    /// The option stands without its value, of which `placeholder` is the name in help.
    case missingValue(option: String, placeholder: String)
    /// The switch stands with a value.
    case unexpectedValue(option: String, value: String)
    /// The option stands more than once, and may not.
    case repeatedOption(String)
    /// The command takes no such argument, or no more of them.
    case unexpectedPositional(String)
    /// The command cannot do without the option; `usage` shows it with its placeholder.
    case missingRequiredOption(usage: String)
    /// The command cannot do without the argument.
    case missingPositional(String)
    /// The value is not a whole number, or not one that fits 64 bits.
    case notAnInteger(option: String, value: String)
    /// The value is not a finite number.
    case notANumber(option: String, value: String)
    /// The number lies outside what the option allows, `allowed` in words: `from 1 to 64`.
    case outOfRange(option: String, value: String, allowed: String)
    /// The value is none of the choices; `nearest` is one that may have been meant.
    case notAChoice(option: String, value: String, nearest: String?, choices: [String])
    /// The value is none of the choices, and `advice` says what takes it.
    case takenElsewhere(option: String, value: String, advice: String)
    /// The value is not `NAME=VALUE` with a name.
    case malformedAssignment(option: String, value: String)
  }
}
