import JSONText

/// Lays out help: paragraphs, and sections of labels with their texts in a column beside them.
struct HelpPage {
  /// A label with the text that explains it.
  struct Entry {
    let label: String
    let text: String
  }

  private let width: Int
  private let styled: Bool
  private var blocks: [[String]] = []

  /// Labels longer than this have their text begin on the next line.
  private static let longestLabel = 26

  init(width: Int, styled: Bool) {
    self.width = max(40, width)
    self.styled = styled
  }

  /// The page: blocks apart by an empty line.
  var text: String { blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n") }

  mutating func paragraph(_ text: String) { blocks.append(wrapped(text, width: width)) }

  /// Adds a heading with lines under it; continuations of a long line are indented further.
  mutating func section(_ title: String, lines: [String]) {
    let body = lines.flatMap { line in
      wrapped(line, width: width - 6).enumerated().map { ($0.offset == 0 ? "  " : "      ") + $0.element }
    }
    blocks.append([bold(title + ":")] + body)
  }

  /// Adds a heading with entries under it, or nothing where there are none.
  mutating func section(_ title: String, entries: [Entry]) {
    guard !entries.isEmpty else { return }
    let widest = entries.map(\.label.count).filter { $0 <= Self.longestLabel }.max() ?? 8
    let indent = String(repeating: " ", count: widest + 4)
    var body: [String] = []
    for entry in entries {
      let lines = wrapped(entry.text, width: width - indent.count).map { $0.isEmpty ? "" : indent + $0 }
      let label = "  " + bold(entry.label)
      if entry.label.count <= widest, let first = lines.first {
        body.append(label + first.dropFirst(2 + entry.label.count))
        body += lines.dropFirst()
      } else {
        body += [label] + lines
      }
    }
    blocks.append([bold(title + ":")] + body)
  }

  /// Adds the examples: the line as typed, and what it shows above it; a line that is too long goes on behind a backslash, so
  /// that it can be copied.
  mutating func examples(_ examples: [CommandExample]) {
    guard !examples.isEmpty else { return }
    let body = examples.flatMap { example in
      wrapped(example.shows + ":", width: width - 2).map { "  " + $0 }
        + brokenCommand(example.line, width: width - 4, indent: 4).map { "    " + bold($0) }
    }
    blocks.append([bold("Examples:")] + body)
  }

  private func bold(_ text: String) -> String {
    guard styled else { return text }
    // Leading spaces stay outside, so that styled and plain help differ in nothing but the sequences.
    return text.prefix { $0 == " " } + "\u{1B}[1m" + text.drop { $0 == " " } + "\u{1B}[0m"
  }
}
