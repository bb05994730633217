import Charts
import JSONText
import Roofline
import Simulation
import Studies

/// One of several things on a chart of their comparison.
package struct ComparedTime: Sendable {
  /// What tells it from the others, by what is varied.
  let names: [(key: String, value: String)]
  /// What it takes, in milliseconds, or in the unit of the chart.
  let milliseconds: Double
  /// What that is spent on, in order: names with milliseconds.
  let parts: [(name: String, style: SeriesStyle, milliseconds: Double)]
  /// How long the device works meanwhile; nil where that is not told.
  let busyMilliseconds: Double?
  /// What is said behind the time.
  let note: String

  /// What tells it from the others, in words.
  func label(without key: String? = nil) -> String {
    let words = names.filter { $0.key != key }.map {
      ComparedTime.isNumber($0.value) ? "\($0.key) \($0.value)" : $0.value
    }
    return words.joined(separator: ", ")
  }

  static func isNumber(_ text: String) -> Bool { decimalNumber(text) != nil }

  /// A pass, with what its critical path is spent on.
  init(names: [(key: String, value: String)], pass: some PassSummarized, note: String = "") {
    self.init(
      names: names, milliseconds: pass.latency.milliseconds,
      parts: CostCategory.allCases.map { ($0.title, $0.style, pass.time(in: $0).milliseconds) },
      busyMilliseconds: pass.deviceBusy.milliseconds, note: note)
  }

  init(
    names: [(key: String, value: String)], milliseconds: Double,
    parts: [(name: String, style: SeriesStyle, milliseconds: Double)], busyMilliseconds: Double?, note: String
  ) {
    (self.names, self.milliseconds, self.parts) = (names, milliseconds, parts)
    (self.busyMilliseconds, self.note) = (busyMilliseconds, note)
  }
}

extension Figure {
  /// The most bars, and the most lines, that a reader can tell apart.
  package static let (mostBars, mostLines) = (60, 8)

  /// Times side by side: lines over what is a number and has three values or more, else a bar for each with its parts.
  ///
  /// - Parameters:
  ///   - times: What is compared, at least one.
  ///   - title: What it is.
  ///   - words: What the times are: `milliseconds per pass`.
  ///   - unit: Their unit, where it is another.
  ///   - table: The numbers behind it.
  /// - Returns: The chart.
  /// - Throws: ``FigureFault`` where there are more than a reader can tell apart.
  static func comparison(
    _ times: [ComparedTime], title: String, words: String, unit: String = "ms", _ table: Table
  ) throws(FigureFault) -> Figure {
    guard let axis = numericAxis(of: times) else { return try bars(times, title: title, words: words, unit, table) }
    return try lines(times, over: axis, title: title, words: words, unit, table)
  }

  /// What is varied as a number, with the most values, where they are three or more.
  private static func numericAxis(of times: [ComparedTime]) -> String? {
    let keys = times.first?.names.map(\.key) ?? []
    let counts = keys.indices.compactMap { index -> (key: String, count: Int)? in
      let values = times.map { $0.names[index].value }
      guard values.allSatisfy(ComparedTime.isNumber) else { return nil }
      return (keys[index], Set(values).count)
    }
    guard let best = counts.max(by: { $0.count < $1.count }), best.count >= 3 else { return nil }
    return best.key
  }

