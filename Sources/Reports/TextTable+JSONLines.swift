import JSONText

extension TextTable {
  /// The table as lines of JSON, an object for each row with the columns' keys; numbers are numbers and blanks null.
  public func jsonLines() -> String {
    var text = ""
    for row in rows {
      var writer = JSONWriter(layout: .compact)
      writer.beginObject()
      for (column, cell) in zip(columns, row) {
        writer.key(column.key)
        if column.alignment == .number {
          if let number = Double(cell.data), number.isFinite { writer.value(number) } else { writer.null() }
        } else {
          writer.value(cell.data)
        }
      }
      writer.end()
      text += writer.text + "\n"
    }
    return text
  }
}
