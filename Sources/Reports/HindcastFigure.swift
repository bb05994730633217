import Charts
import JSONText
import Studies

extension Figure {
  /// How many of earlier forecasts' bands would have held what came, quantity by quantity over all years ahead, with the
  /// whole table of a hindcast behind it.
  static func hindcast(_ report: HindcastReport, title: String) -> Figure? {
    let quantities = unique(report.summaries.map(\.quantity))
    guard !quantities.isEmpty else { return nil }
    let rows = quantities.map { quantity in row(quantity, report.summaries.filter { $0.quantity == quantity }) }
    let chart = BarChart(
      axis: Axis(
        title: "forecasts whose band held what came, %", scale: .linear(from: 0, to: 100),
        ticks: Tick.whole([0, 25, 50, 75, 90, 100])),
      series: [
        BarChart.Series(name: "in the band of 50 %", style: SeriesStyle(color: 3)),
        BarChart.Series(name: "and in that of 90 %", style: SeriesStyle(color: 4)),
      ], rows: rows)
    let count = report.summaries.reduce(0) { $0 + $1.count }
    let caption =
      "\(NumberFormat.integer(count)) forecasts from the end of each year since \(report.firstCutoff), with what was known "
      + "then, beside what came: the first parts should end at 50 %, the second at 90 %. The table has them by years "
      + "ahead, with errors, and skill against naive forecasters."
    return Figure(title, caption: caption, .bars(chart), report.table(for: .people))
  }

  private static func row(_ quantity: String, _ summaries: [HindcastSummary]) -> BarChart.Row {
    let count = summaries.reduce(0) { $0 + $1.count }
    func mean(_ share: (HindcastSummary) -> Double) -> Double {
      summaries.reduce(0) { $0 + share($1) * Double($1.count) } / Double(max(1, count))
    }
    let (half, most) = (mean(\.halfCoverage), mean(\.mostCoverage))
    func text(_ share: Double) -> String { NumberFormat.percent(share, decimals: 0) }
    let four = summaries.first { $0.ahead == 4 }
    return BarChart.Row(
      label: quantity, value: four.map { "\(text($0.medianError)) off after 4 years" } ?? "",
      segments: [
        BarChart.Segment(
          series: 0, start: 0, end: half * 100, hover: "\(quantity): \(text(half)) of \(count) in the band of 50 %",
          label: text(half)),
        BarChart.Segment(
          series: 1, start: half * 100, end: most * 100,
          hover: "\(quantity): \(text(most)) of \(count) in the band of 90 %", label: text(most)),
      ])
  }
}
