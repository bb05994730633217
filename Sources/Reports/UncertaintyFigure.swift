import Charts
import JSONText
import Studies

extension VarianceShares.Group {
  /// What it is called where people read it.
  var title: String {
    switch self {
    case .bandwidth: "trend of bandwidth"
    case .peak: "trends of peaks"
    case .otherDevice: "other trends of the accelerator"
    case .host: "trend of hosts"
    case .framework: "host times of frameworks"
    case .kernels: "device times of kernels"
    case .sources: "figures that sources disagree on"
    }
  }
}

extension Figure {
  /// What the uncertainty of a projection's last year comes from: a bar for the latency and one for the tax.
  static func uncertainty(_ projection: Projection, title: String) -> Figure? {
    guard let shares = projection.varianceShares(), let last = projection.years.last else { return nil }
    let results = [("latency", shares.latency), ("framework tax", shares.taxFraction)]
    let colors: [VarianceShares.Group: Int] = [
      .bandwidth: 3, .peak: 4, .otherDevice: 7, .host: 0, .framework: 1, .kernels: 5, .sources: 6,
    ]
    let shown = VarianceShares.Group.allCases.filter { group in results.contains { ($0.1[group] ?? 0) >= 0.005 } }
    guard !shown.isEmpty else { return nil }
    let chart = BarChart(
      axis: Axis(title: "share of the variance, %", scale: .linear(from: 0, to: 100)),
      series: shown.map { BarChart.Series(name: $0.title, style: SeriesStyle(color: colors[$0] ?? 0)) },
      rows: results.map { name, shares in BarChart.Row(label: name, value: "", segments: segments(name, shares, shown))
      })
    let largest = shown.max { (shares.latency[$0] ?? 0) < (shares.latency[$1] ?? 0) }
    let caption =
      "Each group of numbers alone, with everything else at its median, in \(last.year): what to find out next. "
      + "Of the latency's variance most comes from: \(largest?.title ?? "nothing")."
    let table = Table(
      VarianceShares.Group.allCases,
      [
        Column("uncertain") { .text($0.title) },
        Column("latency", unit: "%", key: "latency_us", .percent(0)) { .number(shares.latency[$0]) },
        Column("framework tax", unit: "%", key: "framework_tax_fraction", .percent(0)) {
          .number(shares.taxFraction[$0])
        },
      ])
    return Figure(title, caption: caption, .bars(chart), table)
  }

  private static func segments(
    _ name: String, _ shares: [VarianceShares.Group: Double], _ shown: [VarianceShares.Group]
  ) -> [BarChart.Segment] {
    var start = 0.0
    return shown.enumerated().compactMap { index, group in
      let share = shares[group] ?? 0
      guard share > 0 else { return nil }
      defer { start += share * 100 }
      let text = NumberFormat.percent(share, decimals: 0)
      return BarChart.Segment(
        series: index, start: start, end: start + share * 100, hover: "\(name): \(group.title) \(text)", label: text)
    }
  }
}
