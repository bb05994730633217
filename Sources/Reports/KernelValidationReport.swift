import JSONText
import Profiles
import Roofline
import Studies
import Workloads

/// Predictions beside operators that were timed alone.
package struct KernelValidationReport: Report {
  /// What was predicted.
  package let validation: KernelValidation
  /// The file of the measurements.
  package let input: CSVText
  /// The name of the kernel model.
  package let kernelModel: String

  /// A report.
  package init(validation: KernelValidation, input: CSVText, kernelModel: String) {
    self.validation = validation
    self.input = input
    self.kernelModel = kernelModel
  }

  // MARK: For programs

  /// The input's columns and rows in order, with three columns more, which take the place of the input's where it has
  /// them: a result may be validated again.
  private var rows: Table {
    let (rows, predictions) = (input.rows, validation.predictions)
    let own: [Column<Int>] = [
      Column("predicted_us") { .time(predictions[$0].time) },
      Column("bound") { .text(predictions[$0].bound?.rawValue) },
      Column("error_fraction") { Cell(.decimal(predictions[$0].error)) },
    ]
    let names = Set(own.map(\.field.key))
    let read = input.header.enumerated().filter { !names.contains($0.element.text) }.map { place, head in
      Column<Int>(head.text) { Cell(.field(rows[$0].text(place))) }
    }
    return Table(named: "rows", predictions.indices, read + own)
  }

  /// The rows.
  package var tables: [Table] { [rows] }

  /// The rows, and what their errors come to.
  package var record: Record {
    [
      "kernel_model": .text(kernelModel), "rows": .table(rows), "errors": .table(errors),
      "operators_without_rule": .texts(validation.operatorsWithoutRule),
    ]
  }

  // MARK: For people

  private var measured: [KernelValidation.Prediction] { validation.predictions.filter { $0.error != nil } }

  /// Errors by accelerator, sort and size, and the worst rows; of rows without measurements, the first.
  package var blocks: [ReportBlock] {
    var lines = [
      "\(NumberFormat.integer(validation.predictions.count)) operators, \(NumberFormat.integer(measured.count)) measured"
    ]
    if !validation.operatorsWithoutRule.isEmpty {
      let names = oneLine(validation.operatorsWithoutRule.joined(separator: ", "))
      lines.append("without a cost rule: \(names), guessed as element-wise traffic")
    }
    if validation.predictions.isEmpty { return [.lines(lines)] }
    if measured.isEmpty { return [.lines(lines), .table(worst, title: "predicted")] }
    return [.lines(lines), .table(errors), .table(worst, title: "the largest errors")]
  }

  private var errors: Table {
    typealias Class = (group: KernelValidation.Group, errors: ErrorSummary)
    func aspect(_ name: String, _ text: @escaping @Sendable (KernelValidation.Group) -> String?) -> Column<Class> {
      Column(name) { Cell(.text(text($0.group)), shown: text($0.group) ?? "all") }
    }
    return Table(
      named: "errors", validation.errorsByClass,
      [
        aspect("accelerator") { $0.accelerator }, aspect("operators") { $0.family?.rawValue },
        aspect("precision") { $0.precision?.rawValue }, aspect("size") { $0.size?.rawValue },
      ] + Column.errors { $0.errors })
  }

  /// The rows farthest off; the first ones where nothing was measured.
  private var worst: Table {
    let worst =
      measured.isEmpty
      ? validation.predictions.prefix(10) : measured.sorted { abs($0.error ?? 0) > abs($1.error ?? 0) }.prefix(10)
    let inputs = input.column("inputs") ?? 0
    let rows = input.rows
    return Table(
      Array(worst),
      [
        Column("accelerator", isStatedOnce: true) { .text($0.measurement.accelerator) },
        Column("operator") { .text($0.measurement.operation.name) },
        Column("precision", rank: .supporting, isStatedOnce: true) { .text($0.measurement.precision.rawValue) },
        Column("measured", unit: "us", key: "measured_us", .fixed(2)) { .number($0.measurement.time.map { $0 * 1e6 }) },
        Column("predicted", unit: "us", key: "predicted_us", .fixed(2)) { .number($0.time.microseconds) },
        Column("error", unit: "%", key: "error_fraction", .percent(1)) { .number($0.error) },
        Column("bound", rank: .incidental) { .text($0.bound?.rawValue) },
        Column("inputs", rank: .supporting) { .text(rows[$0.measurement.row].text(inputs)) },
      ])
  }
}
