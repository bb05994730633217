import Charts
import JSONText
import Roofline
import Serving
import Simulation

extension Figure {
  /// What the prompt and a step over next tokens are spent on, each as shares of its own time: a prompt takes many steps'.
  ///
  /// - Parameters:
  ///   - generation: What was generated.
  ///   - words: What was served.
  ///   - table: The numbers behind it.
  /// - Returns: The chart.
  static func generation(_ generation: Generation, of words: String, _ table: Table) -> Figure {
    let sums = [("the prompt", generation.prefill), ("a next token", generation.decode)].filter { $0.1.steps > 0 }
    let used = CostCategory.allCases.filter { category in sums.contains { $0.1.time(in: category) > 0 } }
    let rows = sums.map { name, sum in
      let time = NumberFormat.time(picoseconds: sum.latency.count / max(1, sum.steps))
      let busy = sum.deviceBusy.fraction(of: max(1, sum.latency)) * 100
      return BarChart.Row(
        label: name, value: time, segments: shares(of: sum, named: name, used),
        under: BarChart.Segment(
          series: used.count, start: 0, end: busy, hover: "\(name): the device is busy \(shortNumber(busy)) % of it"))
    }
    return Figure(
      "Where the time goes: \(words)", caption: "",
      summary: rows.map { "\($0.label): \($0.value)" }.joined(separator: "; "),
      .bars(
        BarChart(
          axis: Axis(title: "share of the time, %, from zero", scale: .linear(from: 0, to: 100)),
          series: used.map { BarChart.Series(name: $0.title, style: $0.style) } + [
            BarChart.Series(name: "device busy, at the same time (thin)", style: SeriesStyle(color: 8))
          ], rows: rows)), table)
  }

  private static func shares(of sum: StepSum, named name: String, _ used: [CostCategory]) -> [BarChart.Segment] {
    var start = 0.0
    return used.enumerated().compactMap { series, category in
      let share = sum.time(in: category).fraction(of: max(1, sum.latency))
      guard share > 0 else { return nil }
      defer { start += share * 100 }
      return BarChart.Segment(
        series: series, start: start, end: start + share * 100,
        hover: "\(name): \(category.title) \(NumberFormat.percent(share))",
        label: NumberFormat.percent(share, decimals: 0))
    }
  }
}
