import JSONText
import Profiles
import Studies

/// Predictions beside measurements.
package struct ValidationReport: Report {
  /// What was predicted.
  package let validation: Validation
  /// The file of the measurements.
  package let input: CSVText

  /// A report.
  package init(validation: Validation, input: CSVText) {
    self.validation = validation
    self.input = input
  }

  // MARK: For programs

  /// The input's columns and rows in order, with five columns more.
  private var rows: Table {
    let (rows, predictions) = (input.rows, validation.predictions)
    let read = input.header.enumerated().map { place, head in
      Column<Int>(head.text) { Cell(.field(rows[$0].text(place))) }
    }
    return Table(
      named: "rows", predictions.indices,
      read + [
        Column("predicted_ms") { Cell(.decimal(predictions[$0].latency * 1e3)) },
        Column("device_busy_ms") { Cell(.decimal(predictions[$0].deviceBusy * 1e3)) },
        Column("framework_tax_fraction") { Cell(.decimal(predictions[$0].taxFraction)) },
        Column("error_fraction") { Cell(.decimal(predictions[$0].error)) },
        Column("regime") { Cell(.text(predictions[$0].regime.rawValue)) },
      ])
  }

  /// The rows.
  package var tables: [Table] { [rows] }

  /// The rows, and what their errors come to.
  package var record: Record {
    ["rows": .table(rows), "errors": .table(errors), "rises": .table(riseTable(rises)), "hosts": .table(hosts)]
  }

  // MARK: For people

  private var measured: [Validation.Prediction] { validation.predictions.filter { $0.error != nil } }
  private var rises: [RiseComparison] { RiseComparison.compare(validation.predictions) }

  /// Errors by every aspect, the rises, the fitted hosts and the worst rows.
  package var blocks: [ReportBlock] {
    var blocks: [ReportBlock] = [
      .line("\(validation.predictions.count) rows, \(measured.count) measured"), .table(errors),
    ]
    let rises = rises
    if !rises.isEmpty {
      let exact = rises.filter { $0.predicted == $0.measured }.count
      blocks += [
        .line(
          "batch at which the latency rises exact in \(exact) of \(rises.count) series "
            + "(\(NumberFormat.percent(Double(exact) / Double(rises.count), decimals: 0)))"),
        .table(
          rises.count <= 10
            ? riseTable(rises)
            : riseTable(
              Array(RiseComparison.farthestFirst(rises).prefix(10)), title: "series with rises farthest apart")),
      ]
    }
    if !validation.speeds.isEmpty { blocks.append(.table(hosts)) }
    return blocks + [.table(worst, title: "the largest errors")]
  }

  private var errors: Table {
    typealias Group = (name: String, errors: ErrorSummary)
    let group: [Column<Group>] = [Column("rows", key: "group") { .text($0.name) }]
    return Table(named: "errors", validation.errorsByAspect, group + Column.errors { $0.errors })
  }

  private func riseTable(_ rises: [RiseComparison], title: String = "series") -> Table {
    Table(
      named: "rises", rises,
      [
        Column(title, key: "testbed") { .text($0.testbed) }, Column("workload") { .text($0.workload) },
        .rise("measured", unit: "batch") { $0.measured }, .rise("predicted", unit: "batch") { $0.predicted },
      ])
  }

  private var hosts: Table {
    Table(
      named: "hosts", validation.speeds,
      [
        Column("testbed") { .text($0.testbed) },
        Column("host speed", unit: "of reference", key: "host_speed", .fixed(3)) { .number($0.fit.speed) },
        Column("spread", unit: "%", key: "spread_fraction", .percent(1)) { .number($0.fit.spread) },
        Column("anchors used", key: "anchors_used", .plain) {
          .count($0.fit.usable, shown: "\($0.fit.usable) of \($0.fit.total)")
        },
      ])
  }

  private var worst: Table {
    let worst = measured.sorted { abs($0.error ?? 0) > abs($1.error ?? 0) }.prefix(10)
    return Table(
      Array(worst),
      [
        Column("testbed", rank: .supporting) { .text($0.measurement.testbed) },
        Column("workload") { .text($0.measurement.workload) },
        .batch { $0 }, .measured { $0 }, .predicted { $0 }, .error { $0 },
      ])
  }
}

extension Column {
  /// The batch size of a measured row.
  static func batch(_ prediction: @escaping @Sendable (Row) -> Validation.Prediction) -> Column {
    Column("batch", .plain) { .count(prediction($0).measurement.batch) }
  }

  /// A measured latency.
  static func measured(
    unit: String = "ms", _ prediction: @escaping @Sendable (Row) -> Validation.Prediction?
  ) -> Column {
    Column("measured", unit: unit, key: "measured_ms", .fixed(2)) {
      .number(prediction($0)?.measurement.latency.map { $0 * 1e3 })
    }
  }

  /// A predicted latency.
  static func predicted(
    unit: String = "ms", style: TextStyle? = nil, _ prediction: @escaping @Sendable (Row) -> Validation.Prediction?
  ) -> Column {
    Column("predicted", unit: unit, key: "predicted_ms", .fixed(2)) {
      .number(prediction($0).map { $0.latency * 1e3 }, style)
    }
  }

  /// How far a prediction is off.
  static func error(_ prediction: @escaping @Sendable (Row) -> Validation.Prediction?) -> Column {
    Column("error", unit: "%", key: "error_fraction", .percent(1)) { .number(prediction($0)?.error) }
  }

  /// The batch at which latencies rise.
  static func rise(
    _ name: String, unit: String, style: @escaping @Sendable (Row) -> TextStyle? = { _ in nil },
    _ batch: @escaping @Sendable (Row) -> Int64?
  ) -> Column {
    Column(name, unit: unit, key: "\(name)_rise", .plain) {
      let batch = batch($0)
      return Cell(.count(batch.map { Int($0) }), style($0), shown: batch == nil ? "none" : nil)
    }
  }
}

extension Measurement {
  /// The batch size.
  var batch: Int64 { parameters["batch"] ?? 1 }
}
