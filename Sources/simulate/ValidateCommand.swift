import CommandSyntax
import Profiles
import Reports
import Studies
import Workloads

/// `simulate validate`: predictions beside a file of measurements.
enum ValidateCommand {
  static let definition = CommandDefinition(
    "validate", summary: "Predict the rows of a measurement file and show the errors",
    discussion: """
      The file is CSV with the columns testbed, accelerator, framework, precision, workload, batch, sequence_length, \
      image_size, latency_ms and optionally role (anchor or test). With --fit host, one host speed is fitted per testbed \
      from its anchors, or from all its measured rows where none is marked. A blank latency_ms is predicted only.
      """,
    positionals: [PositionalDefinition("file", help: "The measurements", isRequired: true)],
    options: [
      OptionDefinition(
        "fit", value: "WHAT", help: "What is fitted for each testbed", choices: ["host", "none"],
        defaultText: "none"),
      OptionDefinition(
        "set", value: "PATH=VALUE", help: "Override a profile number in every system that has it", isRepeatable: true),
      OptionDefinition(
        "format", value: "F", help: "Format of the result", choices: ["table", "csv"], defaultText: "table"),
    ],
    examples: [
      CommandExample("simulate validate latency.csv --fit host --format csv", shows: "a prediction for each row")
    ])

  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let path = command.positional("file") ?? ""
    let file = try MeasurementFile(path, library)
    let overrides = try ScenarioOptions.overrides(command)
    let validation: Validation
    do {
      validation = try Validation(file.rows, from: library, fitsHost: command.value(of: "fit") == "host") { system in
        for (path, value) in overrides where system.accelerator != nil || !path.hasPrefix("accelerator.") {
          do throws(OverrideFault) { try system.set(path, to: value) } catch { throw Failure(wrongInput: error) }
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch { throw Failure(.wrongInput, "\(error)") }
    let report = ValidationReport(validation: validation)
    Platform.print(
      command.value(of: "format") == "csv" ? report.csv(file.table) : report.text(styled: Platform.showsStyles))
  }
}

extension Library: ModelSource {}
