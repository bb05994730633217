import JSONText
import Profiles
import Simulation
import Studies

/// A projection for people and for programs: trends, the parts they rest on, and the years to come with their bands.
public struct ProjectionReport: Sendable {
  /// What is shown.
  public let projection: Projection

  /// A report.
  public init(projection: Projection) {
    self.projection = projection
  }

  private var roadmap: Roadmap { projection.roadmap }
  private var lastYear: Int { projection.years.last?.year ?? Int(roadmap.lastYear) }
  private var baseName: String { roadmap.base.accelerator?.name ?? "none" }

  // MARK: Table

  /// Trends, history, years, and how far outside the data they are.
  public func text(styled: Bool) -> String {
    let scenario = projection.scenario
    return """
      \(scenario.workloadText), \(scenario.system.framework.title), to \(lastYear)

      what the trends are, and where they lead
      \(trendTable().text(styled: styled))
      what they rest on, each part with \(roadmap.startsAtHost ? roadmap.base.host.title : "the host of its time")
      \(partTable().text(styled: styled))
      what is to be expected: the median, and in which half of \(NumberFormat.integer(projection.sampleCount)) \
      samples lie, and nine in ten
      \(yearTable().text(styled: styled))
      \(paragraph(caveat))
      """
  }

  private func trendTable() -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("number"), TextTable.Column("generations", alignment: .number),
      TextTable.Column("a year", alignment: .number), TextTable.Column("doubles in", unit: "years", alignment: .number),
      TextTable.Column(baseName, alignment: .number), TextTable.Column(String(lastYear), alignment: .number),
      TextTable.Column("50 %"), TextTable.Column("90 %"),
    ])
    let year = Double(lastYear) + 0.5
    for quantity in roadmap.quantities {
      let trend = quantity.trend
      let doubling = trend.doublingYears
      table.append([
        TextTable.Cell(quantity.path), TextTable.Cell(String(trend.points.count)),
        TextTable.Cell("x " + NumberFormat.fixed(trend.yearlyFactor, decimals: 2)),
        TextTable.Cell(doubling > 0 && doubling < 100 ? NumberFormat.fixed(doubling, decimals: 1) : "-"),
        TextTable.Cell(quantity.number.value(in: roadmap.base).map { NumberFormat.significant($0, digits: 4) } ?? "-"),
        TextTable.Cell(NumberFormat.significant(roadmap.value(of: quantity, at: year), digits: 3), style: .bold),
        TextTable.Cell(Self.rangeText(roadmap.interval(of: quantity, 0.5, at: year))),
        TextTable.Cell(Self.rangeText(roadmap.interval(of: quantity, 0.9, at: year))),
      ])
    }
    return table
  }

  private static func rangeText(_ range: ClosedRange<Double>) -> String {
    NumberFormat.significant(range.lowerBound, digits: 3) + " to "
      + NumberFormat.significant(range.upperBound, digits: 3)
  }

  private func partTable() -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("accelerator"), TextTable.Column("year", alignment: .number),
      TextTable.Column("busy", unit: "us", alignment: .number),
      TextTable.Column("latency", unit: "us", alignment: .number),
      TextTable.Column("tax", unit: "%", alignment: .number),
      TextTable.Column("fitted"),
    ])
    for part in projection.parts {
      table.append([
        TextTable.Cell(part.accelerator.name), TextTable.Cell(NumberFormat.fixed(part.year, decimals: 1)),
        TextTable.Cell(Self.microseconds(Double(part.result.deviceBusy) * 1e-12)),
        TextTable.Cell(Self.microseconds(Double(part.result.latency) * 1e-12), style: .bold),
        TextTable.Cell(NumberFormat.fixed(part.result.frameworkTaxFraction * 100, decimals: 1)),
        TextTable.Cell(part.isFitted ? "yes" : "no, announced", style: part.isFitted ? nil : .dim),
      ])
    }
    return table
  }

  private func yearTable() -> TextTable {
    var columns = [TextTable.Column("year", alignment: .number)]
    for (name, unit) in [("latency", "us"), ("busy", "us"), ("tax", "%")] {
      columns += [
        TextTable.Column(name, unit: unit, alignment: .number), TextTable.Column("50 %", key: "\(name)_50"),
        TextTable.Column("90 %", key: "\(name)_90"),
      ]
    }
    var table = TextTable(columns: columns)
    for year in projection.years {
      var cells = [TextTable.Cell(String(year.year))]
      for (band, format) in [
        (year.latency, Self.microseconds), (year.deviceBusy, Self.microseconds), (year.taxFraction, Self.percent),
      ] {
        cells += [
          TextTable.Cell(format(band.median), style: .bold),
          TextTable.Cell("\(format(band.fifty.lowerBound)) to \(format(band.fifty.upperBound))"),
          TextTable.Cell("\(format(band.ninety.lowerBound)) to \(format(band.ninety.upperBound))"),
        ]
      }
      table.append(cells)
    }
    return table
  }

  private static func microseconds(_ seconds: Double) -> String {
    NumberFormat.fixed(seconds * 1e6, decimals: seconds < 1e-4 ? 1 : 0, grouping: .comma)
  }

  private static func percent(_ fraction: Double) -> String { NumberFormat.fixed(fraction * 100, decimals: 1) }

  /// How far outside the data the projection is, and what it takes for granted.
  private var caveat: String {
    let beyond = Double(lastYear) + 0.5 - roadmap.lastYear
    let span = roadmap.lastYear - roadmap.firstYear
    let accelerators = roadmap.history.accelerators
    var text =
      "The middle of \(lastYear) is \(NumberFormat.fixed(beyond, decimals: 1)) years beyond the newest of "
      + "\(accelerators.count) accelerator generations (\(accelerators.first?.name ?? "none") to "
      + "\(accelerators.last?.name ?? "none"), \(NumberFormat.fixed(span, decimals: 1)) years), "
      + "\(NumberFormat.fixed(beyond / max(span, 1e-9), decimals: 1)) times the span of the data outside it; hosts: "
      + "\(roadmap.history.hosts.count) generations. Trends of another speed than the past's are not in the bands, nor "
      + "is a change of the framework or the workload. "
    let leaders = roadmap.followers.compactMap { follower in
      follower.leader.map { "\(Self.lastPart(follower.number.path)) with \(Self.lastPart($0))" }
    }
    if !leaders.isEmpty {
      text += "Too few generations have a value of its own for a trend: \(leaders.joined(separator: ", ")). "
    }
    text += "All else is \(roadmap.base.accelerator?.title ?? "the host")'s. "
    if let band = projection.errorBand {
      text +=
        "The bands hold the trends' residuals and the model's own errors (\(band.hostBoundRows) host-bound and "
        + "\(band.deviceBoundRows) device-bound measurements); "
    } else {
      text += "The bands hold the trends' residuals only: the catalog has no error band of this kernel model; "
    }
    return text + limits + "seed \(projection.seed)."
  }

  /// How many samples are not what was drawn.
  private var limits: String {
    let count = NumberFormat.integer(projection.sampleCount)
    var text = ""
    if projection.heldSamples > 0 {
      text += "\(NumberFormat.integer(projection.heldSamples)) of \(count) samples were held at a limit. "
    }
    if projection.droppedSamples > 0 {
      text +=
        "\(NumberFormat.integer(projection.droppedSamples)) of \(count) samples would take longer than the clock "
        + "counts and were left out. "
    }
    return text
  }

  private static func lastPart(_ path: String) -> String {
    let parts = path.split(separator: ".")
    return parts.suffix(parts.contains("peak_tflops") ? 2 : 1).joined(separator: ".")
  }

  // MARK: CSV

  /// A row for each year, and before them one for each part.
  public func csv() -> String {
    let results = ["latency_us", "device_busy_us", "framework_tax_fraction"]
    let quantiles = ["p05", "p25", "p50", "p75", "p95"]
    let columns = ["year", "accelerator"] + results + results.flatMap { name in quantiles.map { "\(name)_\($0)" } }
    var table = TextTable(columns: columns.map { TextTable.Column($0) })
    func fixed(_ result: SweepResult) -> [TextTable.Cell] {
      [
        TextTable.Cell(NumberFormat.microseconds(picoseconds: result.latency)),
        TextTable.Cell(NumberFormat.microseconds(picoseconds: result.deviceBusy)),
        TextTable.Cell(NumberFormat.shortest(result.frameworkTaxFraction)),
      ]
    }
    for part in projection.parts {
      table.append(
        [TextTable.Cell(NumberFormat.fixed(part.year, decimals: 2)), TextTable.Cell(part.accelerator.name)]
          + fixed(part.result) + Array(repeating: "", count: results.count * quantiles.count))
    }
    for year in projection.years {
      let bands = [(year.latency, 1e6), (year.deviceBusy, 1e6), (year.taxFraction, 1)].flatMap { band, scale in
        Self.quantiles(band).map { TextTable.Cell(NumberFormat.shortest($0 * scale)) }
      }
      table.append([TextTable.Cell(String(year.year)), "projected"] + fixed(year.onTrend) + bands)
    }
    return table.csv()
  }

  private static func quantiles(_ band: Projection.Band) -> [Double] {
    [band.ninety.lowerBound, band.fifty.lowerBound, band.median, band.fifty.upperBound, band.ninety.upperBound]
  }

  // MARK: JSON

  /// One object: the seed, the trends, the parts, the years, and what the projection rests on.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("seed")
    writer.value(Int64(clamping: projection.seed))
    writer.key("samples")
    writer.value(projection.sampleCount)
    for (key, count) in [("held_samples", projection.heldSamples), ("dropped_samples", projection.droppedSamples)] {
      writer.key(key)
      writer.value(count)
    }
    writeExtrapolation(&writer)
    writer.key("trends")
    writer.beginArray()
    for quantity in roadmap.quantities { write(quantity, &writer) }
    writer.end()
    writer.key("parts")
    writer.beginArray()
    for part in projection.parts { write(part, &writer) }
    writer.end()
    writer.key("years")
    writer.beginArray()
    for year in projection.years { write(year, &writer) }
    writer.end()
    writer.inputs(projection.scenario)
    writer.end()
    return writer.text
  }

  private func writeExtrapolation(_ writer: inout JSONWriter) {
    writer.key("extrapolation")
    writer.beginObject()
    for (key, number) in [
      ("first_year", roadmap.firstYear), ("last_year", roadmap.lastYear),
      ("years_beyond", Double(lastYear) + 0.5 - roadmap.lastYear),
    ] {
      writer.key(key)
      writer.value(number)
    }
    for (key, number) in [
      ("accelerator_generations", roadmap.history.accelerators.count),
      ("host_generations", roadmap.history.hosts.count),
      ("host_bound_errors", projection.errorBand?.hostBoundRows ?? 0),
      ("device_bound_errors", projection.errorBand?.deviceBoundRows ?? 0),
    ] {
      writer.key(key)
      writer.value(number)
    }
    writer.end()
  }

  private func write(_ quantity: Roadmap.Quantity, _ writer: inout JSONWriter) {
    let trend = quantity.trend
    let year = Double(lastYear) + 0.5
    writer.beginObject()
    writer.key("number")
    writer.value(quantity.path)
    writer.key("generations")
    writer.value(trend.points.count)
    for (key, number) in [
      ("yearly_factor", trend.yearlyFactor), ("residual_deviation", trend.residualDeviation),
      ("value", roadmap.value(of: quantity, at: year)),
    ] {
      writer.key(key)
      writer.value(number)
    }
    for (key, share) in [("interval_50", 0.5), ("interval_90", 0.9)] {
      let interval = roadmap.interval(of: quantity, share, at: year)
      writer.key(key)
      writer.beginArray(onOneLine: true)
      writer.value(interval.lowerBound)
      writer.value(interval.upperBound)
      writer.end()
    }
    writer.end()
  }

  private func write(_ part: Projection.Part, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("accelerator")
    writer.value(part.accelerator.name)
    writer.key("year")
    writer.value(part.year)
    writer.key("is_fitted")
    writer.value(part.isFitted)
    writer.key("is_announced")
    writer.value(part.accelerator.isAnnounced)
    writer.members(of: part.result)
    writer.end()
  }

  private func write(_ year: Projection.Year, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("year")
    writer.value(year.year)
    for (key, count) in [("held_samples", year.heldSamples), ("dropped_samples", year.droppedSamples)] {
      writer.key(key)
      writer.value(count)
    }
    writer.object("on_trend", year.onTrend)
    for (key, band, scale) in [
      ("latency_us", year.latency, 1e6), ("device_busy_us", year.deviceBusy, 1e6),
      ("framework_tax_fraction", year.taxFraction, 1),
    ] {
      writer.key(key)
      writer.beginObject(onOneLine: true)
      for (name, value) in zip(["p05", "p25", "p50", "p75", "p95"], Self.quantiles(band)) {
        writer.key(name)
        writer.value(value * scale)
      }
      writer.end()
    }
    writer.end()
  }
}
