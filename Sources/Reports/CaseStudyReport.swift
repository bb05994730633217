import JSONText
import Profiles
import Simulation
import Studies

/// A case study, measured beside predicted.
package struct CaseStudyReport: Report {
  /// What is shown.
  package let study: CaseStudy

  /// A report.
  package init(study: CaseStudy) { self.study = study }

  private typealias Point = CaseStudy.Point

  // MARK: For programs

  private static let parameterNames = ["batch", "sequence_length", "layers", "width"]

  /// The points, panel by panel.
  package var record: Record {
    let panels = study.panels.map { name, points in
      let points = points.map { Self.record($0, isRow: false).onOneLine }
      return Value.record(["panel": .text(name), "points": .list(points.map { .record($0) }, onOneLine: false)])
    }
    return ["study": .text(study.subject.rawValue), "panels": .list(panels, onOneLine: false)]
  }

  /// A row for each point.
  package var tables: [Table] {
    [Table(study.points.map { ["panel": .text($0.panel)] + Self.record($0, isRow: true) })]
  }

  /// A point; what it has no value of is blank in a row, and not there otherwise.
  private static func record(_ point: Point, isRow: Bool) -> Record {
    let (prediction, row) = (point.prediction, point.prediction.measurement)
    let names: Record = [
      "testbed": .text(row.testbed), "accelerator": .text(row.accelerator), "framework": .text(row.framework),
      "precision": .text(row.precision.rawValue), "workload": .text(row.workload),
    ]
    let parameters = parameterNames.filter { isRow || row.parameters[$0] != nil }.map { name in
      (key: name, value: Value.count(row.parameters[name].map { Int($0) }))
    }
    return names + Record(parameters) + [
      "multiply_adds": .number(point.multiplyAdds),
      "measured_ms": .number(prediction.measurement.latency.map { $0 * 1e3 }),
      "predicted_ms": .number(prediction.latency * 1e3), "error_fraction": .number(prediction.error),
      "measured_busy_ms": .number(point.measuredBusy.map { $0 * 1e3 }),
      "device_busy_ms": .number(prediction.deviceBusy * 1e3),
      "framework_tax_fraction": .number(prediction.taxFraction), "bound": .text(prediction.bound.rawValue),
    ]
  }

  // MARK: For people

  var title: String {
    switch study.subject {
    case .modelDesign: "What of a model's design costs time: RTX 2080 Ti, PyTorch 1.12, eager"
    case .frameworks: "What the framework costs: Quadro RTX 8000, by batch, steady state"
    case .platforms: "What a faster accelerator buys: PyTorch 1.12, eager, steady state"
    }
  }

  var legend: String {
    let measured =
      "Measured: Fernandez et al., The Framework Tax (EMNLP 2023), figures of the authors' repository; one host speed is "
      + "fitted to each measured series, nothing else. Errors: predicted over measured, less one."
    guard study.subject == .platforms else { return measured }
    return measured
      + " Knee: the batch from which on the device, not the host, sets the latency. Rise: the batch from which on every "
      + "latency lies more than a fifth above the smallest."
  }

  /// Each panel as a table, measured beside predicted, and what it shows.
  package var blocks: [ReportBlock] {
    [.line(title)] + study.panels.map { panel($0.name, $0.points) } + [.paragraph(legend)]
  }

  /// Each panel as simulated lines beside measured points.
  package var figures: [Figure] { study.panels.compactMap { Figure.panel(study, $0.name, $0.points) } }

  private func panel(_ name: String, _ points: [Point]) -> ReportBlock {
    func bars(_ points: [Point]) -> TableBars {
      TableBars(title: "latency, predicted", values: points.map(\.prediction.latency))
    }
    switch (study.subject, name) {
    case (.modelDesign, "precision"): return .table(precisions(points), title: name)
    case (.modelDesign, "multiply-adds and latency"):
      let ordered = points.sorted { $0.multiplyAdds < $1.multiplyAdds }
      return .table(models(ordered), title: name, bars: bars(ordered), note: finding(points))
    case (.modelDesign, _): return .table(shapes(points), title: name, bars: bars(points))
    case (.frameworks, _): return .table(frameworks(points), title: name)
    case (.platforms, "where latencies rise"): return .table(rises(points), title: name)
    case (.platforms, "kernel time"): return .table(kernels(points), title: name)
    case (.platforms, _): return .table(generations(points), title: name)
    }
  }

  // MARK: Model design

  private func models(_ points: [Point]) -> Table {
    Table(
      points,
      [
        .workload, .multiplyAdds.ranked(.incidental), .measured { $0.prediction },
        .predicted(style: .bold) { $0.prediction },
        .error { $0.prediction }, .busy { $0.prediction }.ranked(.incidental),
        .tax { $0.prediction }.ranked(.supporting),
      ])
  }

  private func finding(_ points: [Point]) -> String? {
    let measured = points.filter { $0.prediction.measurement.latency != nil }
    guard measured.count > 2 else { return nil }
    let latencies = measured.map { $0.prediction.measurement.latency ?? 0 }
    func correlation(_ values: [Double]) -> String {
      NumberFormat.fixed(rankCorrelation(values, latencies), decimals: 2)
    }
    return "rank correlation with the measured latency: multiply-adds \(correlation(measured.map(\.multiplyAdds))), "
      + "simulation \(correlation(measured.map(\.prediction.latency)))"
  }

  private func shapes(_ points: [Point]) -> Table {
    func parameter(_ name: String) -> Column<Point> {
      Column(name, .plain) { .count($0.prediction.measurement.parameters[name]) }
    }
    return Table(
      points,
      [
        .workload, parameter("layers"), parameter("width"), .batch { $0.prediction }, .multiplyAdds.ranked(.incidental),
        .predicted(style: .bold) { $0.prediction }, .busy { $0.prediction }.ranked(.supporting), .tax { $0.prediction },
      ])
  }

  private func precisions(_ points: [Point]) -> Table {
    typealias Pair = (single: Validation.Prediction, half: Validation.Prediction)
    func milliseconds(_ title: String, _ seconds: @escaping @Sendable (Pair) -> Double?) -> Column<Pair> {
      Column(title, unit: "ms", .fixed(2)) { .number(seconds($0).map { $0 * 1e3 }) }
    }
    func ratio(_ seconds: @escaping @Sendable (Validation.Prediction) -> Double?) -> Column<Pair> {
      Column("speed-up", unit: "times", .fixed(2)) { pair in
        let ratio = seconds(pair.single).flatMap { single in seconds(pair.half).map { single / $0 } }
        return .number(ratio, ratio == nil ? nil : .bold)
      }
    }
    return Table(
      CaseStudy.precisionPairs(points),
      [
        Column("workload") { .text($0.single.measurement.workload) }, .batch { $0.single },
        milliseconds("fp32 measured") { $0.single.measurement.latency },
        milliseconds("fp16 measured") { $0.half.measurement.latency }, ratio { $0.measurement.latency },
        milliseconds("fp32 predicted") { $0.single.latency }, milliseconds("fp16 predicted") { $0.half.latency },
        ratio { $0.latency },
      ])
  }

  // MARK: Frameworks

  private func frameworks(_ points: [Point]) -> Table {
    let predictions = points.map(\.prediction)
    var columns = [Column<Int64>("batch", .plain) { .count($0) }]
    for name in unique(predictions.map(\.measurement.framework)) {
      let own = predictions.filter { $0.measurement.framework == name }
      let at: @Sendable (Int64) -> Validation.Prediction? = { batch in own.first { $0.measurement.batch == batch } }
      func number(
        _ title: String, _ unit: String, _ display: Display, _ style: TextStyle? = nil,
        _ value: @escaping @Sendable (Validation.Prediction) -> Double?
      ) -> Column<Int64> {
        Column(title, unit: unit, display) { .number(at($0).flatMap(value), style) }
      }
      let predicted: @Sendable (Validation.Prediction) -> Double? = { $0.latency * 1e3 }
      if own.contains(where: { $0.measurement.latency != nil }) {
        columns += [
          number(name, "measured ms", .fixed(2)) { $0.measurement.latency.map { $0 * 1e3 } },
          number("", "predicted ms", .fixed(2), .bold, predicted), number("", "error %", .percent(1)) { $0.error },
        ]
      } else {
        columns += [
          number(name, "predicted ms", .fixed(2), .bold, predicted),
          number("tax", "%", .percent(1)) { $0.taxFraction },
        ]
      }
    }
    return Table(Set(predictions.map(\.measurement.batch)).sorted(), columns)
  }

  // MARK: Platforms

  private func generations(_ points: [Point]) -> Table {
    typealias Series = (name: String, predictions: [Validation.Prediction])
    let predictions = points.map(\.prediction)
    let series = unique(predictions.map(\.measurement.accelerator)).map { name -> Series in
      (name, predictions.filter { $0.measurement.accelerator == name })
    }
    func number(
      _ title: String, _ unit: String, _ display: Display, _ style: TextStyle? = nil, batch: Int64,
      _ value: @escaping @Sendable (Validation.Prediction) -> Double
    ) -> Column<Series> {
      Column(title, unit: unit, display) { series in
        .number(series.predictions.first { $0.measurement.batch == batch }.map(value), style)
      }
    }
    return Table(
      series,
      [
        Column("accelerator") { .text($0.name) },
        number("busy", "ms, b1", .fixed(2), batch: 1) { $0.deviceBusy * 1e3 },
        number("latency", "ms, b1", .fixed(2), .bold, batch: 1) { $0.latency * 1e3 },
        number("tax", "%, b1", .percent(1), batch: 1) { $0.taxFraction },
        number("tax", "%, b8", .percent(1), batch: 8) { $0.taxFraction },
        number("tax", "%, b32", .percent(1), batch: 32) { $0.taxFraction },
        Column("knee", unit: "batch", .plain) { series in
          series.predictions.first.flatMap { study.knee(of: $0.measurement) }?.cell ?? .count(nil as Int?)
        },
        Column("tax", unit: "by batch") {
          .text(TableBars.sparkline($0.predictions.map(\.taxFraction), most: 1), .cyan)
        },
      ])
  }

  private func rises(_ points: [Point]) -> Table {
    typealias Row = (comparison: RiseComparison, first: Validation.Prediction?)
    let predictions = points.map(\.prediction)
    let rows = RiseComparison.compare(predictions).map { comparison -> Row in
      let first = predictions.first {
        $0.measurement.testbed == comparison.testbed && $0.measurement.workload == comparison.workload
          && $0.measurement.parameters["batch"] == 1
      }
      return (comparison, first)
    }
    return Table(
      rows,
      [
        Column("testbed") { .text($0.comparison.testbed) },
        Column("accelerator", rank: .supporting) { .text($0.first?.measurement.accelerator) },
        Column("workload") { .text($0.comparison.workload) }, .measured(unit: "ms, b1") { $0.first },
        .predicted(unit: "ms, b1", style: .bold) { $0.first }, .error { $0.first },
        .rise("measured", unit: "rise") { $0.comparison.measured },
        .rise(
          "predicted", unit: "rise",
          style: { $0.comparison.predicted == $0.comparison.measured ? nil : .yellow }
        ) { $0.comparison.predicted },
      ])
  }

  private func kernels(_ points: [Point]) -> Table {
    Table(
      points,
      [
        .workload, .batch { $0.prediction },
        Column("kernels measured", unit: "ms", .fixed(2), rank: .supporting) {
          .number($0.measuredBusy.map { $0 * 1e3 })
        },
        Column("busy predicted", unit: "ms", .fixed(2), rank: .supporting) {
          .number($0.prediction.deviceBusy * 1e3, .bold)
        },
        Column("error", unit: "%", .percent(1)) { point in
          .number(point.measuredBusy.map { point.prediction.deviceBusy / $0 - 1 })
        },
        Column("tax measured", unit: "%", .percent(1)) { point in
          .number(
            point.measuredBusy.flatMap { busy in
              point.prediction.measurement.latency.map { max(0, 1 - busy / $0) }
            })
        },
        Column("tax predicted", unit: "%", .percent(1)) { .number($0.prediction.taxFraction) },
      ])
  }
}

extension Column where Row == CaseStudy.Point {
  fileprivate static var workload: Column { Column("workload") { .text($0.prediction.measurement.workload) } }

  fileprivate static var multiplyAdds: Column {
    Column("multiply-adds", unit: "10^9", .fixed(2, per: 1e9)) { .number($0.multiplyAdds) }
  }
}

extension Column {
  /// The predicted time in which the device works.
  fileprivate static func busy(_ prediction: @escaping @Sendable (Row) -> Validation.Prediction) -> Column {
    Column("busy", unit: "ms", key: "device_busy_ms", .fixed(2)) { .number(prediction($0).deviceBusy * 1e3) }
  }

  /// The predicted tax.
  fileprivate static func tax(_ prediction: @escaping @Sendable (Row) -> Validation.Prediction) -> Column {
    Column("tax", unit: "%", key: "framework_tax_fraction", .percent(1)) { .number(prediction($0).taxFraction) }
  }
}

extension Knee {
  /// The batch; people see beyond which one it lies where there is none.
  var cell: Cell {
    switch self {
    case .batch(let batch): .count(batch)
    case .none(let limit): .count(nil as Int?, shown: "> \(limit)")
    }
  }
}
