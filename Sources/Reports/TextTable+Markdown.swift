extension TextTable {
  /// The table in GitHub-flavored Markdown; units stand in parentheses behind the titles, and styles are left out.
  ///
  /// A bar in a cell is escaped and a line break becomes a space, so that no cell can break the table.
  public func markdown() -> String {
    let titles = columns.map { column in column.unit.map { "\(column.title) (\($0))" } ?? column.title }
    let rules = columns.map { $0.alignment == .number ? "---:" : "---" }
    let body = rows.map { row in row.map(\.text) }
    return ([titles, rules] + body).map { cells in
      "| " + cells.map(markdownEscaped).joined(separator: " | ") + " |\n"
    }.joined()
  }
}

private func markdownEscaped(_ text: String) -> String {
  text.map { $0 == "|" ? "\\|" : $0.isNewline ? " " : String($0) }.joined()
}
