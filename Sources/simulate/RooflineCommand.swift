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
    discussion: "Intensity, attainable and achieved rate, and what bounds each kernel; longest total time first.",
    positionals: ScenarioOptions.positionals,
    options: ScenarioOptions.definitions + [.format],
    examples: [CommandExample("simulate roofline resnet50 v100 --batch 16", shows: "ResNet-50's kernels on a V100")])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    try command.refuse(["host", "synchronized"], "a roofline is of the accelerator's kernels alone")
    let resolved = try ScenarioOptions.resolve(command, library, needsHost: false)
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
    command.print(RooflineReport(study: study, scenario: scenario))
  }
}
