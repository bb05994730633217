import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Reports
import Roofline
import Serving
import Simulation
import Studies

/// `simulate serve`: requests arrive at a replica of a language model, and its host schedules them.
enum ServeCommand {
  static let subcommand = Subcommand(definition, run)

  /// What `generate` has and `serve` has not: its requests are there from the beginning, and none is guessed ahead.
  private static let leftOut: Set<String> = [
    "batch", "requests", "draft", "draft-tokens", "draft-weights", "acceptance",
  ]

  private static let definition = CommandDefinition(
    "serve", summary: "Simulate requests that arrive at a served language model",
    discussion: """
      Prints how long requests wait for their first token and for each further one, what the replica reaches, and where \
      its host holds it up. DECODER is a name of the catalog ('simulate profiles list decoders') or a Hugging Face \
      config.json.
      """,
    positionals: ServedOptions.positionals,
    options: loadOptions + ServedOptions.definitions.filter { !leftOut.contains($0.name) } + [
      OptionDefinition(
        "limit", value: "ttft_ms=X|tpot_ms=X", help: "What a request is to keep, for goodput and --capacity",
        group: "Limits", isRepeatable: true),
      OptionDefinition(
        "capacity", help: "Find the largest rate that keeps the limits",
        longHelp:
          "The 99th percentiles of time to first token and time per output token are within the limits, and the queue "
          + "does not grow. Without --limit, the largest rate at which it does not.", group: "Limits"),
      OptionDefinition(
        "vary", value: "NAME,...", help: "Find how far it must change for the load to keep the limits",
        longHelp:
          "NAME is a number's path, as host.cores, or one of \(SystemDial.shortNames.joined(separator: ", ")): the "
          + "value nearest to today's with which the 99th percentiles are within the limits and the queue does not grow.",
        group: "Limits", isRepeatable: true),
      .format,
      OptionDefinition(
        "timeline", value: "FILE", help: "Write the steps of a stretch of time, for Perfetto or chrome://tracing"),
      OptionDefinition(
        "window", value: "A:B", help: "From which second to which --timeline, or the lanes of a page, are",
        defaultText: "0:2; on a page a tenth of a second in the middle"),
      OptionDefinition("output", short: "o", value: "FILE", help: "Write every finished request, as CSV"),
    ] + ComparisonOptions.definitions,
    examples: [
      CommandExample("simulate serve llama-3.1-8b h100-sxm --rate 10", shows: "ten requests a second for a minute"),
      CommandExample(
        "simulate serve llama-3.1-8b h100-sxm --rate 5,10,20,40 --format html > page.html",
        shows: "latency against rate, with its knee"),
      CommandExample(
        "simulate serve llama-3.1-8b h100-sxm --capacity --limit ttft_ms=200 --limit tpot_ms=15 "
          + "--host intel-xeon-platinum-8480c,nvidia-grace", shows: "goodput at a limit, by host"),
    ])

