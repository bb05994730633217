/// What a command found out, as values: from them every format is made, and none knows what they are about.
package protocol Report: Sendable {
  /// What people read, from the top.
  var blocks: [Block] { get }
  /// What programs read line by line, as CSV or JSON Lines.
  var tables: [Table] { get }
  /// What programs read whole, as JSON; by default the tables by name.
  var record: Record { get }
  /// What is seen better than read; by default nothing.
  var figures: [Figure] { get }
}

extension Report {
  /// The tables by name.
  package var record: Record { Record(tables.map { ($0.name, .table($0)) }) }

  /// Nothing.
  package var figures: [Figure] { [] }
}

/// A part of what people read.
package enum Block: Sendable {
  /// Lines as they are.
  case lines([String])
  /// Paragraphs, broken between words where a line is full; lines after their first are set in.
  case paragraphs([String], indent: Int = 0)
  /// A table under a title, with numbers beside it as bars, and a note below.
  case table(Table, title: String? = nil, bars: TableBars? = nil, note: String? = nil)

  /// A line as it is.
  package static func line(_ text: String) -> Block { .lines([text]) }

  /// A paragraph.
  package static func paragraph(_ text: String) -> Block { .paragraphs([text]) }
}
