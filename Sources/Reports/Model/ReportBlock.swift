/// A part of what people read.
package enum ReportBlock: Sendable {
  /// Lines, each broken between words where a terminal is narrow.
  case lines([String])
  /// Command lines under a title, each with what it shows.
  case commands([(line: String, shows: String)], title: String)
  /// Paragraphs, broken between words where a line is full; lines after their first are set in.
  case paragraphs([String], indent: Int = 0)
  /// A table under a title, with numbers beside it as bars, and a note below.
  case table(Table, title: String? = nil, bars: TableBars? = nil, note: String? = nil)

  /// A line, broken between words where a terminal is narrow.
  package static func line(_ text: String) -> ReportBlock { .lines([text]) }

  /// A paragraph.
  package static func paragraph(_ text: String) -> ReportBlock { .paragraphs([text]) }
}
