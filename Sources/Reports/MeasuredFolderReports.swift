import JSONText
import Profiles
import Simulation
import Studies

/// The shipped profiles beside what was measured on a machine: passes, and numbers.
package struct MeasuredValidationReport: Report {
  /// The passes, predicted.
  package let validation: Validation
  /// What is particular about each.
  package let variants: [String]
  /// The numbers, as measured.
  package let numbers: [MeasuredNumber]
  /// The profiles.
  package let system: System

  /// A report.
  package init(validation: Validation, variants: [String], numbers: [MeasuredNumber], system: System) {
    self.validation = validation
    self.variants = variants
    self.numbers = numbers
    self.system = system
  }

  private var passes: Table {
    let variants = variants
    return Table(
      named: "rows", Array(validation.predictions.enumerated()),
      [
        Column("workload") { .text($0.element.measurement.workload) },
        Column("variant") { .text(variants[$0.offset]) },
        Column("framework") { .text($0.element.measurement.framework) },
        Column("precision") { .text($0.element.measurement.precision.rawValue) }, .batch { $0.element },
        Column("length", .plain) {
          let parameters = $0.element.measurement.parameters
          return .count(parameters["context"] ?? parameters["sequence_length"] ?? 0)
        },
        .measured { $0.element }, .predicted { $0.element }, .error { $0.element },
        Column("regime") { .text($0.element.regime.rawValue) },
      ])
  }

  private var numberTable: Table {
    let system = system
    return Table(
      named: "numbers", numbers,
      [
        Column("number") { .text($0.path) },
        Column("measured", key: "measured", .significant(4)) { .number($0.value) },
        Column("spread", unit: "%", key: "spread_fraction", .percent(0)) { .number($0.spread) },
        Column("predicted", key: "predicted", .significant(4)) { .number($0.predicted(by: system)) },
        Column("error", unit: "%", key: "error_fraction", .percent(0)) { number in
          .number(number.value > 0 ? number.predicted(by: system).map { $0 / number.value - 1 } : nil)
        },
        Column("taken from", key: "taken_from", rank: .supporting) { .text($0.method) },
      ])
  }

  private var errors: Table {
    typealias Group = (name: String, errors: ErrorSummary)
    let group: [Column<Group>] = [Column("rows", key: "group") { .text($0.name) }]
    return Table(named: "errors", validation.errorsByAspect, group + Column.errors { $0.errors })
  }

  /// The passes; without any, the numbers.
  package var tables: [Table] { [validation.predictions.isEmpty ? numberTable : passes] }

  /// Passes, their errors, and numbers.
  package var record: Record {
    ["rows": .table(passes), "errors": .table(errors), "numbers": .table(numberTable)]
  }

  /// Passes, their errors, and numbers.
  package var blocks: [ReportBlock] {
    var blocks: [ReportBlock] = []
    if !validation.predictions.isEmpty {
      blocks += [.line("\(validation.predictions.count) passes"), .table(errors), .table(passes, title: "passes")]
    }
    if !numbers.isEmpty {
      blocks.append(.table(numberTable, title: "on the machine itself, microseconds unless the number says otherwise"))
    }
    return blocks.isEmpty ? [.line("nothing that could be predicted was measured")] : blocks
  }
}

/// Numbers read off a folder of measurements, beside those of the profiles.
package struct MeasuredCalibrationReport: Report {
  /// What was read off.
  package let calibration: MeasuredCalibration

  /// A report.
  package init(calibration: MeasuredCalibration) { self.calibration = calibration }

  private struct Row {
    let path: String
    let spread: Double?
    let method: String
  }

  /// A row for each number, the host's speeds first.
  package var tables: [Table] {
    let calibration = calibration
    let speeds = calibration.speeds.map {
      Row(
        path: "host.speed.\($0.component.rawValue)", spread: $0.spread, method: "the reference's times over this host's"
      )
    }
    let rows = speeds + calibration.numbers.map { Row(path: $0.path, spread: $0.spread, method: $0.method) }
    return [
      Table(
        named: "numbers", rows,
        [
          Column("number") { .text($0.path) },
          Column("profile", .significant(4)) { .number(calibration.before.number(at: $0.path)) },
          Column("measured", .significant(4)) { .number(calibration.after.number(at: $0.path)) },
          Column("+-", unit: "%", key: "uncertainty_fraction", .percent(0)) { .number($0.spread) },
          Column("taken from", key: "taken_from") { .text($0.method) },
        ])
    ]
  }

  /// The numbers, and what share of an operator's time in turn with others is a model's.
  package var record: Record {
    [
      "numbers": .table(tables[0]), "in_turn_share": .number(calibration.share),
      "in_turn_share_passes": .count(calibration.sharePasses),
    ]
  }

  /// The numbers, and what share of an operator's time in turn with others is a model's.
  package var blocks: [ReportBlock] {
    let share = NumberFormat.percent(calibration.share, decimals: 0)
    let from =
      calibration.sharePasses > 0
      ? "as \(calibration.sharePasses) eager passes say" : "as on the machine that it was found on: no eager pass says"
    return [
      .table(tables[0]),
      .paragraph(
        "Host times are stated for the reference host, by the speeds above. Of an operator's time in turn with others a "
          + "model spends \(share), \(from)."),
    ]
  }
}
