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
    let size = 4096
    let stretches = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    let lines = parallelMap(stretches) { stretch in
      var text = ""
      for index in stretch {
        let cells = cells(index)
        Self.append(places.lazy.map { cells[$0].value.text }, to: &text)
      }
      return text
    }
    var text = ""
    Self.append(places.map { fields[$0].key }, to: &text)
    for stretch in lines { text += stretch }
    return text
  }

  private static func append(_ fields: some Sequence<String>, to text: inout String) {
    var isFirst = true
    for field in fields {
      if !isFirst { text += "," }
      text += CSVText.field(field)
      isFirst = false
    }
    text += "\n"
  }
}
