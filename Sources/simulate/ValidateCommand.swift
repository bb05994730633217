import CommandSyntax
import JSONText
import Kernels
import OutputFiles
import Profiles
import Reports
import Studies

/// `simulate validate`: predictions beside a file of measurements.
enum ValidateCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "validate", summary: "Predict the rows of a measurement file and show the errors",
    discussion: """
      The file is CSV with the columns testbed, accelerator, framework, precision, workload, batch, sequence_length, \
      image_size, latency_ms and optionally role (anchor or test). With --fit host, one host speed is fitted per testbed \
      from its anchors, or from all its measured rows where none is marked; of a testbed whose rows are all tests it is the \
      profile's. A blank latency_ms is predicted only. With \
      --kernels each row is one operator, timed alone on the device: columns accelerator, \
      precision, operator, inputs (shapes as JSON), and optionally attributes (JSON) and time_us. A folder that \
      tools/measure.py has written is scored whole: its passes, and launches, dispatch and graphs number by number; with \
      --kernels its operators.
      """,
    positionals: [
      PositionalDefinition("file", help: "The measurements, or a folder of tools/measure.py", isRequired: true)
    ],
    options: [
      OptionDefinition(
        "host", value: "H", help: "The host of a folder's machine: a catalog name or a file",
        defaultText: "one that is sold with its accelerator"),
      OptionDefinition("kernels", help: "The rows are operators, each timed alone on the device"),
      KernelModelOption.definition,
      OptionDefinition(
        "fit", value: "WHAT", help: "What is fitted for each testbed", choices: ["host", "none"],
        defaultText: "none"),
      OptionDefinition(
        "set", value: "PATH=VALUE", help: "Override a profile number in every system that has it", isRepeatable: true),
      .format,
      OptionDefinition(
        "error-band", value: "FILE", help: "Write the errors' quantiles by regime, which projections use, to a file"),
    ],
    examples: [
      CommandExample("simulate validate latency.csv --fit host --format csv", shows: "a prediction for each row"),
      CommandExample("simulate validate measured", shows: "the shipped profiles, on what tools/measure.py found"),
      CommandExample("simulate validate kernels.csv --kernels", shows: "errors of kernels by device, sort and size"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    var path = command.positional("file") ?? ""
    let isFolder = isFolder(path)
    if isFolder, command.isPresent("kernels") { path += "/kernels.csv" }
    if !isFolder || command.isPresent("kernels") {
      try command.refuse(["host"], "it is that of a folder's machine; rows name theirs in the column host")
    }
    if command.isPresent("kernels") {
      try command.refuse(["fit"], "--kernels predicts kernels alone, whose times no host is part of")
      try command.refuse(["error-band"], "an error band is of passes, and --kernels predicts operators")
      return try runKernels(path, command, library)
    }
    if isFolder { return try MeasuredValidationRun.run(path, command, library) }
    try command.checkOutputs(["error-band"], inputs: [path] + KernelModelOption.files(command), nil, printsResult: true)
    try command.checkEnding(of: "error-band", holds: "JSON", ["json"])
    let file = try MeasurementFile(path, library)
    let overrides = try ScenarioOptions.overrides(command)
    let accelerators = try library.accelerators(named: file.rows.map(\.accelerator))
    let kernelModel = try KernelModelOption.model(command, of: accelerators, library)
    let rows = NumberFormat.integer(file.rows.count)
    let validation = try Progress.showing("simulating \(rows) rows") { _ in
      try Validation(
        file.rows, from: library, fitsHost: command.value(of: "fit") == "host", kernelModel: kernelModel
      ) { system in
        for (path, value) in overrides {
          if system.accelerator == nil, SystemNumber(path: path)?.isOfAccelerator ?? false { continue }
          try system.set(path, to: value)
        }
      }
    }
    if let output = command.value(of: "error-band") {
      try writeErrorBand(validation, of: path, fit: command.value(of: "fit") ?? "none", to: output)
    }
    command.print(ValidationReport(validation: validation, input: file.table))
  }
}

extension ValidateCommand {
  /// Writes the errors by regime as a file that a catalog may hold.
  private static func writeErrorBand(
    _ validation: Validation, of path: String, fit: String, to output: String
  ) throws(Failure) {
    // The measurements by the last two parts of their path: where a folder stands differs from machine to machine.
    let name = path.split(separator: "/").suffix(2).joined(separator: "/")
    guard let band = ErrorBand(validation, from: "simulate validate \(name) --fit \(fit) --error-band") else {
      throw .input(
        at: path,
        "an error band needs \(ErrorBand.fewestRows) measured rows that the host sets and as many that "
          + "the device does")
    }
    try writeOutput(band.json(), to: output)
  }
}

extension ValidateCommand {
  /// Predicts operators that were timed alone.
  private static func runKernels(_ path: String, _ command: ParsedCommand, _ library: Library) throws(Failure) {
    let overrides = try ScenarioOptions.overrides(command)
    if let number = overrides.map(\.path).first(where: { !isOfKernels($0) }) {
      throw .usage("--set \(number) would change nothing: kernels alone are predicted\n" + command.helpHint)
    }
    let file = try KernelMeasurementFile(path, library)
    let accelerators = try library.accelerators(named: file.rows.map(\.accelerator))
    let model = try KernelModelOption.model(command, of: accelerators, library)
    let rows = NumberFormat.integer(file.rows.count)
    let validation = try Progress.showing("predicting \(rows) operators") { _ in
      try KernelValidation(file.rows, from: library, kernelModel: model) { system in
        for (path, value) in overrides {
          if system.interconnect == nil, SystemNumber(path: path)?.isOfInterconnect ?? false { continue }
          try system.set(path, to: value)
        }
      }
    }
    if !validation.operatorsWithoutRule.isEmpty {
      Platform.warn(
        "warning: no cost rule for \(validation.operatorsWithoutRule.joined(separator: ", ")); "
          + "treated as element-wise traffic")
    }
    command.print(KernelValidationReport(validation: validation, input: file.table, kernelModel: model.name))
  }

  /// Whether a number may change a kernel's time; one that there is not is reported by who sets it.
  private static func isOfKernels(_ path: String) -> Bool {
    guard let number = SystemNumber(path: path) else { return true }
    return number.isOfAccelerator || number.isOfInterconnect
      || ["framework.convolution_workspace_mb", "framework.pointwise_positions"].contains(path)
  }
}
