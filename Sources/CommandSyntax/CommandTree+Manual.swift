extension CommandTree {
  /// The manual page of the program, in the roff macros of man(7).
  ///
  /// - Parameters:
  ///   - version: The program's version.
  ///   - notes: Sections of the program's own, behind the commands: a heading and paragraphs each.
  /// - Returns: The page, each line ended by a line break.
  package func manual(version: String, notes: [(title: String, paragraphs: [String])] = []) -> String {
    var page = ManualPage(name: root.name, version: version)
    page.section("NAME")
    page.text("\(root.name) - \(root.summary.prefix(1).lowercased())\(root.summary.dropFirst())")
    page.section("SYNOPSIS")
    for path in [[]] + root.subcommands.map({ [$0.name] }) { synopsis(of: path, &page) }
    page.section("DESCRIPTION")
    page.text(root.summary + ".")
    page.text(root.discussion)
    page.section("OPTIONS")
    for option in root.options + globalOptions + [.help] { entry(option, &page) }
    for path in paths where !path.isEmpty { add(path, &page) }
    page.examples(root.examples)
    for note in notes {
      page.section(note.title)
      for paragraph in note.paragraphs { page.text(paragraph) }
    }
    return page.content
  }

  private func synopsis(of path: [String], _ page: inout ManualPage) {
    guard let command = command(at: path) else { return }
    let words = ["[OPTIONS]"] + command.positionals.map(\.usage)
    let rest = command.subcommands.isEmpty || path.isEmpty ? words.joined(separator: " ") : "SUBCOMMAND [OPTIONS]"
    page.call(line(calling: path), rest)
  }

  private func add(_ path: [String], _ page: inout ManualPage) {
    guard let command = command(at: path) else { return }
    page.section(line(calling: path).uppercased())
    page.text(command.summary + ".")
    page.text(command.discussion)
    for positional in command.positionals { page.entry(positional.usage, positional.help) }
    for option in command.options { entry(option, &page) }
    page.examples(command.examples)
  }

  private func entry(_ option: OptionDefinition, _ page: inout ManualPage) {
    var text = option.help
    if option.isRepeatable { text += "; may be repeated" }
    if !option.choices.isEmpty { text += " [\((option.choices + option.openChoices).joined(separator: ", "))]" }
    if let defaultText = option.defaultText { text += " (default: \(defaultText))" }
    page.entry((option.short.map { "-\($0), " } ?? "") + option.usage, text + ".", option.longHelp)
  }
}

/// Text in the roff macros of man(7), in which nothing of the text is a request.
private struct ManualPage {
  private(set) var content: String

  init(name: String, version: String) {
    content = ".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\" \"User Commands\"\n.nh\n.ad l\n"
  }

  mutating func section(_ title: String) { content += ".SH \"\(Self.escaped(title))\"\n" }

  /// Paragraphs, apart by line breaks.
  mutating func text(_ text: String?) {
    for line in (text ?? "").split(separator: "\n") { content += ".PP\n\(Self.line(String(line)))\n" }
  }

  mutating func call(_ command: String, _ rest: String) {
    content += ".PP\n\\fB\(Self.escaped(command))\\fR \(Self.escaped(rest))\n"
  }

  mutating func entry(_ label: String, _ text: String, _ further: String? = nil) {
    content += ".TP\n\\fB\(Self.escaped(label))\\fR\n\(Self.line(text))\n"
    for line in (further ?? "").split(separator: "\n") { content += "\(Self.line(String(line)))\n" }
  }

  mutating func examples(_ examples: [CommandExample]) {
    for example in examples {
      let shows = example.shows.prefix(1).uppercased() + example.shows.dropFirst() + ":"
      content += ".PP\n\(Self.line(shows))\n.PP\n.RS 4\n.nf\n\(Self.line(example.line))\n.fi\n.RE\n"
    }
  }

  /// A line that is text, whatever it begins with.
  private static func line(_ text: String) -> String {
    let escaped = escaped(text)
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  /// Backslashes and hyphens as such: a hyphen in an option is copied and searched for.
  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "\"": "\\(dq"
      default: String(character)
      }
    }.joined()
  }
}
