import CommandSyntax
import JSONText

/// What can be asked for, in the order of help.
let subcommands: [Subcommand] = [
  RunCommand.subcommand, GenerateCommand.subcommand, ServeCommand.subcommand, SweepCommand.subcommand,
  ProjectCommand.subcommand,
  StudyCommand.subcommand,
  ReportCommand.subcommand, RooflineCommand.subcommand, TraceCommand.subcommand, ValidateCommand.subcommand,
  CalibrateCommand.subcommand, ProfilesCommand.subcommand, CompletionsCommand.subcommand, ManualCommand.subcommand,
]

let tree = CommandTree(
  root: CommandDefinition(
    "simulate", summary: "Simulate how much of a neural network's latency is the framework feeding it",
    discussion: """
      Without a subcommand, shows how the framework tax grows over the accelerator generations of the catalog.
      Models: 'profiles list workloads' has single passes (BERT, GPT-2, Llama 3, ResNet, ViT, Stable Diffusion's UNet, \
      Whisper), 'profiles list decoders' language models that generate (Llama, Qwen, Mistral and Mixtral, Gemma, DeepSeek, \
      gpt-oss). Any other: tools/export_workload.py exports it from PyTorch, and a language model's config.json will do.
      Engines: 'profiles list engines' has vLLM, SGLang, TensorRT-LLM, TGI, gpt-fast and Hugging Face's generate; 'profiles \
      list frameworks' has PyTorch (eager, compiled, CUDA graphs), ONNX Runtime and TensorRT.
      Hardware: 'profiles list accelerators --where bandwidth>3TB/s' searches it; 'profiles new' adds yours.
      Not simulated: training, but as a recording of it (trace); routers, several replicas, and prefill and decode on \
      different devices; links shared with other jobs; disks, and networks to clients; what a model answers, and how well. The \
      pages docs/generation.md, docs/serving.md and docs/ranks.md say the rest.
      """,
    options: [.format, ProgramVersion.option],
    examples: [
      CommandExample("simulate", shows: "the tax across generations"),
      CommandExample("simulate run bert-base h100-sxm", shows: "one system in detail"),
    ],
    subcommands: subcommands.map(\.definition)),
  globalOptions: [
    OptionDefinition(
      "catalog", value: "DIR", help: "Folder of profiles and workloads to search first",
      longHelp: "The environment variable SIMULATE_CATALOG names one as well."),
    OptionDefinition(
      "ascii", help: "Tables in plain ASCII, as on terminals whose locale cannot show more"),
  ])

/// Parses the command line and calls what it names.
func main() throws(Failure) {
  let command: ParsedCommand
  do { command = try tree.parse(arguments: Platform.arguments) { nearestName(to: $0, among: $1) } } catch {
    throw failure(error)
  }
  if let detail = command.helpRequest {
    Platform.print(
      tree.help(for: command.path, detail: detail, width: min(Platform.width ?? 100, 100), styled: Platform.showsStyles)
    )
    return
  }
  if command.path.isEmpty, command.isPresent(ProgramVersion.option.name) {
    return Platform.print("simulate \(ProgramVersion.number)\n")
  }
  let library = try Library(userFolder: command.value(of: "catalog"))
  do { try run(command, library) } catch {
    library.warn(except: error)
    throw error
  }
  library.warn(except: nil)
}

/// A fault of the command line; where a workload stands for the subcommand, with the line that was meant.
func failure(_ fault: CommandSyntaxFault) -> Failure {
  if case .unknownSubcommand(let word, nearest: nil, _) = fault.fact, fault.command == tree.root.name,
    let library = try? Library(userFolder: nil), library.isWorkload(word) || library.isAccelerator(word)
  {
    let rest = Platform.arguments.drop { $0 != word }.joined(separator: " ")
    return Failure.usage("'\(word)' is no subcommand; did you mean 'simulate run \(rest)'?\nsee 'simulate --help'")
  }
  return Failure(fault)
}

/// Does what the command line names; without a subcommand, shows the headline.
func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
  guard let word = command.path.first else { return try HeadlineCommand.run(command, library) }
  guard let subcommand = subcommands.first(where: { $0.definition.name == word }) else {
    preconditionFailure("the parser knows the subcommands")
  }
  try subcommand.run(command.path.dropFirst(), command, library)
}

DefectReport.install()
Platform.reserveStandardStreams()
Platform.ignoreWriteSignals()
do {
  try main()
  Platform.finishResult()
} catch {
  if error.status != .done { Platform.warn(error.words) }
  Platform.leave(error.status.rawValue)
}
