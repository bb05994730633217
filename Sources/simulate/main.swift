import CommandSyntax
import JSONText

let tree = CommandTree(
  root: CommandDefinition(
    "simulate", summary: "Simulate how much of a neural network's latency is the framework feeding it",
    discussion: """
      Without a subcommand, shows how the framework tax grows over the accelerator generations of the catalog.
      """,
    examples: [
      CommandExample("simulate", shows: "the tax across generations"),
      CommandExample("simulate run bert-base h100-sxm", shows: "one system in detail"),
    ],
    subcommands: [
      RunCommand.definition, SweepCommand.definition, ProjectCommand.definition, StudyCommand.definition,
      ReportCommand.definition, RooflineCommand.definition, TraceCommand.definition,
      ValidateCommand.definition,
      CalibrateCommand.definition,
      ProfilesCommand.definition,
    ]),
  globalOptions: [
    OptionDefinition(
      "catalog", value: "DIR", help: "Folder of profiles and workloads to search first",
      longHelp: "The environment variable SIMULATE_CATALOG names one as well."),
    OptionDefinition(
      "ascii", help: "Tables in plain ASCII, as on terminals whose locale cannot show more"),
  ])

/// Parses the command line and calls what it names.
func main() throws(Failure) {
  let command = try checkingUsage { () throws(CommandSyntaxFault) in
    try tree.parse(arguments: Platform.arguments) { nearestName(to: $0, among: $1) }
  }
  if let detail = command.helpRequest {
    Platform.print(
      tree.help(for: command.path, detail: detail, width: min(Platform.width, 100), styled: Platform.showsStyles))
    return
  }
  let library = try Library(userFolder: command.value(of: "catalog"))
  switch command.path {
  case ["run"]: try RunCommand.run(command, library)
  case ["sweep"]: try SweepCommand.run(command, library)
  case ["project"]: try ProjectCommand.run(command, library)
  case ["study"], ["study", "model-design"], ["study", "frameworks"], ["study", "platforms"]:
    try StudyCommand.run(command, library)
  case ["report"]: try ReportCommand.run(command, library)
  case ["roofline"]: try RooflineCommand.run(command, library)
  case ["trace"]: try TraceCommand.run(command, library)
  case ["validate"]: try ValidateCommand.run(command, library)
  case ["calibrate"]: try CalibrateCommand.run(command, library)
  case ["profiles", "list"]: try ProfilesCommand.list(command, library)
  case ["profiles", "show"]: try ProfilesCommand.show(command, library)
  case ["profiles", "check"]: try ProfilesCommand.check(command, library)
  default: try HeadlineCommand.run(library)
  }
}

DefectReport.install()
Platform.reserveStandardStreams()
Platform.ignoreWriteSignals()
do {
  try main()
  Platform.finishResult()
} catch {
  Platform.warn(error.message)
  Platform.leave(error.status.rawValue)
}
