import Charts
import JSONText
import Profiles
import Roofline
import Simulation
import Studies

extension Figure {
  /// Latency and device busy in years to come, with the bands of their samples, behind the parts of the catalog.
  static func projection(_ projection: Projection, title: String) -> Figure? {
    guard projection.years.count > 0 else { return nil }
    let series =
      [
        bands(projection, "latency", .latency, \.latency),
        bands(projection, "device busy", SeriesStyle(color: 3, shape: .square, isDashed: true), \.deviceBusy),
      ]
      + [(true, "parts, latency"), (false, "announced, latency")].compactMap { isFitted, name in
        parts(projection, name, SeriesStyle(color: isFitted ? 0 : 1, shape: isFitted ? .triangle : .diamond)) {
          $0.isFitted == isFitted
        }
      }
    let years = series.xs
    let (first, last) = (Int((years.min() ?? 2016).rounded(.down)), Int((years.max() ?? 2032).rounded(.up)))
    let ticks = Tick.whole(stride(from: first, through: last, by: max(1, (last - first) / 8)))
    let chart = CartesianChart(
      x: Axis(title: "year", scale: .linear(from: Double(first), to: Double(last)), ticks: ticks),
      y: Axis(title: "milliseconds per pass", scale: .logarithmic(covering: series.ys)), series: series)
    let lastYear = projection.years[projection.years.count - 1]
    let caption =
      "Trends of \(projection.roadmap.history.accelerators.count) accelerator and "
      + "\(projection.roadmap.history.hosts.count) host generations, carried on; \(projection.sampleCount) samples, "
      + "seed \(projection.seed). In \(lastYear.year), half of them lie between "
      + "\(shortNumber(lastYear.latency.fifty.lowerBound * 1e3)) and "
      + "\(shortNumber(lastYear.latency.fifty.upperBound * 1e3)) ms, with a framework tax of "
      + range(lastYear.taxFraction.fifty) + "."
    return Figure(title, caption: caption, .cartesian(chart), projectionTable(projection))
  }

  /// Shares from one to another, or the one that both are written as.
  private static func range(_ shares: ClosedRange<Double>) -> String {
    let ends = [shares.lowerBound, shares.upperBound].map { NumberFormat.percent($0, decimals: 0) }
    return ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")
  }

  private static func bands(
    _ projection: Projection, _ name: String, _ style: SeriesStyle, _ quantity: (Projection.Year) -> Projection.Band
  ) -> CartesianChart.Series {
    let years = projection.years.map { Double($0.year) + 0.5 }
    let values = projection.years.map(quantity)
    func band(_ range: (Projection.Band) -> ClosedRange<Double>, _ share: String) -> CartesianChart.Band {
      CartesianChart.Band(
        x: years, low: values.map { range($0).lowerBound * 1e3 }, high: values.map { range($0).upperBound * 1e3 },
        name: share)
    }
    return CartesianChart.Series(
      name: name + ", median and 50, 90 % bands", style: style,
      points: zip(projection.years, values).map { year, value in
        CartesianChart.Point(
          x: Double(year.year) + 0.5, y: value.median * 1e3,
          hover: "\(year.year): \(name) \(shortNumber(value.median * 1e3)) ms, 90 % within "
            + "\(shortNumber(value.ninety.lowerBound * 1e3)) to \(shortNumber(value.ninety.upperBound * 1e3)) ms")
      }, bands: [band(\.ninety, ""), band(\.fifty, "")])
  }

  private static func parts(
    _ projection: Projection, _ name: String, _ style: SeriesStyle, where isShown: (Projection.Part) -> Bool
  ) -> CartesianChart.Series? {
    let shown = projection.parts.filter(isShown)
    guard !shown.isEmpty else { return nil }
    return CartesianChart.Series(
      name: name, style: style, isJoined: false,
      points: shown.map { part in
        CartesianChart.Point(
          x: part.year, y: part.result.latency.milliseconds,
          hover: "\(part.accelerator.title): \(shortNumber(part.result.latency.milliseconds)) ms, tax "
            + NumberFormat.percent(part.result.frameworkTaxFraction, decimals: 0))
      })
  }

  private static func projectionTable(_ projection: Projection) -> Table {
    func milliseconds(
      _ title: String, _ key: String, _ time: @escaping @Sendable (Projection.Year) -> Double
    ) -> Column<Projection.Year> {
      Column(title, unit: "ms", key: key, .plain) { .number(time($0) * 1e6, shown: shortNumber(time($0) * 1e3)) }
    }
    return Table(
      projection.years,
      [
        Column("year", .plain) { .count($0.year) },
        milliseconds("latency, median", "latency_us_p50") { $0.latency.median },
        milliseconds("5 %", "latency_us_p05") { $0.latency.ninety.lowerBound },
        milliseconds("25 %", "latency_us_p25") { $0.latency.fifty.lowerBound },
        milliseconds("75 %", "latency_us_p75") { $0.latency.fifty.upperBound },
        milliseconds("95 %", "latency_us_p95") { $0.latency.ninety.upperBound },
        milliseconds("device busy, median", "device_busy_us_p50") { $0.deviceBusy.median },
        Column("tax, median", unit: "%", key: "framework_tax_fraction_p50", .percent(1)) {
          .number($0.taxFraction.median)
        },
      ])
  }
}
