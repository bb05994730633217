/// Tables and nothing else: what a catalog holds, what a profile may state.
package struct TableReport: Report {
  /// The tables, each under its name where there are several.
  package let tables: [Table]

  /// A report.
  package init(_ tables: [Table]) { self.tables = tables }

  /// The tables.
  package var blocks: [ReportBlock] {
    tables.map { .table($0.cut.ranked, title: tables.count > 1 ? $0.name : nil) }
  }
}
