extension BarChart {
  /// Draws the chart below `top`.
  ///
  /// Wide, labels stand beside their bars; narrow, above them.
  ///
  /// - Returns: The height of the whole.
  func draw(into body: inout SVGBuilder, _ layout: Chart.Layout, top: Double) -> Double {
    var y = top
    let legend = Legend(entries: series.map { Legend.Entry(name: $0.name, style: $0.style, sign: .area) })
    y += legend.draw(into: &body, layout, x: 8, y: y) + 4
    // Every row may be the one in bold, on a page whose choice says which: all pages have one layout.
    let bold = 1.1
    let widest = rows.map { textWidth($0.label, size: layout.fontSize) * bold }.max() ?? 0
    let labelWidth = layout.isNarrow ? 0 : min(widest, layout.width * 0.36)
    let valueWidth = rows.map { textWidth($0.value, size: layout.fontSize) * bold }.max() ?? 0
    let left = 8 + (layout.isNarrow ? 0 : labelWidth + 10)
    let right = layout.width - 12 - (valueWidth > 0 ? valueWidth + 6 : 0)
    let barHeight = layout.isNarrow ? 18.0 : 22
    let rowHeight = barHeight + (layout.isNarrow ? layout.lineHeight + 8 : 8)
    let bottom = y + Double(rows.count) * rowHeight + 2
    drawAxis(into: &body, layout, left: left, right: right, top: y, bottom: bottom)
    let place = { (value: Double) in left + (right - left) * axis.scale.fraction(of: value) }
    for row in rows {
      let barTop = y + (layout.isNarrow ? layout.lineHeight + 2 : 4)
      let names = row.isMarked ? "t strong" : "t"
      if layout.isNarrow {
        body.label(
          fitted(row.label, into: (layout.width - 16) / bold, size: layout.fontSize), x: 8, y: barTop - 5,
          class: names + " halo"
        )
      } else {
        body.label(
          fitted(row.label, into: labelWidth / (row.isMarked ? bold : 1), size: layout.fontSize), x: left - 10,
          y: barTop + 15, .end, class: names)
      }
      let room = row.under == nil ? barHeight : barHeight - 6
      for segment in row.segments { draw(segment, into: &body, y: barTop, room, place) }
      if let under = row.under { draw(under, into: &body, y: barTop + room, 6, place) }
      if isCut(row) { drawCut(into: &body, x: right - 16, y: barTop, barHeight) }
      if !row.value.isEmpty {
        let end = place(row.segments.flatMap { [$0.start, $0.end] }.max() ?? 0)
        body.label(row.value, x: max(end, place(0)) + 6, y: barTop + barHeight / 2 + 4, class: names)
      }
      y += rowHeight
    }
    return bottom + 22 + layout.lineHeight + 8
  }

  /// Whether a bar goes on beyond the axis.
  private func isCut(_ row: Row) -> Bool { row.segments.contains { $0.end > axis.scale.domain.upperBound } }

  /// Two slanted gaps in a bar, as one draws a length that has no room.
  private func drawCut(into body: inout SVGBuilder, x: Double, y: Double, _ height: Double) {
    for gap in [x, x + 7] {
      let corners = [(gap + 4, y), (gap + 7, y), (gap + 3, y + height), (gap, y + height)]
      let path = corners.map { "\(coordinate($0.0)) \(coordinate($0.1))" }.joined(separator: "L")
      body.element("path", ["class": "cut", "d": "M\(path)z"])
    }
  }

  private func draw(
    _ segment: Segment, into body: inout SVGBuilder, y: Double, _ height: Double, _ place: (Double) -> Double
  ) {
    let (start, end) = (place(min(segment.start, segment.end)), place(max(segment.start, segment.end)))
    guard end > start else { return }
    let style = series[segment.series].style
    body.rectangle(
      start, y, max(end - start, 0.6), height, class: "m b \(style.fillClass)", hover: segment.hover)
    if let label = segment.label, textWidth(label, size: 11) + 6 < end - start {
      let names = ChartStyle.isLight(style.color) ? "in dark" : "in"
      body.label(label, x: (start + end) / 2, y: y + height / 2 + 4, .middle, class: names)
    }
  }

  private func drawAxis(
    into body: inout SVGBuilder, _ layout: Chart.Layout, left: Double, right: Double, top: Double, bottom: Double
  ) {
    let ticks = axis.ticks ?? axis.scale.ticks(atMost: layout.isNarrow ? 5 : 9)
    var free = 0.0
    for tick in ticks where axis.scale.domain.contains(tick.value) {
      let x = left + (right - left) * axis.scale.fraction(of: tick.value)
      body.line(x, top, x, bottom, class: tick.value == 0 ? "a" : "g")
      let width = textWidth(tick.label, size: layout.fontSize)
      let middle = max(width / 2 + 2, min(x, layout.width - 4 - width / 2))
      guard middle - width / 2 >= free else { continue }
      body.label(tick.label, x: middle, y: bottom + 15, .middle)
      free = middle + width / 2 + 6
    }
    let title = fitted(axis.fullTitle, into: layout.width - 16, size: layout.fontSize)
    body.label(title, x: layout.width - 12, y: bottom + 34, .end, class: "t q")
  }
}
