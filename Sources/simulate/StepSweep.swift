import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Reports
import Serving
import Studies
import Workloads

/// `simulate sweep` of a decoder that an engine serves: single steps, over batch and context or prompt.
enum StepSweep {
  /// Whether a command line asks for one.
  static func isAsked(by command: ParsedCommand) -> Bool {
    command.isPresent("engine") || command.values(of: "over").contains { $0.hasPrefix("engine=") }
  }

  /// Runs it.
  ///
  /// - Parameters:
  ///   - command: The line.
  ///   - library: Where names are found.
  ///   - format: The format of the rows.
  ///   - output: Where they go; nil for standard output.
  /// - Throws: ``Failure`` where something is missing, unknown or out of range.
  static func run(
    _ command: ParsedCommand, _ library: Library, _ format: Format, to output: OutputTarget?
  ) throws(Failure) {
    if command.value(of: "format") == "summary" {
      throw .usage(
        "steps of an engine have no summary; --sort latency has the extremes first and last\n" + command.helpHint)
    }
    try command.refuse(
      ["plan", "shard", "resume", "sequence-length", "parameter", "synchronized"],
      "steps of an engine are varied by --over alone")
    let request = try ComparisonOptions.request(command)
    let chart = try ComparisonOptions.chartFile(command)
    let files = command.positionals + ["engine", "host", "framework"].flatMap { command.values(of: $0) }
    try command.checkOutputs(["output", "chart"], inputs: files.filter(Library.isFile), library)
    try SweepCommand.checkChart(command, printsRows: output == nil)
    let isVaried = command.values(of: "over").contains { $0.hasPrefix("devices=") }
    try ParallelOptions.check(command, varied: isVaried)
    let points = try points(command, library)
    let numbers = try numbers(command)
    let overrides = try ScenarioOptions.overrides(command)
    let threads = try checking { try command.integer(of: "threads", .within(1...4096)) }
    // Points that differ in context alone follow one another: the last axis is the context.
    var groups: [(point: ServedPoint, contexts: [Int64])] = []
    for point in points.points {
      var shared = point
      shared[.context] = nil
      if groups.last?.point != shared { groups.append((shared, [])) }
      if let context = point.length(.context) { groups[groups.count - 1].contexts.append(context) }
    }
    let made = try servedDecoders(groups.map(\.point), numbers, command, library, overrides)
    let tasks = made.indices.flatMap { combination in groups.map { (combination, $0) } }
    let results = parallelMap(tasks, threads: threads) { combination, group in
      Result { try entries(made[combination][group.point.withoutLengths], group.point, group.contexts) }
    }
    var rows: [StepTimesReport.Row] = []
    for ((combination, group), result) in zip(tasks, results) {
      let entries = try GenerateCommand.simulating { try result.get() }
      for entry in entries {
        let names = names(group.point, entry, numbers.combinations[combination], command, made[combination])
        rows.append(StepTimesReport.Row(names: names, entry: entry))
      }
    }
    let small = rows.count { !$0.entry.memory.fits }
    if small > 0 {
      Platform.warn("warning: \(small) of \(rows.count) steps do not fit the device's memory (column fits)")
    }
    let varied = points.varied.map(\.rawValue) + numbers.paths
    let report = try checking {
      try StepTimesReport(rows, varied: varied.isEmpty ? ["batch", "context"] : varied, as: request)
    }
    if let chart { try chart.write(try checking { try report.figure() }) }
    try SweepCommand.write(report, format, to: output, rows: rows.count)
  }

  private static func entries(
    _ served: ServedDecoder?, _ point: ServedPoint, _ contexts: [Int64]
  ) throws -> [StepTimes.Entry] {
    guard let served else { return [] }
    let times = StepTimes(served)
    let requests = point.length(.batch) ?? 1
    if let prompt = point.length(.prompt) { return [try times.prefill(requests: requests, prompt: prompt)] }
    return try times.decode(requests: requests, contexts: contexts)
  }

  /// What is served, for each combination of the numbers that vary: with one set of plans where they change none.
  private static func servedDecoders(
    _ points: [ServedPoint], _ numbers: Numbers, _ command: ParsedCommand, _ library: Library,
    _ overrides: [(path: String, value: Double)]
  ) throws(Failure) -> [[ServedPoint: ServedDecoder]] {
    func made(_ overrides: [(path: String, value: Double)]) throws(Failure) -> [ServedPoint: ServedDecoder] {
      var made: [ServedPoint: ServedDecoder] = [:]
      for point in points where made[point.withoutLengths] == nil {
        var served = try ServedOptions.served(point, command, library, overrides: overrides)
        served.plans = StepPlans()
        made[point.withoutLengths] = served
      }
      return made
    }
    guard numbers.keepPlans else {
      return try numbers.combinations.map { (combination) throws(Failure) in try made(overrides + combination) }
    }
    let base = try made(overrides)
    return try numbers.combinations.map { (combination) throws(Failure) in
      var changed = base
      for point in base.keys {
        for (path, value) in combination {
          try checking {
            try changed[point]?.prefill.set(path, to: value)
            try changed[point]?.decode.set(path, to: value)
          }
        }
      }
      return changed
    }
  }

