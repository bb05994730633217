import CommandSyntax
import JSONText
import Kernels
import OutputFiles
import Profiles
import Reports
import Roofline
import Simulation
import Studies

/// `simulate run`: one pass of one workload on one system.
enum RunCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "run", summary: "Simulate one pass of a workload on a system, or on several side by side",
    discussion: """
      Prints what a pass takes, how much of that the device works, and what the rest is spent on. Workload, accelerator, \
      host, framework, precision, devices, interconnect, batch, sequence length and parameters may be lists with commas \
      between them: then every combination is a row, with its ratio to the first.
      """,
    positionals: ScenarioOptions.positionals,
    options: ScenarioOptions.definitions.map { $0.name == "precision" ? $0.listed : $0 } + [
      ParallelOptions.devices, ParallelOptions.interconnect,
      OptionDefinition(
        "jitter", value: "N", help: "Simulate N passes with a host whose costs scatter; show the spread",
        longHelp: "By how much is in the host's profile: host.jitter.deviation and what stands beside it."),
      OptionDefinition("seed", value: "N", help: "What the scattered costs are drawn from", defaultText: "1"),
      OptionDefinition("sensitivity", help: "Add the elasticity of the latency to each profile number"),
      OptionDefinition(
        "method", value: "M", help: "How the time is found; all agree to the picosecond",
        longHelp: "events runs the event engine, recurrence leaves "
          + "out repeats that change nothing, shortest takes a closed form where there is one.",
        choices: Simulator.Method.allCases.map(\.rawValue), defaultText: "shortest"),
      .format,
      OptionDefinition(
        "timeline", value: "FILE", help: "Write the simulated timeline, for Perfetto or chrome://tracing"),
    ] + ComparisonOptions.definitions,
    examples: [
      CommandExample("simulate run bert-base h100-sxm", shows: "BERT-base, batch 1, fp16, eager, on an H100"),
      CommandExample(
        "simulate run resnet50 v100 --batch 16 --framework torchscript --format json", shows: "one JSON object"),
      CommandExample(
        "simulate run gpt2 a100 --set accelerator.memory.bandwidth_gb_per_s=8000", shows: "an A100 with faster memory"),
      CommandExample(
        "simulate run bert-base h200,b200 --framework pytorch-eager-2,cuda-graph --batch 4 --sort latency",
        shows: "four systems side by side, the fastest first"),
      CommandExample("simulate run resnet50 none --host xeon-w-2295", shows: "no accelerator"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try checkOptions(command)
    let inputs =
      ScenarioOptions.files(command)
      + command.values(of: ParallelOptions.interconnect.name).filter(Library.isFile)
    try command.checkOutputs(["timeline", "chart"], inputs: inputs, library, printsResult: true)
    let chart = try ComparisonOptions.chartFile(command)
    let points = try RunPoints(command)
    guard points.varied.isEmpty else { return try compare(points, chart, command, library) }
    try ComparisonOptions.refuse(command)
    let resolved = try ScenarioOptions.resolve(command, library, spreads: true).run
    let scenario = resolved.scenario
    let plan = scenario.plan()
    let timelinePath = command.value(of: "timeline")
    if timelinePath != nil { try checkTimeline(plan, resolved) }
    let method = try checking { try command.choice(of: "method", as: Simulator.Method.self) }
    let simulator = Simulator(recordsTimeline: timelinePath != nil, method: method ?? .shortest)
    let costs = scenario.price(plan)
    let result = try Progress.showing(words(plan)) { _ in
      try resolved.checkingSimulation { () throws(SimulationFault) in
        try scenario.simulate(plan, costs, with: simulator)
      }
    }
    var sensitivities: [Sensitivity] = []
    if command.isPresent("sensitivity") {
      sensitivities = try Progress.showing("looking for what the latency depends on") { _ in
        try resolved.checkingSimulation { () throws(SimulationFault) in try scenario.sensitivities(plan, costs) }
      }
    }
    let answer = try answer(resolved, plan, costs, result, sensitivities, command, library)
    if let timelinePath {
      let timelines = try timelines(resolved, plan, costs, result, command)
      try checking {
        try OutputFile.write(to: OutputTarget(timelinePath)) { (emit) throws(OutputFault) in
          try ChromeTrace(ranks: timelines).write(to: emit)
        }
      }
    }
    let report = RunReport(
      scenario: scenario, result: result, answer: answer,
      launchAndQueueTime: try launchAndQueueTime(resolved, plan, costs, command), overrides: resolved.overrides,
      sensitivities: sensitivities, graphs: GraphCapture(plan, scenario.system),
      spread: try spread(resolved, plan, costs, command), measuredFraction: scenario.measuredFraction(of: plan),
      energy: PassEnergy(scenario, plan, result.summary))
    if let chart { try chart.write(try checking { try RunComparison([report], varied: []).figure() }) }
    warn(about: result, scenario)
    command.print(report)
  }

  /// Several passes side by side.
  private static func compare(
    _ points: RunPoints, _ chart: ChartFile?, _ command: ParsedCommand, _ library: Library
  ) throws(Failure) {
    try command.refuse(
      ["timeline", "sensitivity", "jitter"], "it is of one run, and these are \(points.lines.count)")
    let request = try ComparisonOptions.request(command)
    let names = try ScenarioOptions.names(command)
    for workload in names.workload.map(ServedAxis.items) ?? [] {
      try ScenarioOptions.checkOrder(workload, names.accelerator, command, library)
    }
    let resolved = try points.lines.map { (line) throws(Failure) in
      (line, try ScenarioOptions.resolve(line, library, spreads: true).run)
    }
    let words: Message = "simulating \(NumberFormat.integer(resolved.count)) systems"
    let reports = try Progress.showing(words.text) { _ throws(Failure) in
      try parallelMap(resolved) { (line, resolved) throws(Failure) in try report(line, resolved, library) }
    }
    let comparison = try checking { try RunComparison(reports, varied: points.varied, as: request) }
    if let chart { try chart.write(try checking { try comparison.figure() }) }
    warn(about: reports)
    command.print(comparison)
  }

  /// One of several passes: what its row has room for, and for JSON how sure it is.
  private static func report(
    _ command: ParsedCommand, _ resolved: ScenarioOptions.OneRun, _ library: Library
  ) throws(Failure) -> RunReport {
    let scenario = resolved.scenario
    let plan = scenario.plan()
    let costs = scenario.price(plan)
    let method = try checking { try command.choice(of: "method", as: Simulator.Method.self) }
    let result = try resolved.checkingSimulation { () throws(SimulationFault) in
      try scenario.simulate(plan, costs, with: Simulator(method: method ?? .shortest))
    }
    let answer = command.format == .json ? try answer(resolved, plan, costs, result, [], command, library) : nil
    return RunReport(
      scenario: scenario, result: result, answer: answer, overrides: resolved.overrides,
      graphs: GraphCapture(plan, scenario.system), measuredFraction: scenario.measuredFraction(of: plan),
      energy: PassEnergy(scenario, plan, result.summary))
  }

  /// What the numbers of several passes alone would not tell.
  private static func warn(about reports: [RunReport]) {
    let unknown = unique(reports.flatMap(\.result.operatorsWithoutRule))
    if !unknown.isEmpty {
      Platform.warn(
        "warning: no cost rule for \(unknown.joined(separator: ", ")); treated as element-wise traffic")
    }
    let small = reports.count { !$0.result.memory.fits }
    if small > 0 {
      Platform.warn("warning: \(small) of \(reports.count) runs do not fit the device's memory (column fits)")
    }
  }

  /// What happened on each rank whose host's costs scatter, or on the one that stands for all.
  private static func timelines(
    _ resolved: ScenarioOptions.OneRun, _ plan: ProgramPlan, _ costs: CostTable, _ result: PassResult,
    _ command: ParsedCommand
  ) throws(Failure) -> [Timeline] {
    let scenario = resolved.scenario
    guard command.isPresent("jitter"), scenario.rankCount > 1 else { return result.timing.timeline.map { [$0] } ?? [] }
    let seed = try checking { try command.integer(of: "seed", .atLeast(0)) } ?? 1
    return try resolved.checkingSimulation { () throws(SimulationFault) in
      try scenario.timelines(plan, costs, seed: UInt64(seed))
    }
  }

  /// How the latency is spread over as many passes as were asked for; nil where none were.
  private static func spread(
    _ resolved: ScenarioOptions.OneRun, _ plan: ProgramPlan, _ costs: CostTable, _ command: ParsedCommand
  ) throws(Failure) -> LatencySpread? {
    guard let passes = try checking({ try command.integer(of: "jitter", .within(1...1_000_000)) }) else { return nil }
    let seed = try checking { try command.integer(of: "seed", .atLeast(0)) } ?? 1
    return try Progress.showing("simulating \(NumberFormat.integer(passes)) passes") { _ in
      try resolved.checkingSimulation { () throws(SimulationFault) in
        try LatencySpread(resolved.scenario, plan, costs, passes: passes, seed: UInt64(seed))
      }
    }
  }

  /// What the pass takes, found the shortest way: how long that is decides what is looked for, however the user's was found.
  private static func timing(
    _ scenario: Scenario, _ plan: ProgramPlan, _ costs: CostTable, _ result: PassResult, _ command: ParsedCommand
  ) throws(SimulationFault) -> PassTiming {
    guard !plan.counts.isOneStream, command.isPresent("timeline") || command.isPresent("method") else {
      return result.timing
    }
    return try Simulator().time(plan, costs, scenario.latencyKind)
  }

  /// The launch and queuing time of the pass; nil for formats that have no place for it.
  private static func launchAndQueueTime(
    _ resolved: ScenarioOptions.OneRun, _ plan: ProgramPlan, _ costs: CostTable, _ command: ParsedCommand
  ) throws(Failure) -> Picoseconds? {
    if command.format == .csv || command.format == .jsonl { return nil }
    return try resolved.checkingSimulation { () throws(SimulationFault) in
      // Of one pass alone, as SKIP records it: in the steady state a queue may hold a thousand launches.
      try Simulator().launchAndQueueTime(plan, costs, .synchronized)
    }
  }

  /// Which case it is and how sure the latency is; nil for formats that have no place for it.
  private static func answer(
    _ resolved: ScenarioOptions.OneRun, _ plan: ProgramPlan, _ costs: CostTable, _ result: PassResult,
    _ sensitivities: [Sensitivity], _ command: ParsedCommand, _ library: Library
  ) throws(Failure) -> LatencyAnswer? {
    if command.format == .csv || command.format == .jsonl { return nil }
    let scenario = resolved.scenario
    var influences: [Sensitivity]? = sensitivities
    if !command.isPresent("sensitivity") {
      influences = try resolved.checkingSimulation { () throws(SimulationFault) in
        try scenario.influences(plan, costs, try timing(scenario, plan, costs, result, command))
      }
    }
    let name = scenario.kernelModel.errorBandName
    let errors = try checking {
      try ProfileCatalog.errorBand(named: name, directories: library.profileFolders)
    }
    return LatencyAnswer(
      scenario, result, errors: errors, sensitivities: influences, figures: FigureSpread(scenario, plan))
  }

  /// Instructions of a pass whose timeline is kept: a span takes a hundred bytes, and an instruction makes two at most.
  private static let timelineInstructions = 1_000_000.0

  /// Refuses a timeline that no memory should hold, and no viewer opens.
  private static func checkTimeline(_ plan: ProgramPlan, _ resolved: ScenarioOptions.OneRun) throws(Failure) {
    let ranks = Double(resolved.scenario.rankCount)
    guard plan.counts.instructions * ranks > timelineInstructions else { return }
    throw .input(
      at: resolved.file,
      "a pass has \(NumberFormat.integer(Int(min(plan.counts.instructions * ranks, 1e15)))) instructions"
        + (ranks > 1 ? " on all ranks" : "")
        + ", and a timeline holds \(NumberFormat.integer(Int(timelineInstructions))) at most; show fewer repeats")
  }

  /// What is simulated, in words: for a program of several streams how long a pass of it is, since each of its events is
  /// simulated until what happens repeats itself.
  private static func words(_ plan: ProgramPlan) -> String {
    let instructions = NumberFormat.integer(Int(min(plan.counts.instructions, 1e15)))
    return plan.counts.isOneStream
      ? "simulating" : "simulating several streams, passes of \(instructions) instructions"
  }

  private static func checkOptions(_ command: ParsedCommand) throws(Failure) {
    try command.checkFormat()
    try ParallelOptions.check(command)
    if command.isPresent("seed"), !command.isPresent("jitter") {
      throw .usage("--seed is of --jitter, as in --jitter 1000 --seed 2\n" + command.helpHint)
    }
    if command.format == .csv || command.format == .jsonl {
      let row: Message = command.format == .csv ? "a row of CSV" : "a line of JSON"
      try command.refuse(["sensitivity"], row + " has no sensitivities; --format json and table have them")
      try command.refuse(["jitter"], row + " has no spread; --format json and table have it")
    }
    try command.checkEnding(of: "timeline", holds: "JSON", ["json"])
    if command.isPresent("timeline") {
      if let method = command.value(of: "method"), method != Simulator.Method.events.rawValue {
        try command.refuse(["method"], "a timeline is recorded by events")
      }
    }
  }

  /// What the numbers alone would not tell.
  private static func warn(about result: PassResult, _ scenario: Scenario) {
    if !result.operatorsWithoutRule.isEmpty {
      Platform.warn(
        "warning: no cost rule for \(result.operatorsWithoutRule.joined(separator: ", ")); "
          + "treated as element-wise traffic")
    }
    if !result.memory.fits, let accelerator = scenario.system.accelerator {
      let needed = NumberFormat.significant(result.memory.requiredBytes / 1e9, digits: 3)
      let capacity = NumberFormat.shortest(accelerator.memory.capacityGB)
      Platform.warn(
        "warning: the tensors need at least \(needed) GB, and \(accelerator.title) has \(capacity) GB; "
          + "use a smaller batch or precision")
    }
    if let accelerator = scenario.system.accelerator, accelerator.peakTFLOPS[scenario.precision] == nil,
      let carrier = scenario.precision.widenings.first(where: { accelerator.peakTFLOPS[$0] != nil })
    {
      Platform.warn(
        "note: \(accelerator.title) has no units for \(scenario.precision.rawValue): "
          + "stored as \(scenario.precision.rawValue), computed in \(carrier.rawValue)")
    }
  }
}
