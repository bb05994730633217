/// What the colors and shapes of a chart stand for.
struct Legend {
  /// How an entry's sign looks.
  enum Sign {
    case line, area, point
  }

  struct Entry {
    let name: String
    let style: SeriesStyle
    let sign: Sign
  }

  let entries: [Entry]

  /// Draws the entries in as many rows as they need.
  ///
  /// - Returns: The height that they took.
  func draw(into body: inout SVGBuilder, _ layout: Chart.Layout, x start: Double, y top: Double) -> Double {
    guard entries.count > 0 else { return 0 }
    var (x, y) = (start, top)
    for entry in entries {
      let room = layout.width - start - 34
      let name = fitted(entry.name, into: room, size: layout.fontSize)
      let width = 22 + textWidth(name, size: layout.fontSize) + 14
      if x > start, x + width > layout.width - 4 { (x, y) = (start, y + layout.lineHeight) }
      draw(entry, into: &body, x: x, y: y + 8)
      body.label(name, x: x + 22, y: y + 12)
      x += width
    }
    return y - top + layout.lineHeight + 4
  }

  private func draw(_ entry: Entry, into body: inout SVGBuilder, x: Double, y: Double) {
    switch entry.sign {
    case .area: body.rectangle(x, y - 6, 16, 12, class: entry.style.fillClass)
    case .line:
      body.line(x, y, x + 16, y, class: "l \(entry.style.strokeClass)")
      if entry.style.shape != nil { entry.style.draw(into: &body, x: x + 8, y: y, radius: 3.5, hover: nil) }
    case .point: entry.style.draw(into: &body, x: x + 8, y: y, radius: 5, hover: nil)
    }
  }
}
