/// How a report is written.
package enum Format: String, CaseIterable, Sendable {
  /// Tables and sentences for a terminal.
  case table
  /// Comma-separated values under a header.
  case csv
  /// One JSON value.
  case json
  /// An object of JSON on each line.
  case jsonl
  /// GitHub-flavored Markdown.
  case markdown
  /// A page that needs nothing beside it.
  case html
}

extension Report {
  /// The report in a format, for a file or a pipe.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - styled: Whether a table is styled, by ANSI escape sequences.
  ///   - width: The columns that a line may take; nil for no limit.
  /// - Returns: The text, which ends in a line feed.
  package func text(as format: Format, styled: Bool = false, width: Int? = nil) -> String {
    switch format {
    case .table: text(styled: styled, width: width)
    case .csv: csv()
    case .json: json()
    case .jsonl: jsonLines()
    case .markdown: markdown()
    case .html: html()
    }
  }
}
