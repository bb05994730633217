import JSONText

/// A column of a table of something: what it is called, and what each thing has in it.
package struct Column<Row>: Sendable {
  /// What it is called, and how it is shown.
  let field: Field
  /// What a thing has in it.
  let cell: @Sendable (Row) -> Cell

  /// A column of a field.
  init(_ field: Field, _ cell: @escaping @Sendable (Row) -> Cell) {
    self.field = field
    self.cell = cell
  }

  /// A column of a field that is told here.
  package init(
    _ title: String, unit: String? = nil, key: String? = nil, _ display: Display = .text,
    for readers: Field.Readers = .all, _ cell: @escaping @Sendable (Row) -> Cell
  ) {
    self.init(Field(title, unit: unit, key: key, display, for: readers), cell)
  }
}

/// A cell: a value, and how it stands out to people.
package struct Cell: Sendable, ExpressibleByStringLiteral {
  /// The value.
  package let value: Value
  /// How it stands out on a terminal; nil for plain.
  let style: TextStyle?
  /// What people see in place of the value; nil for the value itself.
  let shown: String?

  /// A cell.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - style: How it stands out on a terminal.
  ///   - shown: What people see in place of the value.
  package init(_ value: Value, _ style: TextStyle? = nil, shown: String? = nil) {
    self.value = value
    self.style = style
    self.shown = shown
  }

  /// A text.
  package init(stringLiteral text: String) { self.init(.text(text)) }

  /// A text, or a dash.
  package static func text(_ text: String?, _ style: TextStyle? = nil) -> Cell { Cell(.text(text), style) }
  /// Whether something is so, which people see as yes and no.
  package static func flag(_ flag: Bool, _ style: TextStyle? = nil) -> Cell {
    Cell(.flag(flag), style, shown: flag ? "yes" : "no")
  }
  /// How many.
  package static func count(_ count: Int?, _ style: TextStyle? = nil, shown: String? = nil) -> Cell {
    Cell(.count(count), style, shown: shown)
  }
  /// A parameter of a workload.
  static func count(_ count: Int64?) -> Cell { Cell(.count(count.map { Int($0) })) }
  /// Picoseconds.
  package static func time(_ time: Int64?, _ style: TextStyle? = nil) -> Cell { Cell(.time(time), style) }
  /// A number in its key's unit.
  package static func number(_ number: Double?, _ style: TextStyle? = nil, shown: String? = nil) -> Cell {
    Cell(.number(number), style, shown: shown)
  }
}

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
  package let fields: [Field]
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

  /// The same table, its texts cut where a terminal is narrow.
  package var cut: Table {
    var table = self
    table.isCut = true
    return table
  }

  /// What people see in the first column.
  package var firstColumn: [String] { shown.rows.compactMap(\.first?.text) }

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
