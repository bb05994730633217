extension TextTable {
  /// The table in columns for a terminal or a text file.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled, by ANSI escape sequences; the heading is then bold.
  ///   - width: The columns that the terminal has. Where the table needs more, its widest text columns are cut, with an
  ///     ellipsis, down to 8 characters; numbers are never cut, so the table may still be wider. `nil` for no limit.
  /// - Returns: Lines without trailing spaces, each ended by a line break.
  public func text(styled: Bool = false, width: Int? = nil) -> String {
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
    var alignment: Alignment
    var width: Int
    var tail: Int
  }

  private func shape(ofColumn index: Int) -> Shape {
    let column = columns[index]
    let heading = max(column.title.count, column.unit?.count ?? 0)
    let texts = rows.map { $0[index].text }
    guard column.alignment == .number else {
      return Shape(alignment: .text, width: texts.reduce(heading) { max($0, $1.count) }, tail: 0)
    }
    let numbers = texts.compactMap { text in headLength(of: text).map { (head: $0, tail: text.count - $0) } }
    let tail = numbers.map(\.tail).max() ?? 0
    let width = (numbers.map(\.head).max() ?? 0) + tail
    return Shape(alignment: .number, width: texts.reduce(max(heading, width)) { max($0, $1.count) }, tail: tail)
  }

  /// Narrows the widest text columns, one character at a time, until the table fits or none can give more.
  private func fitted(_ shapes: [Shape], to limit: Int?) -> [Shape] {
    guard let limit else { return shapes }
    var shapes = shapes
    var excess = shapes.map(\.width).reduce(2 * (shapes.count - 1), +) - limit
    while excess > 0 {
      let candidates = shapes.indices.filter { shapes[$0].alignment == .text && shapes[$0].width > 8 }
      guard let widest = candidates.max(by: { shapes[$0].width < shapes[$1].width }) else { break }
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
    switch (shape.alignment, isHeading) {
    case (.text, _): 0
    case (.number, true): shape.width - text.count
    case (.number, false): shape.width - (headLength(of: text).map { $0 + shape.tail } ?? text.count)
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
