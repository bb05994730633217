import CommandSyntax

/// A subcommand: how it is written, and what it does.
struct Subcommand: Sendable {
  /// What `run` is given.
  typealias Action = @Sendable (ParsedCommand, Library) throws(Failure) -> Void

  let definition: CommandDefinition
  /// What it does; nil for one that only holds others.
  private let action: Action?
  private let children: [Subcommand]

  /// A subcommand of its own.
  init(_ definition: CommandDefinition, _ action: @escaping Action) {
    self.definition = definition
    self.action = action
    children = []
  }

  /// A subcommand with others below it.
  ///
  /// - Parameters:
  ///   - name: Its word.
  ///   - summary: What they are about.
  ///   - children: The others.
  ///   - action: What it does where none of them is named; nil where one must be.
  init(_ name: String, summary: String, _ children: [Subcommand], _ action: Action? = nil) {
    definition = CommandDefinition(
      name, summary: summary, subcommands: children.map(\.definition), requiresSubcommand: action == nil)
    self.action = action
    self.children = children
  }

  /// Does what a command line names.
  ///
  /// - Parameters:
  ///   - path: The words below this subcommand, of a line that was parsed with its definition.
  ///   - command: The line.
  ///   - library: What there is to simulate.
  /// - Throws: What the subcommand throws.
  func run(_ path: ArraySlice<String>, _ command: ParsedCommand, _ library: Library) throws(Failure) {
    if let word = path.first, let child = children.first(where: { $0.definition.name == word }) {
      return try child.run(path.dropFirst(), command, library)
    }
    guard let action else { preconditionFailure("the parser asks for a subcommand of '\(definition.name)'") }
    try action(command, library)
  }
}