  private static let loadOptions = [
    OptionDefinition(
      "rate", value: "R", help: "Requests a second, arriving at random",
      defaultText: "1, where nothing else says when they arrive", group: "Load"),
    OptionDefinition(
      "concurrency", value: "N", help: "Requests always in flight, in place of a rate", group: "Load",
      knownElsewhereAs: ["batch", "batch-size", "max-concurrency", "users"]),
    OptionDefinition(
      "requests", value: "FILE", help: "Requests with times and lengths of their own, as CSV",
      longHelp: "The columns are arrival_s,prompt_tokens,output_tokens.", group: "Load"),
    OptionDefinition(
      "duration-s", value: "S", help: "For how long requests arrive; those in flight are finished", defaultText: "60",
      group: "Load"),
    OptionDefinition(
      "burstiness", value: "F", help: "Shape of the gamma distribution of times between arrivals",
      longHelp: "1 is a Poisson process; below it requests come in bursts, above it more evenly.", defaultText: "1",
      group: "Load"),
    OptionDefinition(
      "prompt-p90", value: "N", help: "90th percentile of log-normal prompts, whose median --prompt gives",
      group: "Load"),
    OptionDefinition(
      "tokens-p90", value: "N", help: "The same of the tokens generated, whose median --tokens gives", group: "Load"),
    OptionDefinition("seed", value: "N", help: "What draws times and lengths", defaultText: "1", group: "Load"),
  ]

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    try command.checkEnding(of: "output", holds: "CSV", ["csv"])
    try command.checkEnding(of: "timeline", holds: "JSON", ["json"])
    try command.checkOutputs(
      ["output", "timeline", "chart"], inputs: ServedOptions.files(command, drafts: false), library, printsResult: true)
    try ParallelOptions.check(command)
    let isCapacity = command.isPresent("capacity")
    if isCapacity {
      try command.refuse(
        ["rate", "concurrency", "requests", "output", "timeline"],
        "--capacity varies the rate of arrivals, and finds the largest")
    }
    let points = try ServedOptions.points(command, library, axes: ServedAxis.ofServing)
    let overrides = try ScenarioOptions.overrides(command)
    try ServedOptions.question(overrides, of: points.points[0], library)
    let limits = try limits(command)
    let loads = try points.points.map { (point) throws(Failure) in try load(point, command) }
    let chart = try ComparisonOptions.chartFile(command)
    let request = try ComparisonOptions.request(command)
    if points.varied.isEmpty { try ComparisonOptions.refuse(command) }
    let dials = try dials(command)
    if !dials.isEmpty {
      try command.refuse(
        ["capacity", "output", "timeline", "chart"], "--vary looks for a system that keeps the limits")
      guard points.varied.isEmpty else {
        throw .usage("--vary changes one system, and the lists make \(points.points.count)\n" + command.helpHint)
      }
      let served = try ServedOptions.served(points.points[0], command, library, overrides: overrides)
      let targets = try Progress.showing("serving") { _ in
        try GenerateCommand.simulating {
          try dials.map { try ServingTarget(of: $0, served, loads[0], limits) }
        }
      }
      guard targets[0].present.result.requests > 0 else {
        throw .input("no request arrives in this time: raise --rate or --duration-s")
      }
      return command.print(
        ServingTargetReport(served: served, load: loads[0], limits: limits, targets: targets, overrides: overrides))
    }
    if points.points.count > 1 {
      try command.refuse(["output", "timeline"], "it is of one run, and these are \(points.points.count)")
    }
    // Points that differ in their load alone serve the same, by the same plans.
    var known: [ServedPoint: ServedDecoder] = [:]
    for point in points.points where known[point.withoutLoad] == nil {
      var served = try ServedOptions.served(point, command, library, overrides: overrides)
      if points.points.count > 1 { served.plans = StepPlans() }
      known[point.withoutLoad] = served
    }
    let tasks = zip(points.points, loads).compactMap { point, load in known[point.withoutLoad].map { ($0, load) } }
    let isComparison = !points.varied.isEmpty
    let outcomes = try Progress.showing("serving") { _ throws(Failure) in
      try parallelMap(tasks) { (served, load) throws(Failure) -> Result<ServingReport, Failure> in
        do throws(Failure) {
          return .success(try serve(served, load, limits, isCapacity: isCapacity, command, overrides))
        } catch {
          // Of several, the one that its device cannot hold does not keep the others from being told.
          guard isComparison, error.isOfMissingCache else { throw error }
          return .failure(error)
        }
      }
    }
    let reports = try held(outcomes, points)
    let comparison = try checking {
      try ServingComparison(reports, varied: points.varied.map(\.rawValue), as: request)
    }
    if let chart { try chart.write(try checking { try comparison.figure() }) }
    warn(about: reports)
    if points.varied.isEmpty { return command.print(reports[0]) }
    command.print(comparison)
  }

  /// The runs whose devices hold the model; the others are told of.
  private static func held(
    _ outcomes: [Result<ServingReport, Failure>], _ points: ServedPoints
  ) throws(Failure) -> [ServingReport] {
    let reports = outcomes.compactMap { try? $0.get() }
    for (point, outcome) in zip(points.points, outcomes) {
      guard case .failure(let failure) = outcome else { continue }
      if reports.isEmpty { throw failure }
      let names = points.varied.map { "\($0.rawValue) \(point[$0] ?? "")" }.joined(separator: ", ")
      Platform.warn("warning: left out, \(names): " + failure.problem)
    }
    return reports
  }

  private static func serve(
    _ served: ServedDecoder, _ load: ServingLoad, _ limits: ServingLimits, isCapacity: Bool, _ command: ParsedCommand,
    _ overrides: [(path: String, value: Double)]
  ) throws(Failure) -> ServingReport {
    var replica = try GenerateCommand.simulating { try ServedReplica(served, longest: load.longest) }
    let shape = try checking { try command.double(of: "burstiness", .within(0.01...1000)) } ?? 1
    if isCapacity {
      let capacity = try GenerateCommand.simulating {
        try ServingCapacity(of: &replica, load, shape: shape, limits)
      }
      var loaded = load
      loaded.arrivals = .rate(perSecond: max(capacity.ratePerSecond, 1e-3), shape: shape)
      return ServingReport(
        served: served, load: loaded, limits: limits, result: capacity.result ?? ServingResult(),
        capacityPerSecond: capacity.ratePerSecond, overrides: overrides)
    }
    var finished: [FinishedRequest] = []
    let keeps = command.isPresent("output")
    let timeline = try timeline(command)
    let result = try GenerateCommand.simulating {
      try replica.serve(load, limits, timeline: timeline) { request in if keeps { finished.append(request) } }
    }
    if let path = command.value(of: "timeline"), let timeline = result.timeline {
      try checking {
        try OutputFile.write(to: OutputTarget(path)) { (emit) throws(OutputFault) in
          try ChromeTrace(timeline: timeline).write(to: emit)
        }
      }
    }
    if let path = command.value(of: "output") {
      try checking {
        try OutputFile.write(to: OutputTarget(path)) { (emit) throws(OutputFault) in
          try FinishedRequestsFile(finished).write(to: emit)
        }
      }
    }
    return ServingReport(served: served, load: load, limits: limits, result: result, overrides: overrides)
  }

  // MARK: Options

  /// Seconds of host and device that a page shows.
  private static let pageWindow = 0.1

  /// The load of one point.
  private static func load(_ point: ServedPoint, _ command: ParsedCommand) throws(Failure) -> ServingLoad {
    let duration = try checking { try command.double(of: "duration-s", .within(0.001...1e7)) }
    let seed = try checking { try command.integer(of: "seed", .atLeast(0)) } ?? 1
    let shape = try checking { try command.double(of: "burstiness", .within(0.01...1000)) } ?? 1
    if let path = command.value(of: "requests") {
      try command.refuse(
        ["rate", "concurrency", "prompt", "tokens", "prompt-p90", "tokens-p90", "duration-s", "burstiness", "seed"],
        "--requests gives each request its own time and lengths")
      return ServingLoad(arrivals: .listed(try RequestFile(path).served))
    }
    let prompt = try length(point, .prompt, 1024, "prompt-p90", command)
    let tokens = try length(point, .tokens, 256, "tokens-p90", command)
    var arrivals = ServingLoad.Arrivals.rate(perSecond: point.rate(.rate) ?? 1, shape: shape)
    if let places = point.length(.concurrency) {
      try command.refuse(["rate", "burstiness"], "--concurrency lets a request come when one has its last token")
      arrivals = .concurrency(places)
    }
    return ServingLoad(
      arrivals: arrivals, prompt: prompt, tokens: tokens, durationSeconds: duration ?? 60, seed: UInt64(seed))
  }

  private static func length(
    _ point: ServedPoint, _ axis: ServedAxis, _ usual: Int64, _ option: String, _ command: ParsedCommand
  ) throws(Failure) -> ServingLoad.Length {
    let median = point.length(axis) ?? usual
    guard let ninetieth = try checking({ try command.integer(of: option, .within(1...10_000_000)) }) else {
      return .fixed(median)
    }
    guard Int64(ninetieth) >= median else {
      throw .usage(
        "--\(option) must be at least the median, --\(axis.rawValue) \(median) (it is \(ninetieth))\n"
          + command.helpHint)
    }
    return .logNormal(median: median, ninetieth: Int64(ninetieth))
  }

  /// What the timeline is of; nil where none is asked for, by name or by a page.
  private static func timeline(_ command: ParsedCommand) throws(Failure) -> ServingTimeline? {
    let isPage = command.value(of: "format") == "html"
    guard command.isPresent("timeline") || isPage else {
      try command.refuse(["window"], "it is of --timeline FILE, or of a page")
      return nil
    }
    if isPage, !command.isPresent("window"), !command.isPresent("timeline") {
      // The middle of the load, for as long as a page has room for steps.
      let middle = (try checking { try command.double(of: "duration-s", .within(0.001...1e7)) } ?? 60) / 2
      return ServingTimeline(
        from: Picoseconds(costInSeconds: middle), to: Picoseconds(costInSeconds: middle + Self.pageWindow))
    }
    let text = command.value(of: "window") ?? "0:2"
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { decimalNumber(String($0)) }
    guard ends.count == 2, let start = ends[0], let end = ends[1], start >= 0, end > start, end <= 1e7 else {
      throw .usage("--window must be two seconds, as 10:12 (it is '\(text)')\n" + command.helpHint)
    }
    return ServingTimeline(from: Picoseconds(costInSeconds: start), to: Picoseconds(costInSeconds: end))
  }

  private static func limits(_ command: ParsedCommand) throws(Failure) -> ServingLimits {
    var limits = ServingLimits()
    for text in command.values(of: "limit") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let value = decimalNumber(parts[1]), value > 0, value.isFinite else {
        throw .usage(
          "--limit must be a time in milliseconds above 0, as ttft_ms=200 or tpot_ms=15 (it is '\(text)')\n"
            + command.helpHint)
      }
      let path: WritableKeyPath<ServingLimits, Double?>
      switch parts[0] {
      case "ttft_ms": path = \.ttftMS
      case "tpot_ms": path = \.tpotMS
      default:
        throw .usage("--limit knows ttft_ms and tpot_ms (it is '\(text)')\n" + command.helpHint)
      }
      guard limits[keyPath: path] == nil else { throw .usage("--limit gives \(parts[0]) twice\n" + command.helpHint) }
      limits[keyPath: path] = value
    }
    return limits
  }

  /// What is varied; empty where nothing is.
  private static func dials(_ command: ParsedCommand) throws(Failure) -> [SystemDial] {
    let names = command.values(of: "vary").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard !names.contains("") else {
      throw .usage("--vary has an empty name; leave out the comma\n" + command.helpHint)
    }
    return try checking { try names.map { try SystemDial(named: String($0)) } }
  }

  /// What the numbers alone would not tell.
  private static func warn(about reports: [ServingReport]) {
    let overloaded = reports.count { $0.result.isOverloaded }
    if overloaded > 0, reports.count == 1 {
      Platform.warn(
        "warning: more requests arrive than are served, and the queue grows for as long as they do: the latencies are "
          + "those of this duration; --capacity finds the largest rate")
    } else if overloaded > 0 {
      Platform.warn(
        "warning: in \(overloaded) of \(reports.count) runs the queue grows for as long as requests arrive (column "
          + "overloaded)")
    }
    if let report = reports.first {
      ServedOptions.warn(thatRequestsOf: report.load.longest, areLongFor: report.served.decoder, "a request may have")
    }
    let none = reports.count { $0.capacityPerSecond == 0 }
    if none > 0 {
      Platform.warn("warning: \(none == 1 ? "a replica keeps" : "\(none) replicas keep") the limits at no rate")
    }
  }
}

extension RequestFile {
  /// The requests in the order of arrival.
  fileprivate var served: [ServedRequest] {
    let order = arrivals.indices.sorted { (arrivals[$0], $0) < (arrivals[$1], $1) }
    return order.enumerated().map { number, index in
      ServedRequest(
        number: number, arrival: Picoseconds(costInSeconds: arrivals[index]), prompt: requests[index].prompt,
        tokens: requests[index].tokens)
    }
  }
}

extension Failure {
  /// Whether a device has no memory left for a cache.
  fileprivate var isOfMissingCache: Bool {
    causes.contains { cause in
      if case .noCache? = cause as? ServingFault { return true }
      return false
    }
  }
}
