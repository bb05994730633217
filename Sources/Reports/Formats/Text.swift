import JSONText

extension Report {
  /// Tables and sentences for a terminal, an empty line between blocks.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled, by ANSI escape sequences; headings are then bold.
  ///   - width: The columns of the terminal; what a table leaves free shows its bars.
  /// - Returns: Lines, each ended by a line break.
  package func text(styled: Bool, width: Int = 100) -> String {
    blocks.map { $0.text(styled: styled, width: width) }.joined(separator: "\n")
  }
}

extension ReportBlock {
  fileprivate func text(styled: Bool, width: Int) -> String {
    switch self {
    case .lines(let lines): return lines.map { $0 + "\n" }.joined()
    case .paragraphs(let texts, let indent):
      return texts.map { wrapped($0, width: min(100, width), indent: indent) }.joined()
    case .table(let table, let title, let bars, let note):
      let body =
        bars.map { table.text(styled: styled, width: width, bars: $0) }
        ?? table.text(styled: styled, width: table.isCut ? width : nil)
      return (title.map { $0 + "\n" } ?? "") + body + (note.map { $0 + "\n" } ?? "")
    }
  }
}

extension Table {
  /// The table in columns for a terminal or a text file.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled, by ANSI escape sequences; the heading is then bold.
  ///   - width: The columns that the terminal has. Where the table needs more, its widest text columns are cut, with an
  ///     ellipsis, down to 8 characters, the first after all others; numbers are never cut, so the table may still be
  ///     wider. `nil` for no limit.
  /// - Returns: Lines without trailing spaces, each ended by a line break.
  package func text(styled: Bool = false, width: Int? = nil) -> String { shown.text(styled: styled, width: width) }

  /// The table with bars behind it, as wide as the terminal leaves room for, up to 24 characters; without room, none.
  package func text(styled: Bool = false, width: Int, bars: TableBars) -> String {
    var table = shown
    let used = table.text().split(separator: "\n").map(\.count).max() ?? 0
    let room = min(24, width - used - 2)
    guard room >= 8, bars.values.count == count else { return table.text(styled: styled) }
    table.append(bars, width: room)
    return table.text(styled: styled)
  }

  /// The table as people see it.
  var shown: ShownTable {
    let places = places(for: .people)
    return ShownTable(
      columns: places.map { ShownTable.Column(fields[$0].title, unit: fields[$0].unit, isNumber: fields[$0].isNumber) },
      rows: (0..<count).map { index in
        let cells = cells(index)
        return places.map { place in
          let cell = cells[place]
          return (visible(cell.shown ?? fields[place].display.text(of: cell.value)), cell.style)
        }
      })
  }
}

/// A table of texts that are ready to be seen: what they say, wherever it is from, is one line of visible characters.
///
/// A character counts as one terminal column.
struct ShownTable {
  /// A heading, and how the cells under it line up.
  struct Column {
    let title: String
    /// The unit, on a line of its own under the title; nil for none.
    let unit: String?
    /// Whether cells line up on their decimal points, or behind the digits where there are none, and the title stands on
    /// the right; otherwise all stand on the left.
    let isNumber: Bool

    init(_ title: String, unit: String?, isNumber: Bool) {
      self.title = visible(title)
      self.unit = unit.map(visible)
      self.isNumber = isNumber
    }
  }

  var columns: [Column]
  var rows: [[(text: String, style: TextStyle?)]]

  /// Adds bars as the last column.
  mutating func append(_ bars: TableBars, width: Int) {
    let most = bars.most ?? bars.values.compactMap { $0 }.max() ?? 0
    columns.append(Column(String(bars.title.prefix(width)), unit: nil, isNumber: false))
    for (index, value) in bars.values.enumerated() {
      rows[index].append((most > 0 ? TableBars.bar((value ?? 0) / most, width: width) : "", .cyan))
    }
  }

