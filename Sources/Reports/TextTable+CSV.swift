import Studies

extension TextTable {
  /// The table as comma-separated values, headed by the columns' keys, with the cells' data.
  ///
  /// Fields are quoted as RFC 4180 says, by `CSVText.field(_:)`. Unlike there, lines end in a line feed alone, as Unix
  /// tools expect.
  public func csv() -> String {
    var text = csvLine(columns.map(\.key))
    for row in rows { text += csvLine(row.map(\.data)) }
    return text
  }
}

/// A line of comma-separated values, with its end.
func csvLine(_ fields: [String]) -> String { fields.map(CSVText.field).joined(separator: ",") + "\n" }
