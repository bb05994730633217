extension TextTable {
  /// The table as comma-separated values, headed by the columns' keys, with the cells' data.
  ///
  /// Fields are quoted as RFC 4180 says: where they hold a comma, a quote or a line break, a quote being doubled.
  /// Unlike there, lines end in a line feed alone, as Unix tools expect.
  public func csv() -> String {
    ([columns.map(\.key)] + rows.map { row in row.map(\.data) }).map { fields in
      fields.map(csvField).joined(separator: ",") + "\n"
    }.joined()
  }
}

private func csvField(_ text: String) -> String {
  guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
  return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
}
