extension CartesianChart {
  /// Where the plot lies.
  private struct Plot {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    let x: Scale
    let y: Scale

    func x(_ value: Double) -> Double { left + (right - left) * x.fraction(of: value) }
    func y(_ value: Double) -> Double { bottom - (bottom - top) * y.fraction(of: value) }
  }

  /// Draws the chart below `top`.
  ///
  /// - Returns: The height of the whole.
  func draw(into body: inout SVGBuilder, _ layout: Chart.Layout, top: Double) -> Double {
    var y = top
    for line in wrapped(self.y.fullTitle, into: layout.width - 16, size: layout.fontSize) {
      body.label(line, x: 8, y: y + 12, class: "t q")
      y += layout.lineHeight
    }
    y += 2
    y += legend.draw(into: &body, layout, x: 8, y: y)
    y += Double(rules.count) * layout.lineHeight + 4
    let height = layout.isNarrow ? 230.0 : 320
    let ticks = self.y.ticks ?? self.y.scale.ticks(atMost: layout.isNarrow ? 6 : 8)
    let labels = ticks.map { textWidth($0.label, size: layout.fontSize) }.max() ?? 0
    let plot = Plot(
      left: 8 + labels + 8, right: layout.width - 14, top: y, bottom: y + height, x: x.scale, y: self.y.scale)
    drawVerticalAxis(ticks, into: &body, plot)
    drawHorizontalAxis(into: &body, layout, plot)
    drawRules(into: &body, layout, plot)
    drawSeries(into: &body, layout, plot)
    return plot.bottom + 24 + layout.lineHeight + 6
  }

  private var legend: Legend {
    Legend(
      entries: series.filter(\.isListed).flatMap { series in
        [Legend.Entry(name: series.name, style: series.style, sign: series.isJoined ? .line : .point)]
          + series.bands.map { band in
            Legend.Entry(name: band.name, style: series.style, sign: .area)
          }
      }.filter { !$0.name.isEmpty })
  }

  private func drawVerticalAxis(_ ticks: [Tick], into body: inout SVGBuilder, _ plot: Plot) {
    for tick in ticks {
      let y = plot.y(tick.value)
      body.line(plot.left, y, plot.right, y, class: tick.value == 0 ? "a" : "g")
      body.label(tick.label, x: plot.left - 8, y: y + 4, .end)
    }
  }

  private func drawHorizontalAxis(into body: inout SVGBuilder, _ layout: Chart.Layout, _ plot: Plot) {
    body.line(plot.left, plot.bottom, plot.right, plot.bottom, class: "a")
    let ticks = x.ticks ?? x.scale.ticks(atMost: layout.isNarrow ? 6 : 11)
    var free = 0.0
    for tick in ticks where x.scale.domain.contains(tick.value) {
      let at = plot.x(tick.value)
      body.line(at, plot.bottom, at, plot.bottom + 4, class: "a")
      let width = textWidth(tick.label, size: layout.fontSize)
      let middle = min(at, layout.width - 4 - width / 2)
      guard middle - width / 2 > free else { continue }
      body.label(tick.label, x: middle, y: plot.bottom + 17, .middle)
      free = middle + width / 2 + 6
    }
    let title = fitted(x.fullTitle, into: layout.width - 16, size: layout.fontSize)
    body.label(title, x: layout.width - 14, y: plot.bottom + 36, .end, class: "t q")
  }

  // MARK: Rules

  private func drawRules(into body: inout SVGBuilder, _ layout: Chart.Layout, _ plot: Plot) {
    for (row, rule) in rules.enumerated() {
      let at = plot.x(rule.x)
      let y = plot.top - 6 - Double(rules.count - 1 - row) * layout.lineHeight
      body.line(at, y + 3, at, plot.bottom, class: "r")
      let label = fitted(rule.label, into: layout.width - 16, size: layout.fontSize)
      let width = textWidth(label, size: layout.fontSize)
      let isLeft = at + 6 + width > layout.width - 6 && at - 6 - width > 4
      let x = isLeft ? at - 6 - width : min(at + 6, layout.width - 6 - width)
      body.label(label, x: max(4, isLeft ? at - 6 : x), y: y, isLeft ? .end : .start)
    }
  }

  // MARK: Series

  private func drawSeries(into body: inout SVGBuilder, _ layout: Chart.Layout, _ plot: Plot) {
    for series in series {
      for (index, band) in series.bands.enumerated() {
        body.element(
          "path", ["class": "\(series.style.fillClass) \(index == 0 ? "w" : "ww")", "d": path(of: band, plot)])
      }
    }
    for series in series where series.isJoined && series.points.count > 1 {
      let path = series.points.enumerated().map { index, point in
        (index == 0 ? "M" : "L") + coordinate(plot.x(point.x)) + " " + coordinate(plot.y(point.y))
      }.joined()
      body.element("path", ["class": "l \(series.style.strokeClass)", "d": path])
    }
    var labels: [(text: String, x: Double, y: Double, radius: Double)] = []
    var boxes: [Box] = []
    for series in series where series.style.shape != nil {
      let radius = layout.isNarrow ? 3.5 : 4.0
      let ordered = series.points.sorted { $0.weight > $1.weight }
      for point in series.points.contains(where: { $0.weight > 0 }) ? ordered : series.points {
        let size = point.weight > 0 ? 3 + (layout.isNarrow ? 9 : 13) * point.weight.squareRoot() : radius
        let (x, y) = (plot.x(point.x), plot.y(point.y))
        series.style.draw(into: &body, x: x, y: y, radius: size, hover: point.hover, isHollow: point.isHollow)
        boxes.append(Box(left: x - size, top: y - size, right: x + size, bottom: y + size))
        if let label = point.label { labels.append((label, x, y, size)) }
      }
    }
    for label in labels { place(label, among: &boxes, into: &body, layout, plot) }
  }

  private func path(of band: Band, _ plot: Plot) -> String {
    let upper = zip(band.x, band.high).map { "\(coordinate(plot.x($0))) \(coordinate(plot.y($1)))" }
    let lower = zip(band.x, band.low).reversed().map { "\(coordinate(plot.x($0))) \(coordinate(plot.y($1)))" }
    return "M" + (upper + lower).joined(separator: "L") + "z"
  }

  private struct Box {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// Writes a label on the first side of its point where nothing else stands; nowhere if there is none.
  private func place(
    _ label: (text: String, x: Double, y: Double, radius: Double), among boxes: inout [Box],
    into body: inout SVGBuilder, _ layout: Chart.Layout, _ plot: Plot
  ) {
    let width = textWidth(label.text, size: layout.fontSize)
    let gap = label.radius + 4
    let places: [(Double, Double)] = [
      (label.x + gap, label.y + 4), (label.x - gap - width, label.y + 4),
      (label.x - width / 2, label.y - gap), (label.x - width / 2, label.y + gap + 10),
    ]
    for (x, y) in places {
      let box = Box(left: x, top: y - 11, right: x + width, bottom: y + 3)
      guard box.left >= plot.left, box.right <= layout.width - 4, box.top >= plot.top, box.bottom <= plot.bottom,
        !boxes.contains(where: { $0.overlaps(box) })
      else { continue }
      body.label(label.text, x: x, y: y, class: "t halo")
      boxes.append(box)
      return
    }
  }
}
