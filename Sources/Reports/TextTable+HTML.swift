import Charts

extension TextTable {
  /// The table in HTML; every text is text, whatever it says.
  ///
  /// - Parameter caption: What the table shows, for those who do not see what it belongs to.
  /// - Returns: A `table` element.
  public func html(caption: String) -> String {
    var text = "<table><caption>\(markupEscaped(caption))</caption><thead><tr>"
    for column in columns {
      let unit = column.unit.map { " <small>\(markupEscaped($0))</small>" } ?? ""
      text += "<th scope=\"col\"\(attribute(of: column))>\(markupEscaped(column.title))\(unit)</th>"
    }
    text += "</tr></thead><tbody>"
    for row in rows {
      text += "<tr>"
      for (column, cell) in zip(columns, row) {
        text += "<td\(attribute(of: column))>\(markupEscaped(cell.text))</td>"
      }
      text += "</tr>"
    }
    return text + "</tbody></table>"
  }

  private func attribute(of column: Column) -> String { column.alignment == .number ? " class=\"n\"" : "" }
}
