import Studies

extension TextTable {
  /// The table as comma-separated values, headed by the columns' keys, with the cells' data.
  ///
  /// Fields are quoted as RFC 4180 says, by ``CSVText/field(_:)``. Unlike there, lines end in a line feed alone, as Unix
  /// tools expect.
  public func csv() -> String {
    ([columns.map(\.key)] + rows.map { row in row.map(\.data) }).map { fields in
      fields.map(CSVText.field).joined(separator: ",") + "\n"
    }.joined()
  }
}
