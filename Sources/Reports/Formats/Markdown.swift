import JSONText

extension Report {
  /// The report in GitHub-flavored Markdown, a paragraph for each block.
  package func markdown() -> String { blocks.map { $0.markdown() }.joined(separator: "\n") }
}

extension ReportBlock {
  fileprivate func markdown() -> String {
    func lines(_ lines: [String]) -> String { lines.map(markdownEscaped).joined(separator: "\\\n") + "\n" }
    switch self {
    case .lines(let texts), .paragraphs(let texts, _): return lines(texts)
    case .commands(let commands, let title):
      return lines([title] + commands.map { "\($0.line): \($0.shows)" })
    case .table(let table, let title, _, let note):
      let parts = [title.map { lines([$0]) }, table.markdown(), note.map { lines([$0]) }]
      return parts.compactMap { $0 }.joined(separator: "\n")
    }
  }
}

extension Table {
  /// The table in GitHub-flavored Markdown; units stand in parentheses behind the titles, and styles are left out.
  ///
  /// No cell can break the table or be markup: what would be is escaped.
  package func markdown() -> String {
    let table = shown
    let titles = table.columns.map { column in column.unit.map { "\(column.title) (\($0))" } ?? column.title }
    let rules = table.columns.map { $0.isNumber ? "---:" : "---" }
    return ([titles, rules] + table.rows.map { row in row.map(\.text) }).map { cells in
      "| " + cells.map(markdownEscaped).joined(separator: " | ") + " |\n"
    }.joined()
  }
}

/// A text as it stands in Markdown: never markup, neither Markdown's nor HTML's.
///
/// An underscore within a word, as in `sequence_length`, is none and stays as it is.
func markdownEscaped(_ text: String) -> String {
  let characters = Array(visible(text))
  func isOfWord(_ index: Int) -> Bool {
    characters.indices.contains(index) && (characters[index].isLetter || characters[index].isNumber)
  }
  return characters.indices.map { index in
    switch characters[index] {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "_" where isOfWord(index - 1) && isOfWord(index + 1): "_"
    case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!", "$": "\\" + String(characters[index])
    default: String(characters[index])
    }
  }.joined()
}
