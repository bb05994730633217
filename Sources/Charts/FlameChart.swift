/// What called what: boxes below one another, each as wide as its time and below the one that called it.
///
/// Gregg, "The flame graph", Communications of the ACM 59 (2016), the callers on top.
package struct FlameChart: Sendable {
  /// All calls of one sort, from the same callers.
  package struct Box: Sendable, Equatable {
    /// What was called.
    package var name: String
    /// What a pointer over it shows.
    package var hover: String
    /// Where it begins, of the whole.
    package var start: Double
    /// How wide it is, of the whole.
    package var width: Double
    /// How many callers are above it.
    package var depth: Int
    /// What sort of call it is, an index into ``FlameChart/categories``.
    package var category: Int

    /// A box.
    package init(name: String, hover: String, start: Double, width: Double, depth: Int, category: Int) {
      self.name = name
      self.hover = hover
      self.start = start
      self.width = width
      self.depth = depth
      self.category = category
    }
  }

  /// The boxes; those of callers before those that they call.
  package var boxes: [Box]
  /// What sorts of call there are, and how they look.
  package var categories: [BarChart.Series]
  /// What the whole is, under the picture: `4.38 ms of the host`.
  package var whole: String

  /// A chart.
  package init(boxes: [Box], categories: [BarChart.Series], whole: String) {
    self.boxes = boxes
    self.categories = categories
    self.whole = whole
  }
}

extension FlameChart {
  private static let rowHeight = 19.0

  /// Draws the chart below `top`.
  ///
  /// - Returns: The height of the whole.
  func draw(into body: inout SVGBuilder, _ layout: Chart.Layout, top: Double) -> Double {
    let used = Set(boxes.map(\.category))
    let entries = categories.enumerated().filter { used.contains($0.offset) }.map {
      Legend.Entry(name: $0.element.name, style: $0.element.style, sign: .area)
    }
    let y = top + Legend(entries: entries).draw(into: &body, layout, x: 8, y: top) + 6
    let (left, width) = (8.0, layout.width - 22)
    for box in boxes {
      let x = left + box.start * width
      let place = y + Double(box.depth) * Self.rowHeight
      body.rectangle(
        x, place, max(0.4, box.width * width - 0.6), Self.rowHeight - 1.5,
        class: "m ww \(categories[box.category].style.fillClass)", hover: box.hover)
      let room = box.width * width - 6
      guard room > 24 else { continue }
      let name = fitted(box.name, into: room, size: layout.fontSize)
      if name.count > 2 { body.label(name, x: x + 3, y: place + 13) }
    }
    let bottom = y + Double((boxes.map(\.depth).max() ?? 0) + 1) * Self.rowHeight
    body.label(whole, x: left + width, y: bottom + 14, .end, class: "t q")
    return bottom + 14 + layout.lineHeight
  }
}
