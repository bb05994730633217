import JSONText
import Profiles
import Roofline
import Simulation
import Studies

/// A projection: trends, the parts they rest on, and the years to come with their bands.
package struct ProjectionReport: Report {
  /// What is shown.
  package let projection: Projection

  /// What was changed about the years to come.
  package let scenarios: [TrendScenario]
  private let answer: YearQuestion.Answer?
  private let shares: VarianceShares?

  /// A report.
  ///
  /// - Parameters:
  ///   - projection: What is shown.
  ///   - scenarios: What was changed about the years to come.
  ///   - question: What is asked about them; nil for nothing.
  package init(projection: Projection, scenarios: [TrendScenario] = [], question: YearQuestion? = nil) {
    self.projection = projection
    self.scenarios = scenarios
    answer = question.map(projection.answer)
    shares = projection.varianceShares()
  }

  private var roadmap: Roadmap { projection.roadmap }
  private var lastYear: Int { projection.years.last?.year ?? Int(roadmap.lastYear) }
  /// The middle of the last year.
  private var end: Double { Double(lastYear) + 0.5 }

  // MARK: For programs

  /// The seed, the trends, the parts, the years, and what the projection rests on.
  package var record: Record {
    [
      "seed": .count(Int(clamping: projection.seed)), "samples": .count(projection.sampleCount),
      "held_samples": .count(projection.heldSamples), "dropped_samples": .count(projection.droppedSamples),
      "extrapolation": .record(extrapolation),
      "trends": .list(roadmap.quantities.map { .record(trend($0)) }, onOneLine: false),
      "parts": .list(projection.parts.map { .record(part($0)) }, onOneLine: false),
      "years": .list(projection.years.map { .record(year($0)) }, onOneLine: false),
      "variance_shares": .record(sharesRecord),
    ] + answerRecord + [
      "scenarios": .list(scenarios.map { .text($0.name) }),
      "inputs": .record(projection.scenario.inputs),
    ]
  }

  /// The shares of the last year's variance, by result and group of numbers.
  private var sharesRecord: Record {
    func record(_ shares: [VarianceShares.Group: Double]?) -> Value {
      .record(Record(VarianceShares.Group.allCases.map { ($0.rawValue, .number(shares?[$0])) }).onOneLine)
    }
    return ["latency_us": record(shares?.latency), "framework_tax_fraction": record(shares?.taxFraction)]
  }

  /// The answer to a question in time: the years by which shares of the samples have passed.
  private var answerRecord: Record {
    guard let answer else { return [:] }
    func year(_ share: Double) -> Value { .count(answer.year(of: share)) }
    return [
      "when": .record([
        "result": .text(answer.question.metric.rawValue), "value": .number(answer.question.value),
        "direction": .text(answer.rises ? "rises" : "falls"), "first_year": .count(answer.first?.year),
        "first_value": .number(answer.first?.value), "p05": year(0.05), "p25": year(0.25), "p50": year(0.5),
        "p75": year(0.75), "p95": year(0.95), "share_by_last_year": .number(answer.lastShare),
      ])
    ]
  }

  private var extrapolation: Record {
    [
      "first_year": .number(roadmap.firstYear), "last_year": .number(roadmap.lastYear),
      "years_beyond": .number(end - roadmap.lastYear),
      "accelerator_generations": .count(roadmap.history.accelerators.count),
      "host_generations": .count(roadmap.history.hosts.count),
      "host_bound_errors": .count(projection.errorBand?.hostBound.rows ?? 0),
      "device_bound_errors": .count(projection.errorBand?.deviceBound.rows ?? 0),
    ]
  }

  private func trend(_ quantity: Roadmap.Quantity) -> Record {
    let trend = quantity.trend
    return [
      "number": .text(quantity.path), "generations": .count(trend.generationCount),
      "yearly_factor": .number(trend.yearlyFactor), "residual_deviation": .number(trend.yearlyDeviation),
      "value": .number(roadmap.value(of: quantity, at: end)),
      "interval_50": .range(roadmap.interval(of: quantity, 0.5, at: end)),
      "interval_90": .range(roadmap.interval(of: quantity, 0.9, at: end)),
    ]
  }

  private func part(_ part: Projection.Part) -> Record {
    [
      "accelerator": .text(part.accelerator.name), "year": .number(part.year), "is_fitted": .flag(part.isFitted),
      "is_announced": .flag(part.accelerator.isAnnounced),
    ] + part.result.times
  }

  private func year(_ year: Projection.Year) -> Record {
    [
      "year": .count(year.year), "held_samples": .count(year.heldSamples),
      "dropped_samples": .count(year.droppedSamples), "on_trend": .record(year.onTrend.times),
    ] + Record(year.bands.map { ($0.key, .record(Record($0.band.quantiles(inUnitsOf: $0.unit)).onOneLine)) })
  }

  /// A row for each year, and before them one for each part.
  package var tables: [Table] {
    func bands(_ year: Projection.Year?) -> Record {
      guard let year = year ?? projection.years.first else { return [:] }
      return Record(
        year.bands.flatMap { key, band, unit in
          band.quantiles(inUnitsOf: unit).map { (key: "\(key)_\($0.key)", value: $0.value) }
        })
    }
    let none = bands(nil).members.map { (key: $0.key, value: Value.number(nil)) }
    let parts = projection.parts.map { part -> Record in
      let year = NumberFormat.fixed(part.year, decimals: 2)
      return ["year": .text(year), "accelerator": .text(part.accelerator.name)] + part.result.lineTimes + Record(none)
    }
    let years = projection.years.map { year -> Record in
      ["year": .count(year.year), "accelerator": .text("projected")] + year.onTrend.lineTimes + bands(year)
    }
    return [Table(named: "years", parts + years)]
  }

  // MARK: For people

  /// Trends, history, years, and how far outside the data they are.
  package var blocks: [ReportBlock] {
    let scenario = projection.scenario
    let host = roadmap.startsAtHost ? roadmap.base.host.title : "a host as fast as those of its year"
    return [
      .line("\(scenario.workloadText), \(scenario.system.framework.title), to \(lastYear)"),
      .table(trends, title: "what the trends are, and where they lead"),
      .table(parts, title: "what they rest on, each part with \(host)"),
      .table(
        years,
        title: "what is to be expected: the median, and in which half of "
          + "\(NumberFormat.integer(projection.sampleCount)) samples lie, and nine in ten"),
      .paragraph(sharesText),
    ] + (hostText.map { [.paragraph($0)] } ?? []) + (answer.map { [.paragraph(text(of: $0))] } ?? [])
      + scenarios.map { .paragraph("Scenario \($0.name): \($0.reason).") } + [.paragraph(caveat)]
  }

  /// What the uncertainty comes from, the largest part first.
  private var sharesText: String {
    func list(_ shares: [VarianceShares.Group: Double]?) -> String {
      VarianceShares.Group.allCases.map { ($0, shares?[$0] ?? 0) }.filter { $0.1 >= 0.005 }
        .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }
        .map { "\($0.title) \(NumberFormat.percent($1, decimals: 0))" }.joined(separator: ", ")
    }
    return "What is uncertain in \(lastYear): of the latency, \(list(shares?.latency)); of the tax, "
      + "\(list(shares?.taxFraction)), each alone."
  }

  private func text(of answer: YearQuestion.Answer) -> String {
    let metric = answer.question.metric.rawValue
    let value = NumberFormat.shortest(answer.question.value)
    let passes = "\(metric) \(answer.rises ? "rises to" : "falls to") \(value)"
    func year(_ share: Double) -> String { answer.year(of: share).map(String.init) ?? "later than \(lastYear)" }
    let first = answer.first.map {
      " It is \(NumberFormat.significant($0.value, digits: 3)) on the part of \($0.year)."
    }
    return "When \(passes): by \(year(0.5)) in half of the samples, by \(year(0.05)) in one of twenty and by "
      + "\(year(0.95)) in all but one of twenty; by \(lastYear) in "
      + "\(NumberFormat.percent(answer.lastShare, decimals: 0)) of them." + (first ?? "")
  }

  /// The host that would have to exist.
  private var hostText: String? {
    guard let last = projection.years.last else { return nil }
    let needed = last.neededHostSpeed
    let trend = last.system.host.singleThreadSpeed
    func speed(_ value: Double) -> String { NumberFormat.significant(value, digits: 3) }
    let isEnough = needed.median <= trend
    return
      "For the device to set the latency in \(lastYear), a host needs \(speed(needed.median)) times the reference's "
      + "speed in one thread (\(between(needed.fifty, speed)) in half of the samples, \(between(needed.ninety, speed)) in "
      + "nine of ten); the trend leads to \(speed(trend)), "
      + (isEnough ? "which is enough." : "\(speed(needed.median / trend)) times too slow.")
  }

  /// The years as lines with their bands.
  package var figures: [Figure] {
    [Figure.projection(projection, title: "Years to come: \(projection.scenario.workloadText)")].compactMap { $0 }
  }

  private var trends: Table {
    @Sendable func interval(_ quantity: Roadmap.Quantity, _ share: Double) -> Cell {
      let interval = roadmap.interval(of: quantity, share, at: end)
      return .text(between(interval) { NumberFormat.significant($0, digits: 3) })
    }
    return Table(
      roadmap.quantities,
      [
        Column("number") { .text($0.path) },
        Column("generations", .plain, rank: .incidental) { .count($0.trend.generationCount) },
        Column("a year", .plain, rank: .supporting) {
          .text("x " + NumberFormat.fixed($0.trend.yearlyFactor, decimals: 2))
        },
        Column("doubles in", unit: "years", .fixed(1), rank: .incidental) {
          let years = $0.trend.doublingYears
          return .number(years > 0 && years < 100 ? years : nil)
        },
        Column(projection.scenario.acceleratorName, .significant(4)) { .number($0.number.value(in: roadmap.base)) },
        Column(String(lastYear), .significant(3)) { .number(roadmap.value(of: $0, at: end), .bold) },
        Column("50 %", rank: .incidental) { interval($0, 0.5) },
        Column("90 %", rank: .supporting) { interval($0, 0.9) },
      ])
  }

  private var parts: Table {
    Table(
      projection.parts,
      [
        Column("accelerator") { .text($0.accelerator.name) },
        Column("year", .fixed(1), rank: .incidental) { .number($0.year) },
        Column("busy", unit: "us", .plain, rank: .supporting) { .text(microseconds($0.result.deviceBusy.seconds)) },
        Column("latency", unit: "us", .plain) { .text(microseconds($0.result.latency.seconds), .bold) },
        .tax { $0.result },
        Column("fitted", rank: .supporting, isStatedOnce: true) {
          .text($0.isFitted ? "yes" : "as announced", $0.isFitted ? nil : .dim)
        },
      ])
  }

  private var years: Table {
    var columns = [Column<Projection.Year>("year", .plain) { .count($0.year) }]
    func add(
      _ name: String, _ unit: String, _ band: @escaping @Sendable (Projection.Year) -> Projection.Band,
      _ text: @escaping @Sendable (Double) -> String
    ) {
      columns += [
        Column(name, unit: unit, .plain) { .text(text(band($0).median), .bold) },
        Column("50 %", rank: .incidental) { .text(between(band($0).fifty, text)) },
        Column("90 %", rank: .supporting) { .text(between(band($0).ninety, text)) },
      ]
    }
    add("latency", "us", { $0.latency }, microseconds)
    add("busy", "us", { $0.deviceBusy }, microseconds)
    add("tax", "%", { $0.taxFraction }) { NumberFormat.fixed($0 * 100, decimals: 1) }
    return Table(projection.years, columns)
  }

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
    if roadmap.rules.announcementDeviation != nil {
      text += "Parts that are announced count as evidence, which may be off. "
    }
    if let band = projection.errorBand {
      text +=
        "The bands hold the trends' residuals and the model's own errors (\(band.hostBound.rows) host-bound and "
        + "\(band.deviceBound.rows) device-bound measurements); "
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
}

