import CommandSyntax
import Kernels
import Profiles
import Reports
import Simulation
import Studies

/// `simulate roofline`: each kernel of a workload against the device's rooflines.
enum RooflineCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "roofline", summary: "Hold each kernel of a workload against the roofline of an accelerator",
    discussion: """
      Intensity, attainable and achieved rate, and what bounds each kernel; longest total time first. Several \
      accelerators, with commas between them, share one chart in --format html. With --check, \
      claims of a CSV file are held against the roofline of the data sheet, each tensor moved once: columns accelerator, \
      precision, operator, inputs (shapes as JSON), optionally attributes (JSON), and any of flops, bytes, intensity, \
      attainable_tflops, bound (compute or memory) and time_us, blank where nothing is claimed. A claim holds as it is \
      rounded, from three digits on, and a whole number of flops or bytes exactly. --emit writes such a file of a \
      workload's operators.
      """,
    positionals: ScenarioOptions.positionals,
    options: ScenarioOptions.definitions + [
      .format,
      OptionDefinition(
        "check", value: "FILE", help: "Check the claims of a CSV file; status 1 if one does not hold", group: "Claims"),
      OptionDefinition(
        "tolerance", value: "F", help: "How far off a claim may be, as a fraction", defaultText: "as it is rounded",
        group: "Claims"),
      OptionDefinition(
        "emit", value: "FILE", help: "Write the workload's operators as claims and nothing else", group: "Claims"),
    ],
    examples: [
      CommandExample("simulate roofline resnet50 v100 --batch 16", shows: "ResNet-50's kernels on a V100"),
      CommandExample(
        "simulate roofline resnet50 v100,a100,h100-sxm --format html >rooflines.html",
        shows: "three devices on one chart"),
      CommandExample("simulate roofline --check claims.csv", shows: "whether another suite's numbers are right"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    if let path = command.value(of: "check") { return try RooflineCheckRun.check(path, command, library) }
    try command.refuse(["tolerance"], "only --check compares anything")
    try command.refuse(["host", "synchronized"], "a roofline is of the accelerator's kernels alone")
    let names = try ScenarioOptions.acceleratorNames(command)
    guard names.isEmpty else {
      try command.refuse(["emit"], "--emit is of one accelerator")
      return command.print(try comparison(of: names, command, library))
    }
    let (report, accelerator) = try report(nil, command, library)
    guard let path = command.value(of: "emit") else { return command.print(report) }
    try command.refuse(["format"], "--emit writes CSV")
    try command.refuse(["kernel-model", "set"], "--emit is of the data sheet alone")
    try command.checkOutputs(["emit"], inputs: ScenarioOptions.files(command), library)
    try command.checkEnding(of: "emit", holds: "CSV", ["csv"])
    let given = try ScenarioOptions.names(command).accelerator
    let name = given.flatMap { Library.isFile($0) ? $0 : nil } ?? accelerator.name
    try RooflineCheckRun.emit(report.scenario, accelerator, named: name, to: path)
  }

  /// The kernels of the workload on several devices.
  static func comparison(
    of names: [String], _ command: ParsedCommand, _ library: Library
  ) throws(Failure) -> RooflineComparison {
    guard names.count <= Figure.mostRooflineDevices else {
      throw .usage("at most \(Figure.mostRooflineDevices) accelerators share a chart, and these are \(names.count)")
    }
    guard !names.contains("") else { throw .usage("a name is missing in the list of accelerators") }
    var reports: [RooflineReport] = []
    for name in names {
      let (report, accelerator) = try report(name, command, library)
      guard !reports.contains(where: { $0.study.accelerator.name == accelerator.name }) else {
        throw .usage("the list of accelerators has \(accelerator.name) twice")
      }
      reports.append(report)
    }
    return RooflineComparison(reports)
  }

  /// The kernels of the workload on one device.
  private static func report(
    _ name: String?, _ command: ParsedCommand, _ library: Library
  ) throws(Failure) -> (RooflineReport, AcceleratorProfile) {
    let resolved = try ScenarioOptions.resolve(command, library, of: name, needsHost: false)
    if let number = resolved.overrides.map(\.path).first(where: { SystemNumber(path: $0)?.isOfHost ?? false }) {
      throw .usage(
        "--set \(number) would change nothing: a roofline is of the accelerator's kernels alone\n"
          + command.helpHint)
    }
    let scenario = resolved.scenario
    guard let accelerator = scenario.system.accelerator else {
      throw .usage("a roofline needs an accelerator; 'simulate profiles list accelerators' has them")
    }
    let study = RooflineStudy(
      plan: scenario.plan(), accelerator: accelerator, model: scenario.kernelModel.model(of: accelerator))
    return (RooflineReport(study: study, scenario: scenario), accelerator)
  }
}
