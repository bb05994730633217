extension TimelineChart {
  private static let laneHeight = 34.0

  /// Draws the chart below `top`.
  ///
  /// The groups `lane-N` and the attributes of the frame are what a page's script needs to draw another stretch of time
  /// into the same picture.
  ///
  /// - Returns: The height of the whole.
  func draw(into body: inout SVGBuilder, _ layout: Chart.Layout, top: Double) -> Double {
    var y = top
    let used = Set(lanes.flatMap { lane in lane.spans.map(\.category) })
    let entries = categories.enumerated().filter { used.contains(UInt8($0.offset)) }.map {
      Legend.Entry(name: $0.element.name, style: $0.element.style, sign: .area)
    }
    y += Legend(entries: entries).draw(into: &body, layout, x: 8, y: y) + 2
    let (left, right) = (8.0, layout.width - 14)
    let lanesTop = y
    for (index, lane) in lanes.enumerated() {
      let busy = Int((lane.busyShare(of: length) * 100).rounded())
      let name = fitted("\(lane.name): busy \(busy) %", into: layout.width - 16, size: layout.fontSize)
      body.label(name, x: left, y: y + 13)
      y += layout.lineHeight + 2
      body.rectangle(left, y, right - left, Self.laneHeight, class: "lane")
      body.begin("g", ["class": "lane-\(index)", "data-y": coordinate(y), "data-h": coordinate(Self.laneHeight)])
      for run in drawsSpans ? runs(of: lane, pixels: right - left) : [] {
        body.rectangle(
          left + run.x, y, run.width, Self.laneHeight, class: "m \(categories[Int(run.category)].style.fillClass)",
          hover: run.hover)
      }
      body.end()
      y += Self.laneHeight + 8
    }
    drawAxis(into: &body, layout, left: left, right: right, top: lanesTop, bottom: y)
    return y + 24 + layout.lineHeight + 6
  }

  private func drawAxis(
    into body: inout SVGBuilder, _ layout: Chart.Layout, left: Double, right: Double, top: Double, bottom: Double
  ) {
    let (unit, size) = timeUnit
    body.line(left, bottom, right, bottom, class: "a")
    body.begin(
      "g",
      [
        "class": "time-axis", "data-left": coordinate(left), "data-right": coordinate(right),
        "data-y": coordinate(bottom),
      ])
    let scale = Scale.linear(from: 0, to: Double(length) / size)
    var free = 0.0
    for tick in scale.ticks(atMost: layout.isNarrow ? 5 : 11) {
      let x = left + (right - left) * scale.fraction(of: tick.value)
      body.line(x, bottom, x, bottom + 4, class: "a")
      let width = textWidth(tick.label, size: layout.fontSize)
      let middle = max(4 + width / 2, min(x, layout.width - 4 - width / 2))
      guard middle - width / 2 >= free else { continue }
      body.label(tick.label, x: middle, y: bottom + 17, .middle)
      free = middle + width / 2 + 6
    }
    body.end()
    body.label("time, \(unit), from zero", x: right, y: bottom + 36, .end, class: "t q time-title")
  }

  /// The unit that suits the length, and how many nanoseconds it has.
  private var timeUnit: (name: String, nanoseconds: Double) {
    switch length {
    case ..<5_000: ("ns", 1)
    case ..<5_000_000: ("µs", 1e3)
    case ..<5_000_000_000: ("ms", 1e6)
    default: ("s", 1e9)
    }
  }

  private struct Run {
    var x: Double
    var width: Double
    var category: UInt8
    var hover: String
  }

  /// What is drawn of a lane.
  ///
  /// Spans by themselves where there is room, and otherwise one piece for what touches within a pixel, in the color of most
  /// of it. Gaps as wide as half a pixel stay gaps.
  private func runs(of lane: Lane, pixels: Double) -> [Run] {
    guard length > 0 else { return [] }
    let scale = pixels / Double(length)
    var runs: [Run] = []
    var index = 0
    while index < lane.spans.count {
      let first = lane.spans[index]
      let x = Double(first.start) * scale
      var end = Double(first.start + first.duration) * scale
      var (count, busy) = (1, [UInt8: Int64]())
      busy[first.category, default: 0] += first.duration
      if end - x < 1 {
        while index + count < lane.spans.count {
          let next = lane.spans[index + count]
          guard Double(next.start) * scale < end + 0.5, Double(next.start + next.duration) * scale < x + 1 else {
            break
          }
          end = max(end, Double(next.start + next.duration) * scale)
          busy[next.category, default: 0] += next.duration
          count += 1
        }
      }
      let category = busy.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? first.category
      let hover =
        count == 1
        ? "\(labels[Int(first.label)]): \(microseconds(first.duration)) µs at \(microseconds(first.start)) µs"
        : "\(count) from \(microseconds(first.start)) µs on: \(microseconds(busy.values.reduce(0, +))) µs"
      runs.append(Run(x: x, width: max(end - x, 0.4), category: category, hover: hover))
      index += count
    }
    return runs
  }

  private func microseconds(_ nanoseconds: Int64) -> String {
    decimalText(mantissa: Int(nanoseconds), exponent: -3)
  }
}
