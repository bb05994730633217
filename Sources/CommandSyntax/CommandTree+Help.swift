extension CommandTree {
  /// The help of a command.
  ///
  /// - Parameters:
  ///   - path: The words after the program's name; empty for the program itself.
  ///   - detail: How much of it.
  ///   - width: The columns to wrap to; fewer than 40 count as 40.
  ///   - styled: Whether headings and names are bold, by ANSI escape sequences.
  /// - Returns: Lines without trailing spaces, each ended by a line break.
  /// - Precondition: `path` names a command of the tree.
  package func help(
    for path: [String], detail: HelpDetail = .full, width: Int = 80, styled: Bool = false
  ) -> String {
    guard let command = command(at: path) else { preconditionFailure("no command '\(line(calling: path))'") }
    var page = HelpPage(width: width, styled: styled)
    page.paragraph(command.summary + ".")
    if detail == .full, let discussion = command.discussion { page.paragraph(discussion) }
    page.section("Usage", lines: usageLines(of: command, at: path))
    page.section("Arguments", entries: command.positionals.map { .init(label: $0.usage, text: $0.help) })
    page.section(
      "Subcommands", entries: command.subcommands.map { .init(label: $0.name, text: $0.summary) })
    for group in optionGroups(of: command) {
      page.section(group.title, entries: group.options.map { entry(of: $0, detail: detail) })
    }
    if detail == .full { page.examples(command.examples) }
    if !command.subcommands.isEmpty { page.paragraph("See '\(line(calling: path)) SUBCOMMAND --help' for each.") }
    return page.text
  }

  /// How the command is called: with a subcommand, and without where it does something of its own.
  private func usageLines(of command: CommandDefinition, at path: [String]) -> [String] {
    let call = line(calling: path)
    let required = command.options.filter(\.isRequired).map(\.usage)
    let plain = [call] + required + ["[OPTIONS]"] + command.positionals.map(\.usage)
    return (command.requiresSubcommand ? [] : [plain.joined(separator: " ")])
      + (command.subcommands.isEmpty ? [] : ["\(call) <SUBCOMMAND> [OPTIONS]"])
  }

  /// The options under their headings, in the order in which the headings first appear; the general ones come last.
  private func optionGroups(of command: CommandDefinition) -> [(title: String, options: [OptionDefinition])] {
    let (all, general) = (options(of: command), "Options")
    var titles: [String] = []
    for title in all.compactMap(\.group) where !titles.contains(title) { titles.append(title) }
    return (titles.filter { $0 != general } + [general]).map { title in
      (title, all.filter { ($0.group ?? general) == title })
    }
  }

  private func entry(of option: OptionDefinition, detail: HelpDetail) -> HelpPage.Entry {
    var text = option.help
    if option.isRepeatable { text += "; may be repeated" }
    if !option.choices.isEmpty { text += " [\((option.choices + option.openChoices).joined(separator: ", "))]" }
    if let defaultText = option.defaultText { text += " (default: \(defaultText))" }
    if detail == .full, let longHelp = option.longHelp { text += "\n" + longHelp }
    return .init(label: (option.short.map { "-\($0), " } ?? "    ") + option.usage, text: text)
  }
}