  private static func lines(
    _ times: [ComparedTime], over axis: String, title: String, words: String, _ unit: String, _ table: Table
  ) throws(FigureFault) -> Figure {
    let names = unique(times.map { $0.label(without: axis) })
    guard names.count <= mostLines else { throw FigureFault(.lines, count: names.count, most: mostLines) }
    let colors = [6, 3, 0, 7, 1, 5, 4, 2]
    let shapes: [SeriesStyle.Shape] = [.circle, .square, .triangle, .diamond]
    let all = names.enumerated().map { index, name in
      let points = times.filter { $0.label(without: axis) == name }.compactMap { time -> CartesianChart.Point? in
        guard let x = time.names.first(where: { $0.key == axis }).flatMap({ decimalNumber($0.value) }) else {
          return nil
        }
        return CartesianChart.Point(
          x: x, y: time.milliseconds,
          hover: "\(axis) \(shortNumber(x)): " + (name.isEmpty ? "" : name + ", ")
            + "\(shortNumber(time.milliseconds)) \(unit)\(time.note)")
      }
      return CartesianChart.Series(
        name: name.isEmpty ? "latency" : name, style: SeriesStyle(color: colors[index % 8], shape: shapes[index % 4]),
        points: points.sorted { $0.x < $1.x })
    }
    let values = Set(all.xs).sorted()
    let ticks =
      values.count <= 12 && values.allSatisfy { $0 == $0.rounded() && $0 < 1e9 }
      ? Tick.whole(values.map { Int($0) }) : nil
    let isWide = (values.first ?? 0) > 0 && (values.last ?? 0) / (values.first ?? 1) > 8
    let isTall = (all.ys.min() ?? 0) > 0 && (all.ys.max() ?? 0) / (all.ys.min() ?? 1) > 20
    let chart = CartesianChart(
      x: Axis(
        title: axis,
        scale: isWide ? .logarithmic(covering: values, margin: 1.1) : .linear(covering: values, includingZero: false),
        ticks: ticks),
      y: Axis(title: words, scale: isTall ? .logarithmic(covering: all.ys) : .linear(covering: all.ys)), series: all)
    return Figure(title, caption: "", summary: summary(times, unit), .cartesian(chart), table)
  }

  private static func bars(
    _ times: [ComparedTime], title: String, words: String, _ unit: String, _ table: Table
  ) throws(FigureFault) -> Figure {
    guard times.count <= mostBars else { throw FigureFault(.bars, count: times.count, most: mostBars) }
    let used = (times.first?.parts ?? []).indices.filter { part in times.contains { $0.parts[part].milliseconds > 0 } }
    let hasBusy = times.contains { $0.busyMilliseconds != nil }
    let series = used.map { BarChart.Series(name: times[0].parts[$0].name, style: times[0].parts[$0].style) }
    let busy = BarChart.Series(name: "device busy, at the same time (thin)", style: SeriesStyle(color: 8))
    let rows = times.map { time in
      let label = time.label()
      return BarChart.Row(
        label: label, value: "\(shortNumber(time.milliseconds)) \(unit)\(time.note)",
        segments: segments(label, time, used, unit),
        under: time.busyMilliseconds.map { busy in
          BarChart.Segment(
            series: used.count, start: 0, end: busy, hover: "\(label): device busy \(shortNumber(busy)) ms")
        })
    }
    let chart = BarChart(
      axis: Axis(title: words + ", from zero", scale: .linear(covering: times.map(\.milliseconds))),
      series: series + (hasBusy ? [busy] : []), rows: rows)
    return Figure(title, caption: "", summary: summary(times, unit), .bars(chart), table)
  }

  private static func segments(_ label: String, _ time: ComparedTime, _ used: [Int], _ unit: String) -> [BarChart
    .Segment]
  {
    var start = 0.0
    return used.enumerated().compactMap { series, part in
      let (name, length) = (time.parts[part].name, time.parts[part].milliseconds)
      guard length > 0 else { return nil }
      defer { start += length }
      let share = time.milliseconds > 0 ? length / time.milliseconds : 0
      return BarChart.Segment(
        series: series, start: start, end: start + length,
        hover: "\(label): \(name) \(shortNumber(length)) \(unit), \(NumberFormat.percent(share))",
        label: NumberFormat.percent(share, decimals: 0))
    }
  }

  private static func summary(_ times: [ComparedTime], _ unit: String) -> String {
    times.map { "\($0.label()): \(shortNumber($0.milliseconds)) \(unit)" }.joined(separator: "; ")
  }
}

/// Why there is no chart of a comparison.
package struct FigureFault: Fault, Equatable {
  /// What there is too much of.
  package enum Sort: Sendable, Equatable {
    /// Bars, one for each row.
    case bars
    /// Lines, one for each combination of what is no number.
    case lines
  }

  /// What there is too much of.
  package let sort: Sort
  /// How many there are.
  package let count: Int
  /// How many there may be.
  package let most: Int

  init(_ sort: Sort, count: Int, most: Int) { (self.sort, self.count, self.most) = (sort, count, most) }

  /// What is wrong, and what would be right.
  package var words: FaultWords {
    switch sort {
    case .bars: "\(option: "chart"): \(count) rows are too many bars; at most \(most)"
    case .lines: "\(option: "chart"): these are \(count) lines, and at most \(most) can be told apart; vary less"
    }
  }
}
