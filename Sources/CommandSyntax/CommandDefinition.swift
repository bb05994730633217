/// A command line that works, for help.
public struct CommandExample: Hashable, Sendable {
  /// The whole line as typed, the program's name first.
  public let line: String

  /// What the line shows, in one sentence without a period.
  public let shows: String

  /// Creates an example.
  public init(_ line: String, shows: String) {
    self.line = line
    self.shows = shows
  }
}

/// A command as data: its words, its arguments, and the commands below it.
public struct CommandDefinition: Hashable, Sendable {
  /// The word that calls the command; for the root of a tree, the program's name.
  public let name: String

  /// What the command does, in one line without a period.
  public let summary: String

  /// What `--help` says beyond the summary; paragraphs are separated by line breaks.
  public let discussion: String?

  /// The arguments known by their place, in order.
  public let positionals: [PositionalDefinition]

  /// The options, in the order of help.
  public let options: [OptionDefinition]

  /// Lines that work.
  public let examples: [CommandExample]

  /// The commands below this one, in the order of help.
  public let subcommands: [CommandDefinition]

  /// Whether the command does nothing of its own, so that one of its subcommands must be named.
  public let requiresSubcommand: Bool

  /// Creates a command from its parts; `CommandTree` checks that they fit together.
  public init(
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