  private static func names(
    _ point: ServedPoint, _ entry: StepTimes.Entry, _ numbers: [(path: String, value: Double)],
    _ command: ParsedCommand, _ made: [ServedPoint: ServedDecoder]
  ) -> [(key: String, value: String)] {
    guard let served = made[point.withoutLengths] else { return [] }
    let system = entry.step.isDecode ? served.decode : served.prefill
    return [
      ("decoder", served.decoder.name), ("accelerator", system.accelerator?.name ?? "none"),
      ("engine", served.engine.name), ("host", system.host.name), ("framework", system.framework.name),
      ("precision", served.formats.activations.rawValue), ("weights", served.formats.weights.rawValue),
      ("cache", served.formats.cache.rawValue),
    ] + devices(point, served) + [
      ("batch", "\(entry.step.requests)"),
      entry.step.isDecode && point[.prompt] == nil
        ? ("context", "\(entry.step.keys)") : ("prompt", "\(entry.step.queries)"),
    ] + numbers.map { ($0.path, numberText($0.value)) }
  }

  /// Over what a decoder is spread, and what connects them; nothing where nobody asked.
  private static func devices(_ point: ServedPoint, _ served: ServedDecoder) -> [(key: String, value: String)] {
    guard point[.devices] != nil else { return [] }
    return [
      ("devices", served.parallelism.description), ("interconnect", served.decode.interconnect?.name ?? ""),
    ]
  }

  /// What is varied of names and lengths; the context last, so that steps that differ in nothing else stand together.
  private static func points(_ command: ParsedCommand, _ library: Library) throws(Failure) -> ServedPoints {
    var axes = try over(command).filter { !$0.name.contains(".") }
    let given = Set(axes.map(\.name))
    for name in ["engine", "host", "framework", "precision", "weights", "cache", "devices", "interconnect", "batch"]
    where given.contains(name) && command.isPresent(name) {
      throw .usage("\(name) is varied by --over and has one value besides; give one of them\n" + command.helpHint)
    }
    var left = command.positionals[...]
    var points = ServedPoints()
    for (axis, words) in [(ServedAxis.decoder, "a decoder"), (.accelerator, "an accelerator")]
    where !given.contains(axis.rawValue) {
      guard let name = left.popFirst() else {
        throw .usage(
          "\(words) is needed, as in 'simulate sweep llama-3.1-8b h100-sxm --engine vllm --over batch=1,8 --over "
            + "context=128,1024'")
      }
      try points.add(axis, [name], of: "the \(axis.rawValue)", command)
    }
    if let extra = left.first { throw .usage("unexpected argument '\(extra)'\n" + command.helpHint) }
    for axis in [ServedAxis.engine, .host, .framework, .precision, .weights, .cache, .devices, .interconnect, .batch]
    where !given.contains(axis.rawValue) {
      if let value = command.value(of: axis.rawValue) {
        try points.add(axis, [value], of: "--\(axis.rawValue)", command)
      }
    }
    if given.contains("context"), given.contains("prompt") {
      throw .usage("--over varies the context of steps over next tokens, or the prompt of steps over prompts; give one")
    }
    if !given.contains("context"), !given.contains("prompt") { axes.append(("context", ["1024"])) }
    if let context = axes.firstIndex(where: { $0.name == "context" }) { axes.append(axes.remove(at: context)) }
    for (name, values) in axes {
      guard let axis = ServedAxis(rawValue: name), ServedAxis.ofSteps.contains(axis) else {
        let known = ServedAxis.ofSteps.map(\.rawValue)
        let nearest: Message = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw .usage("--over \(name) is none of \(known.joined(separator: ", ")), or a number's path" + nearest)
      }
      try points.add(axis, try items(axis, values), of: "--over \(name)", command)
    }
    return points
  }

  private static func over(_ command: ParsedCommand) throws(Failure) -> [(name: String, values: [String])] {
    var axes: [(name: String, values: [String])] = []
    for assignment in try checking({ try command.assignments(of: "over") }) {
      guard !axes.contains(where: { $0.name == assignment.name }) else {
        throw .usage("--over varies \(assignment.name) twice; give all values at once")
      }
      let axis = ServedAxis(rawValue: assignment.name)
      axes.append((assignment.name, axis?.items(assignment.value) ?? ServedAxis.items(assignment.value)))
    }
    return axes
  }

  /// The values of an axis: ranges of lengths are spelled out.
  private static func items(_ axis: ServedAxis, _ values: [String]) throws(Failure) -> [String] {
    guard axis.isNumber else { return values }
    let read = try checking {
      try SweepAxis(name: axis.rawValue, items: values, catalog: { _ in [] })
    }
    return read.values.map(\.text)
  }

  /// The numbers of profiles that are varied.
  private struct Numbers {
    var paths: [String] = []
    /// Every combination of their values.
    var combinations: [[(path: String, value: Double)]] = [[]]

    /// Whether no plan follows any of them.
    var keepPlans: Bool {
      paths.allSatisfy { path in
        guard let number = SystemNumber(path: path), !number.isOfEngine, !number.isOfInterconnect else { return false }
        return !number.affects(isHostOnly: false).contains(.plan)
      }
    }
  }

  private static func numbers(_ command: ParsedCommand) throws(Failure) -> Numbers {
    var numbers = Numbers()
    for (name, values) in try over(command) where name.contains(".") {
      let axis = try checking { try SweepAxis(name: name, items: values, catalog: { _ in [] }) }
      numbers.paths.append(name)
      numbers.combinations = numbers.combinations.flatMap { combination in
        axis.values.compactMap { value in
          if case .number(let number) = value { combination + [(name, number)] } else { nil }
        }
      }
    }
    return numbers
  }
}