  /// The lines; see ``Table/text(styled:width:)``.
  func text(styled: Bool = false, width: Int? = nil) -> String {
    let shapes = fitted(columns.indices.map(shape(ofColumn:)), to: width)
    let heading: TextStyle? = styled ? .bold : nil
    var lines = [line(columns.map { ($0.title, heading) }, in: shapes, isHeading: true)]
    if columns.contains(where: { $0.unit != nil }) {
      lines.append(line(columns.map { ($0.unit ?? "", styled ? .dim : nil) }, in: shapes, isHeading: true))
    }
    lines.append(shapes.map { String(repeating: "─", count: $0.width) }.joined(separator: "  "))
    for row in rows {
      lines.append(line(row.map { ($0.text, styled ? $0.style : nil) }, in: shapes, isHeading: false))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// What a column's cells take up: of a number column, its widest part before the point and its widest from there on.
  private struct Shape {
    var isNumber: Bool
    var width: Int
    var tail: Int
  }

  private func shape(ofColumn index: Int) -> Shape {
    let column = columns[index]
    let heading = max(column.title.count, column.unit?.count ?? 0)
    let texts = rows.map { $0[index].text }
    guard column.isNumber else {
      return Shape(isNumber: false, width: texts.reduce(heading) { max($0, $1.count) }, tail: 0)
    }
    let numbers = texts.compactMap { text in headLength(of: text).map { (head: $0, tail: text.count - $0) } }
    let tail = numbers.map(\.tail).max() ?? 0
    let width = (numbers.map(\.head).max() ?? 0) + tail
    return Shape(isNumber: true, width: texts.reduce(max(heading, width)) { max($0, $1.count) }, tail: tail)
  }

  /// Narrows the widest text columns, one character at a time, until the table fits or none can give more.
  private func fitted(_ shapes: [Shape], to limit: Int?) -> [Shape] {
    guard let limit else { return shapes }
    var shapes = shapes
    var excess = shapes.map(\.width).reduce(2 * (shapes.count - 1), +) - limit
    while excess > 0 {
      let candidates = shapes.indices.filter { !shapes[$0].isNumber && shapes[$0].width > 8 }
      // What a row is about is cut last.
      let others = candidates.filter { $0 > 0 }
      guard let widest = (others.isEmpty ? candidates : others).max(by: { shapes[$0].width < shapes[$1].width }) else {
        break
      }
      shapes[widest].width -= 1
      excess -= 1
    }
    return shapes
  }

  /// One line of cells, two spaces apart; spaces wait until something follows them, so that none trails.
  private func line(_ cells: [(text: String, style: TextStyle?)], in shapes: [Shape], isHeading: Bool) -> String {
    var (line, spaces) = ("", 0)
    for (cell, shape) in zip(cells, shapes) {
      let text = cut(cell.text, to: shape)
      let before = indent(of: text, in: shape, isHeading: isHeading)
      spaces += before
      if !text.isEmpty {
        line += String(repeating: " ", count: spaces) + (cell.style?.applied(to: text) ?? text)
        spaces = 0
      }
      spaces += shape.width - before - text.count + 2
    }
    return line
  }

  private func cut(_ text: String, to shape: Shape) -> String {
    text.count > shape.width ? text.prefix(shape.width - 1) + "…" : text
  }

  private func indent(of text: String, in shape: Shape, isHeading: Bool) -> Int {
    switch (shape.isNumber, isHeading) {
    case (false, _): 0
    case (true, true): shape.width - text.count
    case (true, false): shape.width - (headLength(of: text).map { $0 + shape.tail } ?? text.count)
    }
  }
}

/// How many characters stand before the point on which a number aligns.
///
/// They end at the decimal point, or with the first digits, so that a unit or a percent sign hangs behind. A text
/// without digits, such as `n/a`, has none: it stands on the right.
private func headLength(of text: String) -> Int? {
  var length = 0
  var sawDigit = false
  for character in text {
    let isDigit = character.isASCII && character.isNumber
    if sawDigit, !isDigit, character != ",", character != "\u{202F}" { break }
    sawDigit = sawDigit || isDigit
    length += 1
  }
  return sawDigit ? length : nil
}
