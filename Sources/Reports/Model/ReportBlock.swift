/// A part of what people read.
package enum ReportBlock: Sendable {
  /// Lines as they are.
  case lines([String])
  /// Paragraphs, broken between words where a line is full; lines after their first are set in.
  case paragraphs([String], indent: Int = 0)
  /// A table under a title, with numbers beside it as bars, and a note below.
  case table(Table, title: String? = nil, bars: TableBars? = nil, note: String? = nil)

  /// A line as it is.
  package static func line(_ text: String) -> ReportBlock { .lines([text]) }

  /// A paragraph.
  package static func paragraph(_ text: String) -> ReportBlock { .paragraphs([text]) }
}
