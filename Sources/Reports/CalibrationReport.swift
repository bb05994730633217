import JSONText
import Profiles
import Studies

/// What a calibration fitted, how well it is known, and what the measurements say nothing of.
package struct CalibrationReport: Report {
  /// The calibration.
  package let calibration: Calibration

  /// A report.
  package init(calibration: Calibration) { self.calibration = calibration }

  private struct Row {
    let number: String
    let group: String
    let initial: Double
    let fitted: Double
    let uncertainty: Double?
    let isIdentified: Bool
    /// Whether it is the speed of a testbed's host, which begins at that of the reference.
    var isHost = false
  }

  /// A row for each number, hosts' speeds included.
  private var numbers: Table {
    let rows =
      calibration.parameters.map {
        Row(
          number: $0.path, group: $0.group, initial: $0.initial, fitted: $0.fitted, uncertainty: $0.uncertainty,
          isIdentified: $0.isIdentified)
      }
      + calibration.hosts.map { testbed, _, fit in
        Row(
          number: SystemNumber.hostSpeed.path, group: testbed, initial: 1, fitted: fit.speed,
          uncertainty: fit.uncertainty, isIdentified: fit.usable > 0, isHost: true)
      }
    return Table(
      named: "numbers", rows,
      [
        Column("number") { .text($0.number) }, Column("shared by", key: "shared_by") { .text($0.group) },
        Column("before", .significant(4)) { .number($0.initial, shown: $0.isHost ? "1" : nil) },
        Column("fitted", .significant(4)) { .number($0.fitted) },
        Column("uncertainty", unit: "+-%", key: "uncertainty_fraction", .percent(1)) {
          .number($0.uncertainty, shown: $0.uncertainty == nil ? "" : nil)
        },
        Column("identified") { .flag($0.isIdentified) },
      ])
  }

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
