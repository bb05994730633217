/// What a command found out, as values: from them every format is made, and none knows what they are about.
package protocol Report: Sendable {
  /// What was found, in a sentence: what a page begins with; by default the first of the blocks does.
  var finding: String? { get }
  /// What people read, from the top.
  var blocks: [ReportBlock] { get }
  /// What programs read line by line, as CSV or JSON Lines.
  var tables: [Table] { get }
  /// What programs read whole, as JSON; by default the tables by name.
  var record: Record { get }
  /// What is seen better than read; by default nothing.
  var figures: [Figure] { get }
}

extension Report {
  /// The first of the blocks.
  package var finding: String? { nil }

  /// The tables by name.
  package var record: Record { Record(tables.map { ($0.name, .table($0)) }) }

  /// Nothing.
  package var figures: [Figure] { [] }
}
