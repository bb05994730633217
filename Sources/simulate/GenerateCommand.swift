import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Reports
import Serving
import Simulation
import Studies
import Workloads

/// `simulate generate`: a language model that generates, from the prompt to the last token.
enum GenerateCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "generate", summary: "Simulate a language model that generates",
    discussion: """
      Prints the time to the first token and to each further one, how much of a step the device works, and what the \
      rest is spent on. DECODER is a name of the catalog ('simulate profiles list decoders') or a Hugging Face \
      config.json.
      """,
    positionals: ServedOptions.positionals,
    options: ServedOptions.definitions + [
      OptionDefinition("kernels", value: "FILE", help: "Write the kernels of a step and their times, as CSV"),
      .format,
      OptionDefinition(
        "timeline", value: "FILE", help: "Write the simulated steps, for Perfetto or chrome://tracing"),
    ] + ComparisonOptions.definitions,
    examples: [
      CommandExample("simulate generate llama-3.1-8b h100-sxm", shows: "under vLLM, a prompt of 1,024 and 256 tokens"),
      CommandExample(
        "simulate generate qwen3-0.6b a100-sxm4-80gb --engine huggingface --prompt 128", shows: "PyTorch's eager loop"),
      CommandExample(
        "simulate generate llama-3.1-8b h100-sxm,mi300x --batch 1,8,32 --chart steps.svg",
        shows: "six runs side by side, and a chart of them"),
      CommandExample(
        "simulate generate path/to/config.json h200 --batch 32 --weights fp8 --format json",
        shows: "a model of one's own"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    try command.checkEnding(of: "timeline", holds: "JSON", ["json"])
    try command.checkEnding(of: "kernels", holds: "CSV", ["csv"])
    try command.checkOutputs(
      ["timeline", "kernels", "chart"], inputs: ServedOptions.files(command), library, printsResult: true)
    try ParallelOptions.check(command)
    let points = try ServedOptions.points(command, library)
    let overrides = try ScenarioOptions.overrides(command)
    try ServedOptions.question(overrides, of: points.points[0], library)
    let chart = try ComparisonOptions.chartFile(command)
    guard points.varied.isEmpty else { return try compare(points, overrides, chart, command, library) }
    try ComparisonOptions.refuse(command)
    let point = points.points[0]
    let served = try ServedOptions.served(point, command, library, overrides: overrides)
    let load = try ServedOptions.load(point, command)
    let guessing = try ServedOptions.speculation(command, served, library)
    let generation = try Progress.showing("simulating") { _ in
      try simulating { try Generation(served, load, drafter: guessing?.drafter) }
    }
    var speculation: SpeculationResult?
    if let guessing { speculation = try simulating { try guessing.cycle(of: served, load) } }
    if let path = command.value(of: "kernels") {
      let kernels = try simulating { try StepKernels(served, load) }
      try write(to: path) { (emit) throws(OutputFault) in try StepKernelsFile(kernels).write(to: emit) }
    }
    if let path = command.value(of: "timeline") {
      let timeline = try simulating { try StepTimeline(served, load).timeline }
      try write(to: path) { (emit) throws(OutputFault) in try ChromeTrace(timeline: timeline).write(to: emit) }
    }
    let report = GenerationReport(
      served: served, generation: generation, speculation: speculation, overrides: overrides)
    if let chart { try chart.write(try checking { try GenerationComparison([report], varied: []).figure() }) }
    warn(about: generation, served)
    command.print(report)
  }

  /// Several runs side by side.
  private static func compare(
    _ points: ServedPoints, _ overrides: [(path: String, value: Double)], _ chart: ChartFile?,
    _ command: ParsedCommand, _ library: Library
  ) throws(Failure) {
    let request = try ComparisonOptions.request(command)
    try command.refuse(["kernels", "timeline"], "they are of one run, and these are several")
    // Points that differ in their lengths alone serve the same, by the same plans.
    var known: [ServedPoint: ServedDecoder] = [:]
    let tasks = try points.points.map { (point) throws(Failure) in
      let what = point.withoutLengths
      if known[what] == nil {
        var served = try ServedOptions.served(point, command, library, overrides: overrides)
        served.plans = StepPlans()
        known[what] = served
      }
      guard let served = known[what] else { preconditionFailure("what is served was made") }
      return (
        served, try ServedOptions.load(point, command), try ServedOptions.speculation(command, served, library)
      )
    }
    let reports = try parallelMap(tasks) { (served, load, guessing) throws(Failure) in
      let generation = try simulating { try Generation(served, load, drafter: guessing?.drafter) }
      let speculation = try simulating { try guessing?.cycle(of: served, load) }
      return GenerationReport(served: served, generation: generation, speculation: speculation, overrides: overrides)
    }
    let comparison = try checking {
      try GenerationComparison(reports, varied: points.varied.map(\.rawValue), as: request)
    }
    if let chart { try chart.write(try checking { try comparison.figure() }) }
    let small = reports.count { !$0.generation.memory.fits }
    if small > 0 {
      Platform.warn("warning: \(small) of \(reports.count) runs do not fit the device's memory (column fits)")
    }
    command.print(comparison)
  }

  /// Simulates; a fault is one of the engine's file or of the model's.
  static func simulating<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
    do { return try body() } catch let fault as SimulationFault { throw Failure(fault, at: nil) } catch {
      throw Failure(error)
    }
  }

  private static func write(
    to path: String, _ body: (_ emit: ([UInt8]) throws(OutputFault) -> Void) throws(OutputFault) -> Void
  ) throws(Failure) {
    try checking { try OutputFile.write(to: OutputTarget(path), body) }
  }

  /// What the numbers alone would not tell.
  private static func warn(about generation: Generation, _ served: ServedDecoder) {
    let memory = generation.memory
    let longest = generation.load.groups.map { $0.request.prompt + $0.request.tokens }.max() ?? 0
    ServedOptions.warn(thatRequestsOf: longest, areLongFor: served.decoder, "a request has")
    let most = Int64(served.engine.maxRequests)
    if generation.load.batch > most {
      Platform.warn(
        "warning: \(served.engine.title) puts at most \(NumberFormat.integer(Int(most))) requests into a step "
          + "(engine.max_num_seqs); all \(NumberFormat.integer(Int(generation.load.batch))) are simulated in one")
    }
    if !memory.fits, let capacity = memory.usableBytes, let accelerator = served.decode.accelerator {
      let needed = NumberFormat.significant(memory.requiredBytes / 1e9, digits: 3)
      let usable = NumberFormat.significant(capacity / 1e9, digits: 3)
      let enough: Message = generation.smallestDevices.map { "; --devices \($0) would hold it" } ?? ""
      Platform.warn(
        "warning: \(served.decoder.title) needs \(needed) GB a device, and \(served.engine.title) takes at most "
          + "\(usable) GB of \(accelerator.title); the times are those of a device with more memory" + enough)
    }
  }
}
