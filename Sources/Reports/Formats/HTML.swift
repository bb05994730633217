import Charts

extension Report {
  /// A page that holds everything it shows: what people read, and the charts behind it.
  package func html() -> String {
    let heading = finding.map { "<h1>\(markupEscaped($0))</h1>" } ?? ""
    let parts =
      blocks.enumerated().map { $1.html(isFirst: $0 == 0 && heading.isEmpty) }
      + figures.map { "<section>\(HTMLPage.markup($0, showsTitle: true))</section>" }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      \(HTMLPage.head(title: finding ?? blocks.lazy.compactMap(\.firstLine).first ?? "simulate"))
      </head>
      <body>
      <main>
      \(([heading] + parts).joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }
}

extension ReportBlock {
  fileprivate var firstLine: String? {
    switch self {
    case .lines(let lines), .paragraphs(let lines, _): lines.first
    case .commands(_, let title): title
    case .table(_, let title, _, _): title
    }
  }

  /// The block as markup; what a page begins with is its heading.
  fileprivate func html(isFirst: Bool) -> String {
    switch self {
    case .lines(let lines), .paragraphs(let lines, _):
      if isFirst, let heading = lines.first {
        let rest = lines.dropFirst().map(markupEscaped).joined(separator: "<br>")
        return "<h1>\(markupEscaped(heading))</h1>" + (rest.isEmpty ? "" : "<p>\(rest)</p>")
      }
      return "<p>\(lines.map(markupEscaped).joined(separator: "<br>"))</p>"
    case .commands(let commands, let title):
      let lines = commands.map { "<code>\(markupEscaped($0.line))</code>: \(markupEscaped($0.shows))" }
      return "<p>\(([markupEscaped(title)] + lines).joined(separator: "<br>"))</p>"
    case .table(let table, let title, _, let note):
      let below = note.map { "<p class=\"caption\">\(markupEscaped($0))</p>" } ?? ""
      return "<section><div class=\"scroll\" tabindex=\"0\">\(table.html(caption: title ?? ""))</div>\(below)</section>"
    }
  }
}

extension Table {
  /// The table in HTML; every text is text, whatever it says.
  ///
  /// - Parameter caption: What the table shows, for those who do not see what it belongs to.
  /// - Returns: A `table` element.
  package func html(caption: String) -> String {
    let table = shown
    let kinds = table.columns.map { $0.isNumber ? " class=\"n\"" : "" }
    var text = "<table><caption>\(markupEscaped(caption))</caption><thead><tr>"
    for (column, kind) in zip(table.columns, kinds) {
      let unit = column.unit.map { " <small>\(markupEscaped($0))</small>" } ?? ""
      text += "<th scope=\"col\"\(kind)>\(markupEscaped(column.title))\(unit)</th>"
    }
    text += "</tr></thead><tbody>"
    for row in table.rows {
      text += "<tr>" + zip(row, kinds).map { "<td\($1)>\(markupEscaped($0.text))</td>" }.joined() + "</tr>"
    }
    return text + "</tbody></table>"
  }
}
