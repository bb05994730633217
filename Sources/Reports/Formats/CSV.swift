import Studies

extension Report {
  /// The tables as comma-separated values, an empty line between them.
  package func csv() -> String { tables.map { $0.csv() }.joined(separator: "\n") }
}

extension Table {
  /// The table as comma-separated values under its keys.
  ///
  /// Fields are quoted as RFC 4180 says, by ``CSVText/field(_:)``. Unlike there, lines end in a line feed alone, as Unix
  /// tools expect.
  package func csv() -> String {
    let places = places(for: .lines)
    var text = Self.csvLine(places.map { fields[$0].key })
    for index in 0..<count {
      let cells = cells(index)
      text += Self.csvLine(places.map { cells[$0].value.text })
    }
    return text
  }

  private static func csvLine(_ fields: [String]) -> String {
    fields.map(CSVText.field).joined(separator: ",") + "\n"
  }
}
