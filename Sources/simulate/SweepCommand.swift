import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Reports
import Studies

/// `simulate sweep`: every combination of some values.
enum SweepCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "sweep", summary: "Simulate every combination of some values",
    discussion: """
      Each --over names what is varied and its values: workload, accelerator, host, framework, precision, a parameter \
      of the workload, or any number of a profile by its path. Values are separated by commas; a name may be a pattern \
      (nvidia-*), and a number a range: LO..HI:linN or LO..HI:logN is N values with both ends. The first --over varies \
      slowest. A row has what was varied, then latency_us, device_busy_us, framework_tax_fraction and bound, and at its \
      end, in CSV and JSON lines, what was not varied. --baseline, --sort and --chart are for up to 10,000 rows.
      With --output the rows grow in FILE.partial, which becomes FILE when it is complete; --resume goes on where an \
      interrupted sweep stopped. --shard K/N is the K-th of N parts, which concatenate to the whole; in a Slurm job \
      array the task's number and count are the default.
      With --engine the workload is a decoder, and the rows are its steps: --over batch, context (of steps over next \
      tokens) or prompt (of steps over prompts), decoder, accelerator, engine, host, framework, precision, weights, \
      cache, devices, interconnect, and any number.
      """,
    positionals: ScenarioOptions.positionals,
    options: [
      OptionDefinition(
        "over", value: "NAME=VALUES", help: "What is varied, and its values", group: "Sweep", isRepeatable: true),
      OptionDefinition("plan", value: "FILE", help: "Read the sweep from a JSON file", group: "Sweep"),
      OptionDefinition("shard", value: "K/N", help: "Only the K-th of N parts", group: "Sweep"),
      OptionDefinition("threads", value: "N", help: "Cores used", defaultText: "all", group: "Sweep"),
      .format(and: ["summary"], defaultText: "by the ending of FILE, and table without", group: "Output"),
      OptionDefinition(
        "output", short: "o", value: "FILE", help: "Write the rows to a file", defaultText: "standard output",
        group: "Output"),
      OptionDefinition("resume", help: "Go on where an interrupted sweep to the same file stopped", group: "Output"),
      ServedOptions.engine, ServedOptions.weights, ServedOptions.cache, ParallelOptions.devices,
      ParallelOptions.interconnect,
    ] + ComparisonOptions.definitions + ScenarioOptions.definitions,
    examples: [
      CommandExample(
        "simulate sweep bert-base h100-sxm --over batch=1,2,4,8 --over framework=pytorch-eager,cuda-graph",
        shows: "eight points as a table"),
      CommandExample(
        "simulate sweep resnet50 t4 --over host.single_thread_speed=0.25..4:log9 -o rows.csv",
        shows: "nine speeds of the host, to a file"),
      CommandExample(
        "simulate sweep gpt2 h100-sxm --engine vllm --over batch=1,8,64 --over context=128,1024",
        shows: "steps of a served decoder"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    if StepSweep.isAsked(by: command) {
      let output = try output(command)
      let format = Format(rawValue: try format(command, output)) ?? .table
      return try StepSweep.run(command, library, format, to: output)
    }
    try command.refuse(["weights", "cache"], "they are of --engine, which runs a decoder")
    try command.refuse(["devices", "interconnect"], "they are of --engine, which spreads a decoder")
    let request = try SweepRequest(command)
    try command.checkOutputs(["output", "chart"], inputs: request.files + command.values(of: "plan"), library)
    let comparison = try ComparisonOptions.request(command)
    let output = try output(command)
    let formatName = try format(command, output)
    if let workload = command.positionals.first {
      try ScenarioOptions.checkOrder(workload, command.positionals.dropFirst().first, command, library)
    }
    let plan = try checking { try request.plan(from: library) }
    try question(command, library)
    let threads = try checking { try command.integer(of: "threads", .within(1...4096)) }
    let shard = try SweepShard(command)
    let points = try checking { try plan.points(ofShard: shard.number, of: shard.count) }
    let resumes = command.isPresent("resume")
    let chart = try ComparisonOptions.chartFile(command)
    try checkChart(command, printsRows: output == nil)
    if formatName == "summary" {
      try command.refuse(ComparisonOptions.definitions.map(\.name), "a summary has no rows")
      try writeSummary(plan, points, threads, output, resumes: resumes)
      return
    }
    let isCompared = !comparison.isEmpty || chart != nil
    guard !isCompared, let format = SweepRows.Format(rawValue: formatName) else {
      let format = Format(rawValue: formatName) ?? .table
      if !comparison.isEmpty { try command.refuse(["shard"], "rows are compared with rows of the same file") }
      let whole = Whole(plan: plan, points: points, threads: threads, comparison: comparison, chart: chart)
      try whole.write(format, to: output, resumes: resumes)
      return
    }
    let sweep = Sweep(plan, format: format, threads: threads)
    // Parts are put one behind the other: the first has the header, also where it has no rows.
    let rows = SweepOutput(sweep: sweep, points: points, header: shard.number == 1 ? sweep.rows.header : [])
    guard let output else {
      try rows.print()
      return
    }
    try checking {
      if output.isFile { try rows.write(to: output, resumes: resumes) } else { try rows.stream(to: output) }
    }
  }

  /// Questions what is set for every point, where one accelerator and one host are named.
  private static func question(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let overrides = try ScenarioOptions.overrides(command)
    guard !overrides.isEmpty, let name = command.value(of: "accelerator") ?? command.positionals.dropFirst().first,
      !name.contains(","), let accelerator = try? library.accelerator(name)
    else { return }
    let host = try library.host(command.value(of: "host"), of: accelerator)
    try ProfileFile.warn(
      about: overrides, of: System(accelerator: accelerator, host: host, framework: FrameworkProfile()), library)
  }

  /// What `--output` leads to; nil for standard output.
  private static func output(_ command: ParsedCommand) throws(Failure) -> OutputTarget? {
    let target = try command.output("output")
    if command.isPresent("resume"), target?.isFile != true {
      let found = target.map { " (\($0.path) is none)" } ?? ""
      throw .usage("--resume needs --output FILE, the file that the sweep was writing\(found)")
    }
    return target?.isStandardOutput == true ? nil : target
  }

  /// The endings of each format.
  private static let endings = [
    "csv": ["csv"], "jsonl": ["jsonl", "ndjson"], "table": ["txt"], "json": ["json"], "markdown": ["md"],
    "html": ["html", "htm"], "summary": ["txt"],
  ]

  /// The format as asked for, or by the ending of the file.
  private static func format(_ command: ParsedCommand, _ output: OutputTarget?) throws(Failure) -> String {
    let asked = command.value(of: "format")
    guard let output else {
      let format =
        command.value(of: "format").map { $0 == Format.shortMarkdown ? Format.markdown.rawValue : $0 } ?? "table"
      try command.refuseASCII(of: format)
      return format
    }
    try command.refuseASCII(of: nil)
    if let asked {
      let asked = asked == Format.shortMarkdown ? Format.markdown.rawValue : asked
      try checking { try output.check(holds: asked, endings: endings[asked] ?? [], isAskedFor: true) }
      return asked
    }
    let formats = ["csv", "jsonl", "table"]
    if let format = formats.first(where: { endings[$0]?.contains(output.ending) == true }) { return format }
    try checking {
      try output.check(holds: "csv unless --format says another", endings: ["csv", "jsonl", "ndjson", "txt"])
    }
    return "csv"
  }

  /// Says on standard error what the rows do not say.
  static func warn(_ notes: SweepNotes) {
    for warning in notes.warnings { Platform.warn("warning: \(warning)") }
  }

  // MARK: Summary

  private static func writeSummary(
    _ plan: SweepPlan, _ points: Range<Int>, _ threads: Int?, _ output: OutputTarget?, resumes: Bool
  ) throws(Failure) {
    if resumes { throw .usage("a summary cannot be resumed; use --format csv or jsonl") }
    let summary = try Progress.showing("sweep", of: points.count) { progress in
      try SweepSummary(plan, points, threads: threads) { progress.note($0 - points.lowerBound) }
    }
    warn(summary.notes)
    try write(SweepSummaryReport(plan: plan, summary: summary), .table, to: output)
  }

  /// Writes a report to a file, or prints it.
  static func write(
    _ report: some Report, _ format: Format, to output: OutputTarget?, rows: Int? = nil
  ) throws(Failure) {
    guard let output else { return Platform.print(report, as: format) }
    let written = WrittenFile(output)
    try checking { try OutputFile.write(report.text(as: format), to: output) }
    written.say(rows: rows)
  }

  // MARK: Whole

  /// Refuses a chart that would stand in the middle of the rows.
  static func checkChart(_ command: ParsedCommand, printsRows: Bool) throws(Failure) {
    guard printsRows, try command.output("chart")?.isStandardOutput == true else { return }
    throw .usage("--chart and the rows would both go to standard output; give --chart a file or a pipe")
  }

  /// Rows that are kept to be written together.
  private struct Whole {
    let plan: SweepPlan
    let points: Range<Int>
    let threads: Int?
    let comparison: ComparisonRequest
    let chart: ChartFile?

    /// The most of them.
    private static let limit = 10_000

    func write(_ format: Format, to output: OutputTarget?, resumes: Bool) throws(Failure) {
      let name: Message =
        format == .csv || format == .jsonl ? "a comparison" : format == .table ? "a table" : "\(format.rawValue)"
      guard points.count <= Self.limit else {
        throw .usage(
          "\(NumberFormat.integer(points.count)) rows are too many for " + name + "; use --format csv or jsonl alone")
      }
      if resumes { throw .usage(name + " cannot be resumed; use --format csv or jsonl alone") }
      let (results, notes, fault) = try Progress.showing("simulating \(NumberFormat.integer(points.count)) points") {
        _ in
        SweepCommand.results(plan, points, threads)
      }
      warn(notes)
      let done = points.lowerBound..<(points.lowerBound + results.count)
      if output != nil || fault == nil || !results.isEmpty {
        let report = try checking { try SweepReport(plan: plan, points: done, results: results, as: comparison) }
        if let chart, !results.isEmpty { try chart.write(try checking { try report.figure() }) }
        try SweepCommand.write(report, format, to: output, rows: results.count)
      }
      if let fault { throw Failure(fault, after: results.count, inWords: "are shown") }
    }
  }

  /// The results of all points, or of those before one that cannot be simulated.
  private static func results(
    _ plan: SweepPlan, _ points: Range<Int>, _ threads: Int?
  ) -> (results: [SweepResult], notes: SweepNotes, fault: SweepFault?) {
    let cut = Array(stride(from: points.lowerBound, to: points.upperBound, by: 64))
    let stretches = parallelMap(cut, threads: threads) { start in
      var evaluator = SweepEvaluator(plan)
      let (results, fault) = evaluator.resultsBeforeFault(start..<min(start + 64, points.upperBound))
      return (results: results, notes: evaluator.notes(of: results), fault: fault)
    }
    var all: [SweepResult] = []
    var fault: SweepFault?
    for stretch in stretches where fault == nil {
      all += stretch.results
      fault = stretch.fault
    }
    return (all, SweepNotes(stretches.map(\.notes)), fault)
  }
}
