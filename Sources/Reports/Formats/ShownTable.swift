import JSONText

/// A table of texts that are ready to be seen: what they say, wherever it is from, is one line of visible characters.
///
/// A character counts as one terminal column.
struct ShownTable {
  /// A heading, and how the cells under it line up.
  struct Column {
    let title: String
    /// The unit, on lines of its own under the title; nil for none.
    let unit: String?
    /// Whether cells line up on their decimal points, or behind the digits where there are none, and the title stands on
    /// the right; otherwise all stand on the left.
    let isNumber: Bool
    /// How long it keeps its place where a terminal is narrow.
    let rank: Field.Rank
    /// Whether it stands above the table where all rows have the same.
    let isStatedOnce: Bool
    /// Whether its texts may be cut.
    let isCut: Bool

    /// A column of a field.
    init(_ field: Field, isCut: Bool) {
      self.init(
        field.title, unit: field.unit, isNumber: field.isNumber, rank: field.rank, isStatedOnce: field.isStatedOnce,
        isCut: isCut)
    }

    init(
      _ title: String, unit: String? = nil, isNumber: Bool = false, rank: Field.Rank = .essential,
      isStatedOnce: Bool = false, isCut: Bool = false
    ) {
      self.title = visible(title)
      self.unit = unit.map(visible)
      (self.isNumber, self.rank, self.isStatedOnce, self.isCut) = (isNumber, rank, isStatedOnce, isCut)
    }

    /// The title with its unit, on one line.
    var label: String { unit.map { "\(title) (\($0))" } ?? title }
  }

  var columns: [Column]
  var rows: [[(text: String, style: TextStyle?)]]

  /// Adds bars as the last column.
  mutating func append(_ bars: TableBars, width: Int) {
    let most = bars.most ?? bars.values.compactMap { $0 }.max() ?? 0
    columns.append(Column(bars.title))
    for (index, value) in bars.values.enumerated() {
      rows[index].append((most > 0 ? TableBars.bar((value ?? 0) / most, width: width) : "", .cyan))
    }
  }

  /// Takes the columns out that are stated once and the same in all rows of several.
  ///
  /// - Returns: What they say, in words; nothing where there are none.
  mutating func takeStated() -> String {
    guard rows.count > 1 else { return "" }
    let taken = columns.indices.filter { place in
      columns[place].isStatedOnce && rows.allSatisfy { $0[place].text == rows[0][place].text }
    }
    guard !taken.isEmpty, taken.count < columns.count else { return "" }
    let words = taken.map { place in
      let column = columns[place]
      let text = rows[0][place].text
      return "\(column.title) \(text)" + (text == "-" ? "" : column.unit.map { " \($0)" } ?? "")
    }
    let kept = columns.indices.filter { !taken.contains($0) }
    columns = kept.map { columns[$0] }
    rows = rows.map { row in kept.map { row[$0] } }
    return "all: " + words.joined(separator: ", ")
  }

  // MARK: Lines

  /// The lines of the columns that a layout keeps.
  func text(_ layout: Layout, styled: Bool) -> String {
    let shapes = layout.shapes
    let titles = shapes.map(\.title.count).max() ?? 1
    let units = shapes.map(\.unit.count).max() ?? 0
    func heading(_ row: Int, _ style: TextStyle, _ part: (Shape) -> String) -> String {
      line(shapes.map { (part($0), styled ? style : nil) }, in: shapes, isHeading: true)
    }
    // Titles stand on the rule's side of their lines, so that each is next to its unit.
    var lines = (0..<titles).map { row in
      heading(row, .bold) { shape in
        let place = row - (titles - shape.title.count)
        return place >= 0 ? shape.title[place] : ""
      }
    }
    lines += (0..<units).map { row in heading(row, .dim) { $0.unit.indices.contains(row) ? $0.unit[row] : "" } }
    lines.append(shapes.map { String(repeating: "─", count: $0.width) }.joined(separator: "  "))
    for row in rows {
      let cells = layout.columns.map { (text: row[$0].text, style: styled ? row[$0].style : nil) }
      lines.append(line(cells, in: shapes, isHeading: false))
    }
    return lines.map { $0 + "\n" }.joined()
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

  // MARK: Blocks

  /// A block for each row, a line for each column, an empty line between blocks: what is too wide for columns.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled; labels are then bold.
  ///   - width: The characters of a line.
  /// - Returns: The lines, each ended by a line break.
  func stacked(styled: Bool, width: Int) -> String {
    let labels = columns.map(\.label)
    let widest = labels.map(\.count).max() ?? 0
    // Beside its label a value has room for a number; where it has not, it stands below.
    let isBelow = widest + 2 + 12 > width
    let margin = isBelow ? 2 : widest + 2
    let blocks = rows.map { row in
      zip(labels, row).map { label, cell in
        let name = brokenText(label, width: width).map { styled ? TextStyle.bold.applied(to: $0) : $0 }
        let pieces = brokenText(cell.text, width: max(1, width - margin)).map { piece in
          piece.isEmpty ? piece : styled ? cell.style?.applied(to: piece) ?? piece : piece
        }
        let indent = String(repeating: " ", count: margin)
        if isBelow { return (name + pieces.filter { !$0.isEmpty }.map { indent + $0 }).map { $0 + "\n" }.joined() }
        guard pieces[0].isEmpty == false else { return name[0] + "\n" }
        let first = name[0] + String(repeating: " ", count: margin - label.count) + pieces[0]
        return ([first] + pieces.dropFirst().map { indent + $0 }).map { $0 + "\n" }.joined()
      }.joined()
    }
    return blocks.joined(separator: "\n")
  }
}

/// How many characters stand before the point on which a number aligns.
///
/// They end at the decimal point, or with the first digits, so that a unit or a percent sign hangs behind. A text
/// without digits, such as `n/a`, has none: it stands on the right.
func headLength(of text: String) -> Int? {
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
