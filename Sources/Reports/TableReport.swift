/// Tables and nothing else: what a catalog holds, what a profile may state.
public struct TableReport: Report {
  /// The tables, each under its name where there are several.
  public let tables: [Table]

  /// A report.
  public init(_ tables: [Table]) { self.tables = tables }

  /// The tables.
  public var blocks: [Block] {
    tables.map { .table($0.cut, title: tables.count > 1 ? $0.name : nil) }
  }
}
