import Charts
import JSONText
import Studies

extension Figure {
  /// The tax of a workload over the years, a line with bands for each way of launching, and what was measured.
  static func tax(_ series: [TaxStudy.Series], title: String) -> Figure? {
    let styles = [SeriesStyle(color: 6, shape: .circle), SeriesStyle(color: 3, shape: .square, isDashed: true)]
    var all: [CartesianChart.Series] = []
    for (index, one) in series.enumerated() {
      let style = styles[index % styles.count]
      all.append(line(one, style))
      for isMeasured in [true, false] {
        let points = one.measured.filter { $0.isBusyMeasured == isMeasured }.compactMap(mark)
        guard !points.isEmpty else { continue }
        all.append(
          CartesianChart.Series(
            name: "\(one.mode), measured" + (isMeasured ? " with a profiler" : ""),
            style: SeriesStyle(color: style.color, shape: isMeasured ? .diamond : .cross), isJoined: false,
            points: points))
      }
    }
    let years = all.xs
    guard let first = years.min(), let last = years.max() else { return nil }
    let (low, high) = (Int(first.rounded(.down)), Int(last.rounded(.up)))
    let chart = CartesianChart(
      x: Axis(
        title: "year of the accelerator",
        scale: .linear(from: Double(low), to: Double(high)),
        ticks: Tick.whole(stride(from: low, through: high, by: max(1, (high - low) / 6)))),
      y: Axis(title: "framework tax, % of the latency", scale: .linear(from: 0, to: 100)), series: all)
    let present = series.first?.alone.roadmap.presentYear ?? high
    let caption =
      "Until \(present) parts that came, then the trends; half of the samples lie in the inner band, nine in ten in the "
      + "outer. Crosses are measured latencies whose device time is simulated."
    return Figure(title, caption: caption, .cartesian(chart), taxTable(series))
  }

  private static func line(_ series: TaxStudy.Series, _ style: SeriesStyle) -> CartesianChart.Series {
    let points = series.points
    func band(_ range: (Projection.Band) -> ClosedRange<Double>) -> CartesianChart.Band {
      CartesianChart.Band(
        x: points.map(\.time), low: points.map { range($0.tax).lowerBound * 100 },
        high: points.map { range($0.tax).upperBound * 100 }, name: "")
    }
    return CartesianChart.Series(
      name: "\(series.mode), median and 50, 90 % bands", style: style,
      points: points.map { point in
        CartesianChart.Point(
          x: point.time, y: point.tax.median * 100,
          hover: "\(point.part ?? String(Int(point.time))): \(series.mode), tax "
            + "\(NumberFormat.percent(point.tax.median, decimals: 0)), 90 % within "
            + "\(NumberFormat.percent(point.tax.ninety.lowerBound, decimals: 0)) to "
            + NumberFormat.percent(point.tax.ninety.upperBound, decimals: 0))
      }, bands: [band(\.ninety), band(\.fifty)])
  }

  private static func mark(_ point: TaxStudy.MeasuredTax) -> CartesianChart.Point? {
    point.taxFraction.map { tax in
      let row = point.measurement
      return CartesianChart.Point(
        x: point.year, y: tax * 100,
        hover: "\(row.workload) on \(row.accelerator), \(row.framework): measured "
          + "\(shortNumber((row.latency ?? 0) * 1e3)) ms, device busy \(shortNumber(point.deviceBusy * 1e3)) ms, tax "
          + NumberFormat.percent(tax, decimals: 0))
    }
  }

  private static func taxTable(_ series: [TaxStudy.Series]) -> Table {
    typealias Row = (series: TaxStudy.Series, point: TaxStudy.Point)
    func percent(_ title: String, _ key: String, _ share: @escaping @Sendable (Projection.Band) -> Double) -> Column<
      Row
    > {
      Column(title, unit: "%", key: key, .percent(0)) { .number(share($0.point.tax)) }
    }
    return Table(
      series.flatMap { one in one.points.map { Row(one, $0) } },
      [
        Column("mode") { .text($0.series.mode) }, Column("year", .fixed(1)) { .number($0.point.time) },
        Column("accelerator") { .text($0.point.part ?? "projected") },
        percent("tax, median", "framework_tax_fraction_p50") { $0.median },
        percent("5 %", "framework_tax_fraction_p05") { $0.ninety.lowerBound },
        percent("25 %", "framework_tax_fraction_p25") { $0.fifty.lowerBound },
        percent("75 %", "framework_tax_fraction_p75") { $0.fifty.upperBound },
        percent("95 %", "framework_tax_fraction_p95") { $0.ninety.upperBound },
        Column("latency, median", unit: "ms", key: "latency_us_p50", .fixed(3)) {
          .number($0.point.latency.median * 1e3)
        },
      ])
  }
}
