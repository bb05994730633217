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
    for readers: Field.Readers = .all, rank: Field.Rank = .essential, isStatedOnce: Bool = false,
    _ cell: @escaping @Sendable (Row) -> Cell
  ) {
    self.init(
      Field(title, unit: unit, key: key, display, for: readers, rank: rank, isStatedOnce: isStatedOnce), cell)
  }

  /// The same column, of another rank.
  package func ranked(_ rank: Field.Rank) -> Column {
    var field = field
    field.rank = rank
    return Column(field, cell)
  }

  /// The same column, which stands above the table where all rows have the same in it.
  package var statedOnce: Column {
    var field = field
    field.isStatedOnce = true
    return Column(field, cell)
  }
}