/// Seconds in microseconds, with a decimal where they are few.
private func microseconds(_ seconds: Double) -> String {
  NumberFormat.fixed(seconds * 1e6, decimals: seconds < 1e-4 ? 1 : 0, grouping: .comma)
}

private func between(_ range: ClosedRange<Double>, _ text: (Double) -> String) -> String {
  "\(text(range.lowerBound)) to \(text(range.upperBound))"
}

extension Projection.Year {
  /// What has a band, by key, and what its unit is of a second or of a fraction.
  fileprivate var bands: [(key: String, band: Projection.Band, unit: Double)] {
    [
      ("latency_us", latency, 1e6), ("device_busy_us", deviceBusy, 1e6), ("framework_tax_fraction", taxFraction, 1),
      ("host_over_device", hostOverDevice, 1), ("needed_host_speed", neededHostSpeed, 1),
    ]
  }
}

extension Projection.Band {
  /// The quantiles by name, in a unit of which one of the band's own has so many.
  func quantiles(inUnitsOf unit: Double) -> [(key: String, value: Value)] {
    [
      ("p05", .number(ninety.lowerBound * unit)), ("p25", .number(fifty.lowerBound * unit)),
      ("p50", .number(median * unit)), ("p75", .number(fifty.upperBound * unit)),
      ("p95", .number(ninety.upperBound * unit)),
    ]
  }
}
