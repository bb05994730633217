import JSONText
import Profiles
import Studies

/// The framework tax from the past into years to come, and three questions in time.
package struct TaxStudyReport: Report {
  /// What is shown.
  package let study: TaxStudy
  /// The answers to the questions, series by series.
  let answers: [(halfTaxed: YearQuestion.Answer, hostBound: YearQuestion.Answer)]

  /// A report.
  package init(study: TaxStudy) {
    self.study = study
    answers = study.series.map { ($0.halfTaxed, $0.hostBound) }
  }

  // MARK: For programs

  /// The series with their points, the answers and what was measured.
  package var record: Record {
    [
      "study": .text("tax"), "batch": .count(study.batch), "host_year": .count(study.hostYear),
      "series": .list(zip(study.series, answers).map { .record(record($0, $1)) }, onOneLine: false),
    ]
  }

  private func record(
    _ series: TaxStudy.Series, _ answers: (halfTaxed: YearQuestion.Answer, hostBound: YearQuestion.Answer)
  ) -> Record {
    let host = series.host(in: study.hostYear)
    return [
      "workload": .text(series.workload), "mode": .text(series.mode), "samples": .count(series.alone.sampleCount),
      "points": .list(series.points.map { .record(Self.record($0).onOneLine) }, onOneLine: false),
      "measured": .list(series.measured.map { .record(Self.record($0).onOneLine) }, onOneLine: false),
      "half_taxed": .record(record(answers.halfTaxed)), "host_bound": .record(record(answers.hostBound)),
      "host": .record(
        Record(host?.needed.quantiles(inUnitsOf: 1).map { ("needed_speed_\($0.key)", $0.value) } ?? [])
          + ["trend_speed": .number(host?.trend)]),
    ]
  }

  private func record(_ answer: YearQuestion.Answer) -> Record {
    func year(_ share: Double) -> Value { .count(answer.year(of: share)) }
    return [
      "direction": .text(answer.rises ? "rises" : "falls"), "first_value": .number(answer.first?.value),
      "p05": year(0.05), "p50": year(0.5), "p95": year(0.95), "share_by_last_year": .number(answer.lastShare),
    ]
  }

  private static func record(_ point: TaxStudy.Point) -> Record {
    let bands: [(name: String, band: Projection.Band, unit: Double)] = [
      ("framework_tax_fraction", point.tax, 1), ("latency_us", point.latency, 1e6),
      ("batch_host_over_device", point.batchedHostOverDevice, 1),
    ]
    return ["year": .number(point.time), "accelerator": .text(point.part ?? "projected")]
      + Record(
        bands.flatMap { name, band, unit in band.quantiles(inUnitsOf: unit).map { ("\(name)_\($0.key)", $0.value) } })
  }

  private static func record(_ point: TaxStudy.MeasuredTax) -> Record {
    let row = point.measurement
    return [
      "year": .number(point.year), "accelerator": .text(row.accelerator), "framework": .text(row.framework),
      "precision": .text(row.precision.rawValue), "workload": .text(row.workload),
      "latency_us": .number(row.latency.map { $0 * 1e6 }), "device_busy_us": .number(point.deviceBusy * 1e6),
      "is_device_busy_measured": .flag(point.isBusyMeasured), "framework_tax_fraction": .number(point.taxFraction),
    ]
  }

  /// A row for each point of each series.
  package var tables: [Table] {
    [
      Table(
        named: "points",
        study.series.flatMap { series in
          series.points.map { point in
            ["workload": .text(series.workload), "mode": .text(series.mode)] + Self.record(point)
          }
        })
    ]
  }

  // MARK: For people

  var title: String { "The framework tax from \(firstYear) to \(lastYear): batch 1, half precision, steady state" }

  private var firstYear: Int { study.series.first?.points.first.map { Int($0.time) } ?? 0 }
  private var lastYear: Int { study.series.first?.alone.years.last?.year ?? 0 }

  var legend: String {
    "NVIDIA's flagships with hosts of their time, all with today's framework and kernels; those before the first with a "
      + "profile have its efficiencies and their own data sheets. Bands hold the model's errors, and of years to come the "
      + "trends'. Of measured passes the device time is simulated where no profiler told it; as a graph, where it "
      + "lengthens kernels and what is between them alike, the model's error shows in no band. A host's speed is that of "
      + "one thread, relative to the reference."
  }

  /// The tax over the years, then the answers.
  package var blocks: [ReportBlock] {
    [.line(title), .table(taxes, title: "the tax, %: the median of \(samples) samples, and where nine in ten lie")]
      + [.table(questions, title: "questions in time: half of the samples by, and nine in ten between")]
      + [.table(measured, title: "measured passes, and what is simulated for the part's year")] + [.paragraph(legend)]
  }

  private var samples: String { NumberFormat.integer(study.series.first?.alone.sampleCount ?? 0) }

  private var taxes: Table {
    typealias Row = (index: Int, point: TaxStudy.Point)
    let points = study.series.map(\.points)
    let rows = (points.first ?? []).enumerated().map { Row($0.offset, $0.element) }
    var columns = [
      Column<Row>("year", .fixed(0)) { .number($0.point.time.rounded(.down)) },
      Column<Row>("accelerator", rank: .supporting) {
        .text($0.point.part ?? "projected", $0.point.part == nil ? .dim : nil)
      },
    ]
    for (series, points) in zip(study.series, points) {
      columns.append(
        Column("\(Self.short(series.workload)) \(series.mode)", unit: "%", .plain) {
          .text(NumberFormat.fixed(points[$0.index].tax.median * 100, decimals: 0), .bold)
        })
      columns.append(
        Column("90 %", .plain, rank: .incidental) {
          let band = points[$0.index].tax.ninety
          return .text(
            "\(NumberFormat.fixed(band.lowerBound * 100, decimals: 0))-"
              + NumberFormat.fixed(band.upperBound * 100, decimals: 0))
        })
    }
    return Table(rows, columns)
  }

  var questions: Table {
    typealias Row = (series: TaxStudy.Series, answers: (halfTaxed: YearQuestion.Answer, hostBound: YearQuestion.Answer))
    let year = study.hostYear
    return Table(
      Array(zip(study.series, answers)).map { Row($0, $1) },
      [
        Column("workload") { .text($0.series.workload) }, Column("mode") { .text($0.series.mode) },
        Column("tax passes 50 %") { .text(Self.text($0.answers.halfTaxed), .bold) },
        Column("batch \(study.batch) is host-bound") { .text(Self.text($0.answers.hostBound), .bold) },
        Column("host needed in \(year)", unit: "speed") { row in
          .text(row.series.host(in: year).map { Self.speeds($0.needed) } ?? "-", .bold)
        },
        Column("trend", unit: "speed", .significant(3), rank: .incidental) { .number($0.series.host(in: year)?.trend) },
      ])
  }

  /// By which year, with a band; or from the first part on, or not by the last year.
  static func text(_ answer: YearQuestion.Answer) -> String {
    // It asks when something rises: what falls from the first part on has passed before it.
    guard answer.rises else { return "before \(answer.first?.year ?? 0)" }
    func year(_ share: Double) -> String? { answer.year(of: share).map(String.init) }
    let last = answer.shares.last?.year ?? 0
    guard let early = year(0.05) else { return "not by \(last)" }
    return "\(year(0.5) ?? "after \(last)") (\(early) to \(year(0.95) ?? "after \(last)"))"
  }

  private static func speeds(_ band: Projection.Band) -> String {
    func speed(_ value: Double) -> String { NumberFormat.significant(value, digits: 2) }
    return "\(speed(band.median)) (\(speed(band.ninety.lowerBound)) to \(speed(band.ninety.upperBound)))"
  }

  private var measured: Table {
    typealias Row = (series: TaxStudy.Series, point: TaxStudy.MeasuredTax)
    let rows = study.series.flatMap { series in series.measured.map { Row(series, $0) } }
    return Table(
      rows,
      [
        Column("workload") { .text($0.point.measurement.workload) },
        Column("framework", rank: .supporting) { .text($0.point.measurement.framework) },
        Column("accelerator") { .text($0.point.measurement.accelerator) },
        Column("year", .fixed(1), rank: .incidental) { .number($0.point.year) },
        Column("latency", unit: "ms", .fixed(2), rank: .supporting) {
          .number($0.point.measurement.latency.map { $0 * 1e3 })
        },
        Column("device busy", unit: "ms", .fixed(2), rank: .supporting) { .number($0.point.deviceBusy * 1e3) },
        Column("by", rank: .incidental) {
          .text($0.point.isBusyMeasured ? "a profiler" : "simulation", $0.point.isBusyMeasured ? nil : .dim)
        },
        Column("tax", unit: "%", .percent(0)) { .number($0.point.taxFraction, .bold) },
      ])
  }

  /// What stands before a name's first dash.
  static func short(_ workload: String) -> String { String(workload.prefix { $0 != "-" }) }
}
