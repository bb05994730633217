/// A command line that works, for help.
package struct CommandExample: Hashable, Sendable {
  /// The whole line as typed, the program's name first.
  package let line: String

  /// What the line shows, in one sentence without a period.
  package let shows: String

  /// Creates an example.
  package init(_ line: String, shows: String) {
    self.line = line
    self.shows = shows
  }
}

/// A command as data: its words, its arguments, and the commands below it.
package struct CommandDefinition: Hashable, Sendable {
  /// The word that calls the command; for the root of a tree, the program's name.
  package let name: String

  /// What the command does, in one line without a period.
  package let summary: String

  /// What `--help` says beyond the summary; paragraphs are separated by line breaks.
  package let discussion: String?

  /// The arguments known by their place, in order.
  package let positionals: [PositionalDefinition]

  /// The options, in the order of help.
  package let options: [OptionDefinition]

  /// Lines that work.
  package let examples: [CommandExample]

  /// The commands below this one, in the order of help.
  package let subcommands: [CommandDefinition]

  /// Whether the command does nothing of its own, so that one of its subcommands must be named.
  package let requiresSubcommand: Bool

  /// Creates a command from its parts; `CommandTree` checks that they fit together.
  package init(
    _ name: String, summary: String, discussion: String? = nil, positionals: [PositionalDefinition] = [],
    options: [OptionDefinition] = [], examples: [CommandExample] = [], subcommands: [CommandDefinition] = [],
    requiresSubcommand: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.positionals = positionals
    self.options = options
    self.examples = examples
    self.subcommands = subcommands
    self.requiresSubcommand = requiresSubcommand
  }
}
