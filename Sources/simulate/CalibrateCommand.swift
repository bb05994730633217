import CommandSyntax
import Profiles
import Reports
import Studies

/// `simulate calibrate`: fits profile numbers to a file of measurements.
enum CalibrateCommand {
  static let definition = CommandDefinition(
    "calibrate", summary: "Fit numbers of profiles to a measurement file",
    discussion: """
      Fits the named numbers, and one host speed per testbed unless --host-speed fixed is given, so that the mean of \
      |ln(predicted / measured)| is least. An accelerator's efficiency is shared by its architecture family, any other \
      number by its profile. The file has the columns of 'simulate validate'.
      """,
    positionals: [PositionalDefinition("file", help: "The measurements", isRequired: true)],
    options: [
      OptionDefinition(
        "fit", value: "PATH", help: "A number to fit, as accelerator.efficiency.vector", isRepeatable: true),
      OptionDefinition(
        "host-speed", value: "WHAT", help: "What is done with the testbeds' host speed", choices: ["fit", "fixed"],
        defaultText: "fit"),
      OptionDefinition("rounds", value: "N", help: "Rounds of the search", defaultText: "6"),
      OptionDefinition(
        "format", value: "F", help: "Format of the result", choices: ["table", "csv"], defaultText: "table"),
    ],
    examples: [
      CommandExample(
        "simulate calibrate latency.csv --fit accelerator.efficiency.memory", shows: "one constant per architecture")
    ])

  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let path = command.positional("file") ?? ""
    let rows = try MeasurementFile(path, library).rows
    let rounds = try checkingUsage { () throws(CommandSyntaxFault) in
      try command.integer(of: "rounds", .within(1...20))
    }
    let calibration: Calibration
    do {
      calibration = try Calibration(
        rows, from: library, paths: command.values(of: "fit"), fitsHost: command.value(of: "host-speed") != "fixed",
        rounds: rounds ?? 6)
    } catch let failure as Failure {
      throw failure
    } catch { throw Failure(.wrongInput, "\(error)") }
    for path in command.values(of: "fit") where !calibration.parameters.contains(where: { $0.path == path }) {
      throw Failure(
        .wrongInput, "error: no row's system has a number '\(path)' to fit; 'simulate profiles show NAME' lists them")
    }
    var result = TextTable(columns: [
      TextTable.Column("number"), TextTable.Column("shared by"), TextTable.Column("before", alignment: .number),
      TextTable.Column("fitted", alignment: .number),
      TextTable.Column("error at +-10 %", unit: "+%", alignment: .number, key: "error_rise"),
      TextTable.Column("identified"),
    ])
    for parameter in calibration.parameters {
      result.append([
        TextTable.Cell(parameter.path), TextTable.Cell(parameter.group),
        TextTable.Cell(NumberFormat.significant(parameter.initial, digits: 4)),
        TextTable.Cell(NumberFormat.significant(parameter.fitted, digits: 4), data: String(parameter.fitted)),
        TextTable.Cell(NumberFormat.fixed(parameter.sharpness * 100, decimals: 2)),
        TextTable.Cell(parameter.isIdentified ? "yes" : "no"),
      ])
    }
    if command.value(of: "format") == "csv" {
      Platform.print(result.csv())
    } else {
      Platform.print(
        result.text(styled: Platform.showsStyles)
          + "\nmean |ln(predicted / measured)|: \(NumberFormat.fixed(calibration.errorBefore, decimals: 4)) before, "
          + "\(NumberFormat.fixed(calibration.errorAfter, decimals: 4)) after\n")
    }
  }
}
