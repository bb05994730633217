/// Rows of values under fields, from which every format has its table.
///
/// ```swift
/// let table = Table(named: "kernels", study.rows, [
///   Column("operator") { .text($0.name) },
///   Column("time", unit: "us", key: "time_us", .fixed(1)) { .number($0.time.value * 1e6) },
/// ])
/// print(table.text(), terminator: "")
/// // operator       time
/// //                  us
/// // ────────────  ─────
/// // aten::linear   12.3
/// ```
///
/// Rows are made when they are asked for, so that a table of a million takes no room.
package struct Table: Sendable {
  /// What JSON calls it.
  package let name: String
  /// What each row has, in order.
  package private(set) var fields: [Field]
  /// How many rows there are.
  package let count: Int
  /// Whether a narrow terminal cuts its texts.
  var isCut = false

  private let row: @Sendable (Int) -> [Cell]

  /// A table of things, a row for each.
  package init<Rows: RandomAccessCollection & Sendable>(
    named name: String = "rows", _ rows: Rows, _ columns: [Column<Rows.Element>]
  ) where Rows.Index: Sendable {
    self.name = name
    fields = columns.map(\.field)
    count = rows.count
    row = { index in
      let row = rows[rows.index(rows.startIndex, offsetBy: index)]
      return columns.map { $0.cell(row) }
    }
  }

  /// A table of rows that are there already.
  ///
  /// - Precondition: Each row has a cell for every field.
  package init(named name: String = "rows", fields: [Field], _ rows: [[Cell]]) {
    for row in rows {
      precondition(row.count == fields.count, "a row of \(row.count) cells in a table of \(fields.count) columns")
    }
    self.name = name
    self.fields = fields
    count = rows.count
    row = { rows[$0] }
  }

  /// A table of records that have the same keys.
  init(named name: String = "rows", _ records: [Record]) {
    self.init(
      named: name, fields: (records.first?.members ?? []).map { Field($0.key) },
      records.map { record in record.members.map { Cell($0.value) } })
  }

  /// A table of records, each key of any of them in its place; blank where a record has none.
  init(named name: String = "rows", uniting records: [Record]) {
    var keys: [String] = []
    for record in records {
      var place = 0
      for (key, _) in record.members {
        if let known = keys.firstIndex(of: key) {
          place = known + 1
        } else {
          keys.insert(key, at: place)
          place += 1
        }
      }
    }
    self.init(
      named: name, fields: keys.map { Field($0) },
      records.map { record in
        let values = Dictionary(record.members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        return keys.map { Cell(values[$0] ?? .text(nil)) }
      })
  }

  /// The same table, its texts cut where a terminal is narrow.
  package var cut: Table {
    var table = self
    table.isCut = true
    return table
  }

  /// The same table, whose columns behind the first are left out from the right where a terminal is narrow.
  package var ranked: Table {
    var table = self
    for index in fields.indices.dropFirst() { table.fields[index].rank = max(.supporting, fields[index].rank) }
    return table
  }

  /// The cells of a row.
  func cells(_ index: Int) -> [Cell] { row(index) }

  /// The places of the fields that some readers get.
  func places(for readers: Field.Readers) -> [Int] {
    fields.indices.filter { !fields[$0].readers.isDisjoint(with: readers) }
  }

  /// The rows as records, for readers of JSON or of lines.
  func records(for readers: Field.Readers) -> some Sequence<Record> {
    let places = places(for: readers)
    return (0..<count).lazy.map { index in
      let cells = row(index)
      return Record(places.map { (fields[$0].key, cells[$0].value) }).onOneLine
    }
  }
}
