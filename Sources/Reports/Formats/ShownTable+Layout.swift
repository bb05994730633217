extension ShownTable {
  /// What a column takes up: its heading's lines, and of a number column its widest part from the point on.
  struct Shape {
    var isNumber: Bool
    var width: Int
    var tail: Int
    var title: [String]
    var unit: [String]
  }

  /// Which columns are shown, and how wide.
  struct Layout {
    /// The places of those that are.
    var columns: [Int]
    /// Their shapes.
    var shapes: [Shape]
    /// The places of those that are not.
    var leftOut: [Int] = []

    /// The characters of a line.
    var width: Int { shapes.map(\.width).reduce(2 * (shapes.count - 1), +) }

    /// Whether a heading takes several lines.
    var isBroken: Bool { shapes.contains { $0.title.count > 1 || $0.unit.count > 1 } }
  }

  /// Where nothing limits it: all columns, in full.
  var layout: Layout { Layout(columns: Array(columns.indices), shapes: columns.indices.map(shape(ofColumn:))) }

  /// To how many characters a text that may be cut is cut before a column is left out.
  private static let shortestText = 20
  /// The same of the first column, which says what a row is about; and to how many before rows become blocks.
  private static let (shortName, shortestName) = (40, 24)

  /// The widest layout within some columns of a terminal.
  ///
  /// - Parameter width: The columns; nil for no limit.
  /// - Returns: The layout; nil where the columns that are never left out do not fit.
  func layout(within width: Int?) -> Layout? {
    var layout = layout
    guard let width else { return layout }
    var name = Self.shortName
    while layout.width > width {
      if let fitted = fitted(layout, to: width, shortestName: name) { return fitted }
      // The last of the highest rank goes first.
      let least = layout.columns.map { columns[$0].rank }.max() ?? .essential
      if least > .essential, let place = layout.columns.lastIndex(where: { columns[$0].rank == least }) {
        layout.leftOut.append(layout.columns.remove(at: place))
        layout.leftOut.sort()
        layout.shapes.remove(at: place)
      } else if name > Self.shortestName {
        name = Self.shortestName
      } else {
        return nil
      }
    }
    return layout
  }

  private func shape(ofColumn index: Int) -> Shape {
    let column = columns[index]
    let body = body(ofColumn: index)
    let heading = max(column.title.count, column.unit?.count ?? 0)
    return Shape(
      isNumber: column.isNumber, width: max(heading, body.width), tail: body.tail, title: [column.title],
      unit: column.unit.map { [$0] } ?? [])
  }

  /// What a column's cells take up.
  private func body(ofColumn index: Int) -> (width: Int, tail: Int) {
    let texts = rows.map { $0[index].text }
    guard columns[index].isNumber else { return (texts.map(\.count).max() ?? 0, 0) }
    let numbers = texts.compactMap { text in headLength(of: text).map { (head: $0, tail: text.count - $0) } }
    let tail = numbers.map(\.tail).max() ?? 0
    let width = (numbers.map(\.head).max() ?? 0) + tail
    return (texts.reduce(width) { max($0, $1.count) }, tail)
  }

  /// The layout with headings broken and texts cut, as far as it takes; nil where that is not enough.
  private func fitted(_ layout: Layout, to width: Int, shortestName: Int) -> Layout? {
    var layout = layout
    let broken = layout.columns.map(brokenShape(ofColumn:))
    func gain(_ place: Int) -> Int { layout.shapes[place].width - broken[place].width }
    for place in broken.indices.sorted(by: { gain($0) > gain($1) }) where layout.width > width && gain(place) > 0 {
      layout.shapes[place] = broken[place]
    }
    while layout.width > width {
      let candidates = layout.columns.indices.filter { place in
        let column = layout.columns[place]
        let shape = layout.shapes[place]
        let heading = (shape.title + shape.unit).map(\.count).max() ?? 0
        return columns[column].isCut && shape.width > max(heading, column == 0 ? shortestName : Self.shortestText)
      }
      // What a row is about is cut last.
      let others = candidates.filter { layout.columns[$0] > 0 }
      let choice = others.isEmpty ? candidates : others
      guard let widest = choice.max(by: { layout.shapes[$0].width < layout.shapes[$1].width }) else { return nil }
      layout.shapes[widest].width -= 1
    }
    return layout
  }

  /// A column whose heading is as narrow as its cells, or its longest word.
  private func brokenShape(ofColumn index: Int) -> Shape {
    let column = columns[index]
    let body = body(ofColumn: index)
    let words = (column.title + " " + (column.unit ?? "")).split(separator: " ")
    let width = words.map(\.count).reduce(body.width, max)
    return Shape(
      isNumber: column.isNumber, width: width, tail: body.tail,
      title: wrappedLines(column.title, width: width, indent: 0),
      unit: column.unit.map { wrappedLines($0, width: width, indent: 0) } ?? [])
  }
}
