import Charts
import JSONText
import Simulation

extension Figure {
  /// A tornado: what one percent more and one percent less of each number does to the latency.
  static func sensitivity(_ sensitivities: [Sensitivity], title: String, most count: Int = 10) -> Figure? {
    guard !sensitivities.isEmpty else { return nil }
    let shown = sensitivities.prefix(count)
    let reach = shown.map { max(abs($0.elasticity), abs($0.elasticityOfLess)) }.max() ?? 1
    let chart = BarChart(
      axis: Axis(
        title: "change of the latency, %, for 1 % of the number", scale: .linear(covering: [-reach, reach])),
      series: [
        BarChart.Series(name: "1 % more", style: SeriesStyle(color: 3)),
        BarChart.Series(name: "1 % less", style: SeriesStyle(color: 1)),
      ],
      rows: shown.map { sensitivity in
        BarChart.Row(
          label: sensitivity.path, value: "",
          segments: [
            segment(0, "1 % more", sensitivity.elasticity),
            segment(1, "1 % less", -sensitivity.elasticityOfLess),
          ])
      })
    let table = Table(
      sensitivities,
      [
        Column("number") { .text($0.path) },
        Column("1 % more", unit: "% latency", key: "elasticity", .fixed(3)) { .number($0.elasticity) },
        Column("1 % less", unit: "% latency", key: "change_of_less", .fixed(3)) { .number(-$0.elasticityOfLess) },
      ])
    let rest = sensitivities.count - shown.count
    let strongest = sensitivities[0]
    return Figure(
      title,
      caption: "The elasticity of the latency to each number, from the critical path of one run."
        + (rest > 0 ? " The table has \(rest) weaker ones." : ""),
      summary: "The strongest is \(strongest.path): 1 % more of it changes the latency by "
        + "\(NumberFormat.fixed(strongest.elasticity, decimals: 3)) %.", .bars(chart), table)
  }

  private static func segment(_ series: Int, _ name: String, _ value: Double) -> BarChart.Segment {
    BarChart.Segment(
      series: series, start: 0, end: value,
      hover: "\(name): latency \(value > 0 ? "+" : "")\(NumberFormat.fixed(value, decimals: 3)) %")
  }
}
