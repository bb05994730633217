import Profiles
import Studies

/// What a calibration fitted, how well it is known, and what the measurements say nothing of.
public struct CalibrationReport: Sendable {
  /// The calibration.
  public let calibration: Calibration

  /// A report.
  public init(calibration: Calibration) {
    self.calibration = calibration
  }

  /// One row for each number, hosts' speeds included.
  public func csv() -> String { table().csv() }

  /// The numbers, and what the errors were before and after.
  public func text(styled: Bool) -> String {
    let table = table()
    var text = table.rows.isEmpty ? "" : table.text(styled: styled) + "\n"
    let unknown = calibration.parameters.filter { !$0.isIdentified }.count
    if unknown > 0 {
      let numbers = unknown == 1 ? "1 number" : "\(unknown) numbers"
      text += "\(numbers) not identified: the rows do not tell the value from four times, or a quarter, of it\n"
    }
    return text
      + "mean |ln(predicted / measured)|: \(NumberFormat.fixed(calibration.errorBefore, decimals: 4)) before, "
      + "\(NumberFormat.fixed(calibration.errorAfter, decimals: 4)) after\n"
  }

  private func table() -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("number"), TextTable.Column("shared by"), TextTable.Column("before", alignment: .number),
      TextTable.Column("fitted", alignment: .number),
      TextTable.Column("uncertainty", unit: "+-%", alignment: .number, key: "uncertainty_fraction"),
      TextTable.Column("identified"),
    ])
    for parameter in calibration.parameters {
      table.append([
        TextTable.Cell(parameter.path), TextTable.Cell(parameter.group),
        TextTable.Cell(NumberFormat.significant(parameter.initial, digits: 4)),
        TextTable.Cell(NumberFormat.significant(parameter.fitted, digits: 4), data: String(parameter.fitted)),
        uncertainty(parameter.uncertainty), TextTable.Cell(parameter.isIdentified ? "yes" : "no"),
      ])
    }
    for (testbed, _, fit) in calibration.hosts {
      table.append([
        TextTable.Cell(SystemNumber.hostSpeed.path), TextTable.Cell(testbed), TextTable.Cell("1"),
        TextTable.Cell(NumberFormat.significant(fit.speed, digits: 4), data: String(fit.speed)),
        uncertainty(fit.uncertainty), TextTable.Cell(fit.usable > 0 ? "yes" : "no"),
      ])
    }
    return table
  }

  private func uncertainty(_ fraction: Double?) -> TextTable.Cell {
    guard let fraction else { return TextTable.Cell("") }
    return TextTable.Cell(NumberFormat.fixed(fraction * 100, decimals: 1), data: String(fraction))
  }
}
