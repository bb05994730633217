extension TextTable {
  /// The table as comma-separated values, headed by the columns' keys, with the cells' data.
  ///
  /// Fields are quoted as RFC 4180 says: where they hold a comma, a quote or a line break, a quote being doubled.
  /// Unlike there, lines end in a line feed alone, as Unix tools expect.
  public func csv() -> String {
    var text = csvLine(columns.map(\.key))
    for row in rows { text += csvLine(row.map(\.data)) }
    return text
  }
}

/// A line of comma-separated values, with its end.
func csvLine(_ fields: [String]) -> String { fields.map(csvField).joined(separator: ",") + "\n" }

private func csvField(_ text: String) -> String {
  guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
  return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
}
