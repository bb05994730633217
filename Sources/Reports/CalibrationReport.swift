import JSONText
import Profiles
import Studies

/// What a calibration fitted, how well it is known, and what the measurements say nothing of.
package struct CalibrationReport: Report {
  /// The calibration.
  package let calibration: Calibration

  /// A report.
  package init(calibration: Calibration) { self.calibration = calibration }

  private var numbers: Table { Table(fitted: calibration.parameters, hosts: calibration.hosts) }

  /// The numbers.
  package var tables: [Table] { [numbers] }

  /// The numbers, and what the errors were before and after.
  package var record: Record {
    [
      "numbers": .table(numbers), "mean_error_before": .number(calibration.errorBefore),
      "mean_error_after": .number(calibration.errorAfter),
    ]
  }

  /// The numbers, and what the errors were before and after.
  package var blocks: [ReportBlock] {
    let table = numbers
    let unknown = calibration.parameters.filter { !$0.isIdentified }.count
    var lines: [String] = []
    if unknown > 0 {
      let numbers = unknown == 1 ? "1 number" : "\(unknown) numbers"
      lines.append("\(numbers) not identified: the rows do not tell the value from four times, or a quarter, of it")
    }
    lines.append(
      "mean |ln(predicted / measured)|: \(NumberFormat.fixed(calibration.errorBefore, decimals: 4)) before, "
        + "\(NumberFormat.fixed(calibration.errorAfter, decimals: 4)) after")
    return (table.count == 0 ? [] : [.table(table)]) + [.lines(lines)]
  }
}

extension Table {
  /// A row for each number, hosts' speeds included.
  init(
    fitted parameters: [Calibration.Parameter], hosts: [(testbed: String, host: String, fit: HostSpeedFit)] = []
  ) {
    let rows =
      parameters.map {
        FittedNumber(
          number: $0.path, group: $0.group, initial: $0.initial, fitted: $0.fitted, uncertainty: $0.uncertainty,
          isIdentified: $0.isIdentified)
      }
      + hosts.map { testbed, _, fit in
        FittedNumber(
          number: SystemNumber.hostSpeed.path, group: testbed, initial: 1, fitted: fit.speed,
          uncertainty: fit.uncertainty, isIdentified: fit.usable > 0, isHost: true)
      }
    self.init(
      named: "numbers", rows,
      [
        Column("number") { .text($0.number) },
        Column("shared by", key: "shared_by", rank: .supporting) { .text($0.group) },
        Column("before", .significant(4)) { .number($0.initial, shown: $0.isHost ? "1" : nil) },
        Column("fitted", .significant(4)) { .number($0.fitted) },
        Column("uncertainty", unit: "+-%", key: "uncertainty_fraction", .percent(1)) {
          .number($0.uncertainty, shown: $0.uncertainty == nil ? "" : nil)
        },
        Column("identified", rank: .supporting, isStatedOnce: true) { .flag($0.isIdentified) },
      ])
  }
}

private struct FittedNumber {
  let number: String
  let group: String
  let initial: Double
  let fitted: Double
  let uncertainty: Double?
  let isIdentified: Bool
  /// Whether it is the speed of a testbed's host, which begins at that of the reference.
  var isHost = false
}

/// What a calibration to operators that were timed alone fitted, and their errors before and after.
package struct KernelCalibrationReport: Report {
  /// The calibration.
  package let calibration: KernelCalibration

  /// A report.
  package init(calibration: KernelCalibration) { self.calibration = calibration }

  private var numbers: Table { Table(fitted: calibration.parameters) }

  /// The errors by accelerator, sort, format and size, before and after.
  private var errors: Table {
    typealias Class = (group: KernelValidation.Group, before: ErrorSummary, after: ErrorSummary)
    let after = Dictionary(uniqueKeysWithValues: calibration.after.errorsByClass.map { ($0.group, $0.errors) })
    let rows: [Class] = calibration.before.errorsByClass.compactMap { group, before in
      after[group].map { (group, before, $0) }
    }
    func aspect(_ name: String, _ text: @escaping @Sendable (KernelValidation.Group) -> String?) -> Column<Class> {
      Column(name) { Cell(.text(text($0.group)), shown: text($0.group) ?? "all") }
    }
    func percent(_ title: String, _ key: String, _ value: @escaping @Sendable (Class) -> Double) -> Column<Class> {
      Column(title, unit: "%", key: key, .percent(1)) { .number(value($0)) }
    }
    return Table(
      named: "errors", rows,
      [
        aspect("accelerator") { $0.accelerator }, aspect("operators") { $0.family?.rawValue },
        aspect("precision") { $0.precision?.rawValue }, aspect("size") { $0.size?.rawValue },
        Column("count", .plain) { .count($0.before.count) },
        percent("median before", "median_before_fraction") { $0.before.median },
        percent("after", "median_after_fraction") { $0.after.median },
        percent("bias before", "bias_before_fraction") { $0.before.bias },
        percent("bias after", "bias_after_fraction") { $0.after.bias },
      ])
  }

  /// The numbers.
  package var tables: [Table] { [numbers] }

  /// The numbers, and the errors.
  package var record: Record {
    [
      "numbers": .table(numbers), "errors": .table(errors), "rows_searched": .count(calibration.searched),
      "mean_error_before": .number(calibration.errorBefore), "mean_error_after": .number(calibration.errorAfter),
    ]
  }

  /// The numbers, and the errors.
  package var blocks: [ReportBlock] {
    let measured = calibration.before.predictions.count { $0.error != nil }
    let searched = NumberFormat.integer(calibration.searched)
    let mean =
      "mean |ln(predicted / measured)|: \(NumberFormat.fixed(calibration.errorBefore, decimals: 4)) before, "
      + "\(NumberFormat.fixed(calibration.errorAfter, decimals: 4)) after; of \(NumberFormat.integer(measured)) "
      + "operators, searched on \(searched)"
    return [.table(numbers), .table(errors), .lines([mean])]
  }
}
