import Studies

extension Report {
  /// The tables as comma-separated values, an empty line between them.
  package func csv() -> String {
    var text = ""
    csv { text += $0 }
    return text
  }

  /// The same piece by piece, so that no more than a piece of it is there at once.
  package func csv(_ write: (String) -> Void) {
    for (index, table) in tables.enumerated() {
      if index > 0 { write("\n") }
      table.csv(write)
    }
  }
}

extension Table {
  /// The table as comma-separated values under its keys.
  ///
  /// Fields are quoted as RFC 4180 says, by ``CSVText/field(_:)``. Unlike there, lines end in a line feed alone, as Unix
  /// tools expect.
  package func csv() -> String {
    var text = ""
    csv { text += $0 }
    return text
  }

  /// The same piece by piece: a few thousand rows at a time, made by all cores.
  func csv(_ write: (String) -> Void) {
    let places = places(for: .lines)
    let size = 4096
    let stretches = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    var head = ""
    Self.append(places.map { fields[$0].key }, to: &head)
    write(head)
    let wave = max(1, coreCount)
    for first in stride(from: 0, to: stretches.count, by: wave) {
      let lines = parallelMap(Array(stretches[first..<min(first + wave, stretches.count)])) { stretch in
        var text = ""
        for index in stretch {
          let cells = cells(index)
          Self.append(places.lazy.map { cells[$0].value.text }, to: &text)
        }
        return text
      }
      for stretch in lines { write(stretch) }
    }
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
