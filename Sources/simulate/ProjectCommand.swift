import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Simulation
import Studies
import Workloads

/// `simulate project`: hardware that does not exist yet, and what it would take.
enum ProjectCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "project", summary: "Project to hardware that does not exist, or ask what it would take",
    discussion: """
      With --scale, or with an accelerator's file alone, a hypothetical accelerator is compared with a real one. With \
      --year, the history of the catalog's hardware is fitted and carried on, and the result has bands: how far the \
      trends and the model may be off. With --target, the nearest value of what --vary names that meets the target is \
      found, or the best that can be had; without --vary, of everything that is usually varied. With --hindcast, every \
      year of the past is projected from, with what was known then, and compared with what came.
      What can be scaled and varied: \(SystemDial.shortNames.joined(separator: ", ")), any number of a profile by \
      its path, and with --vary the workload's parameters, as batch.
      """,
    positionals: ScenarioOptions.positionals,
    options: [
      OptionDefinition(
        "scale", value: "NAME=FACTOR,...", help: "Multiply numbers, as peak=4,bandwidth=2,launch=0.9",
        group: "Hypothetical accelerator", isRepeatable: true),
      OptionDefinition(
        "against", value: "A", help: "The accelerator compared with",
        defaultText: "the same without --scale, or the newest generation", group: "Hypothetical accelerator"),
      OptionDefinition("year", value: "Y", help: "Carry the catalog's history on to a year", group: "Roadmap"),
      OptionDefinition(
        "history", value: "PATTERN", help: "The accelerators whose history is fitted, as amd-*,nvidia-*",
        defaultText: "those of the accelerator's vendor", group: "Roadmap"),
      OptionDefinition(
        "samples", value: "N", help: "How many samples",
        defaultText: "2000, and 200 for each latency of a hindcast", group: "Roadmap"),
      OptionDefinition("seed", value: "N", help: "What they are drawn from", defaultText: "1", group: "Roadmap"),
      OptionDefinition(
        "scenario", value: "NAME,...", help: "Change the years to come, as memory-wall,graphs-everywhere, or a file",
        longHelp:
          "Each is a small file with a name and a reason; those of the catalog are in hardware-profiles/scenarios.",
        group: "Roadmap", isRepeatable: true),
      OptionDefinition(
        "when", value: "RESULT=VALUE", help: "Say in which year a result passes a value",
        longHelp: "The results are \(YearQuestion.Metric.allCases.map(\.rawValue).joined(separator: ", ")).",
        group: "Roadmap"),
      OptionDefinition(
        "hindcast", help: "Say how good such projections would have been in the past", group: "Hindcast"),
      OptionDefinition(
        "from", value: "YEAR", help: "The first year at whose end is forecast", defaultText: "2014", group: "Hindcast"),
      OptionDefinition(
        "ahead", value: "YEARS", help: "For how many years ahead", defaultText: "6", group: "Hindcast"),
      OptionDefinition(
        "target", value: "RESULT=VALUE", help: "At most so much of a result, as framework_tax_fraction=0.1",
        longHelp: "The results are \(TargetSearch.Metric.allCases.map(\.rawValue).joined(separator: ", ")).",
        group: "Backwards"),
      OptionDefinition(
        "vary", value: "NAME,...", help: "What may change to meet the target", group: "Backwards", isRepeatable: true),
      .format,
    ] + ScenarioOptions.definitions,
    examples: [
      CommandExample(
        "simulate project bert-base h100-sxm --scale peak=4,bandwidth=2,launch=0.9", shows: "an H100's successor"),
      CommandExample("simulate project bert-base --year 2032", shows: "latency and tax to 2032, with bands"),
      CommandExample(
        "simulate project bert-base --year 2032 -b 64 --scenario memory-wall --when latency_us=5000",
        shows: "if memory grows slowly; and when a pass takes 5 ms"),
      CommandExample(
        "simulate project bert-base --year 2032 -b 8 --when host_over_device=1",
        shows: "by which year batch 8 is host-bound"),
      CommandExample("simulate project --hindcast", shows: "how good projections would have been since 2014"),
      CommandExample(
        "simulate project bert-base h100-sxm --target framework_tax_fraction=0.1 --vary dispatch,batch",
        shows: "how cheap dispatch, or how large a batch must be"),
    ])

  /// The names of all options.
  static var optionNames: [String] { definition.options.map(\.name) }

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let isRoadmap = command.isPresent("year")
    if command.isPresent("hindcast") { return try HindcastRun.run(command, library) }
    for name in ["from", "ahead"] where command.isPresent(name) {
      throw .usage("--\(name) needs --hindcast\n" + command.helpHint)
    }
    try checkOptions(command, isRoadmap: isRoadmap)
    let newest = try library.flagships().last { !$0.isAnnounced }
    let resolved = try ScenarioOptions.resolve(command, library, defaultAccelerator: newest?.name)
    try checking {
      if isRoadmap {
        try project(command, library, resolved)
      } else if command.isPresent("target") {
        try searchTarget(command, resolved)
      } else {
        try compare(command, library, resolved, newest)
      }
    }
  }

  private static func checkOptions(_ command: ParsedCommand, isRoadmap: Bool) throws(Failure) {
    try command.checkFormat()
    if isRoadmap, command.isPresent("target") || command.isPresent("scale") {
      throw .usage("--year goes with neither --scale nor --target; fix numbers with --set instead")
    }
    for name in ["history", "samples", "seed", "scenario", "when"] where command.isPresent(name) && !isRoadmap {
      throw .usage("--\(name) needs --year")
    }
    if command.isPresent("vary"), !command.isPresent("target") {
      throw .usage("--vary needs --target, as in --target framework_tax_fraction=0.1")
    }
    if isRoadmap { try command.refuse(["against"], "--year carries one accelerator's history on") }
    if command.isPresent("target") { try command.refuse(["against"], "--target is searched for on one accelerator") }
  }

  // MARK: A hypothetical accelerator

  private static func factors(_ command: ParsedCommand) throws(Failure) -> [(dial: SystemDial, factor: Double)] {
    var factors: [(dial: SystemDial, factor: Double)] = []
    for text in command.values(of: "scale") {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, let factor = decimalNumber(sides[1]), factor > 0 else {
          throw .usage("--scale needs NAME=FACTOR with a factor greater than 0, as peak=4 (it is '\(part)')")
        }
        let dial = try checking { try SystemDial(named: String(sides[0])) }
        if factors.contains(where: { $0.dial.paths == dial.paths }) {
          throw .usage("--scale has \(dial.name) twice; give it once")
        }
        factors.append((dial, factor))
      }
    }
    return factors
  }

  private static func compare(
    _ command: ParsedCommand, _ library: Library, _ resolved: ScenarioOptions.Resolved,
    _ newest: AcceleratorProfile?
  ) throws {
    let factors = try factors(command)
    let study: HypotheticalStudy
    if let name = command.value(of: "against") {
      guard factors.isEmpty else {
        throw Failure.usage("--against goes with an accelerator's file, not with --scale")
      }
      study = try beside(library.accelerator(name), resolved.scenario)
    } else if factors.isEmpty {
      guard let newest, newest.name != resolved.scenario.system.accelerator?.name else {
        throw Failure.usage(
          "nothing to project: give --scale peak=2, an accelerator's file, --year 2032 or "
            + "--target framework_tax_fraction=0.1\nsee 'simulate project --help'")
      }
      study = try beside(newest, resolved.scenario)
    } else {
      study = try scaling(command) { try HypotheticalStudy(resolved.scenario, scaledBy: factors) }
    }
    command.print(HypotheticalReport(study: study))
  }

  /// Scales numbers, and names the option where one leaves its limits.
  private static func scaling<Result>(_ command: ParsedCommand, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let fault as OverrideFault {
      let factors = command.values(of: "scale").joined(separator: ",")
      throw Failure.input("--scale \(factors): \(fault.words)")
    }
  }

  private static func beside(_ real: AcceleratorProfile?, _ hypothetical: Scenario) throws -> HypotheticalStudy {
    var base = hypothetical
    base.system.accelerator = real
    return try HypotheticalStudy(base, beside: hypothetical)
  }

  // MARK: Roadmap

  /// How many samples a projection can draw.
  static let samples = NumberLimits<Int>.within(20...1_000_000)

  private static func project(
    _ command: ParsedCommand, _ library: Library, _ resolved: ScenarioOptions.Resolved
  ) throws {
    let year = try command.integer(of: "year") ?? 0
    let samples = try command.integer(of: "samples", samples) ?? 2000
    let seed = try command.integer(of: "seed", .atLeast(0)) ?? 1
    let scenarios = try library.scenarios(command.values(of: "scenario"))
    let changed = try apply(scenarios, to: resolved, command, library)
    let question = try question(command)
    let projection = try projection(
      changed, library, namesHost: command.isPresent("host"), history: command.value(of: "history"), upTo: year,
      workloads: try workloads(scenarios, changed), sampleCount: samples, seed: UInt64(seed),
      changes: scenarios.flatMap(\.changes))
    command.print(ProjectionReport(projection: projection, scenarios: scenarios, question: question))
  }

  /// Carries the catalog's history on.
  ///
  /// - Parameters:
  ///   - resolved: What is projected.
  ///   - library: Whose history.
  ///   - namesHost: Whether the host was asked for, so that the trend of hosts starts at it.
  ///   - patterns: The accelerators whose history is fitted; nil for those of the accelerator's vendor.
  ///   - year: How far.
  ///   - workloads: How the workload grows.
  ///   - earlierFrom: From which year on parts without a profile are shown as well; nil for none.
  ///   - sampleCount: How many samples are drawn.
  ///   - seed: What they are drawn from.
  ///   - changes: What becomes of numbers against their trends.
  /// - Returns: The years from the last generation on.
  /// - Throws: `Failure` where there is no accelerator, too short a history or a year out of range.
  static func projection(
    _ resolved: ScenarioOptions.Resolved, _ library: Library, namesHost: Bool, history patterns: String? = nil,
    upTo year: Int, workloads: ProjectedWorkload? = nil, earlierFrom: Int? = nil, sampleCount: Int, seed: UInt64,
    changes: [TrendScenario.Change] = []
  ) throws(Failure) -> Projection {
    try checking {
      let base = resolved.scenario.system
      guard let accelerator = base.accelerator else { throw ProjectionFault.noAccelerator }
      let profiles = try library.profiles
      var candidates = profiles.accelerators.filter { $0.vendor == accelerator.vendor }
      if let patterns {
        candidates = profiles.accelerators.filter { part in
          patterns.split(separator: ",").contains { SweepAxis.matches(part.name[...], pattern: $0) }
        }
        if candidates.isEmpty {
          throw Failure.input("no accelerator of the catalog fits --history '\(patterns)'")
        }
      }
      let history = HardwareHistory(accelerators: candidates, hosts: profiles.hosts)
      let lines = try library.hardwareLines()
      let roadmap = try Roadmap(
        history: history, base: base, lines: RoadmapLines(TrendSet(lines), scale: Hindcast(lines).scale),
        held: Set(resolved.overrides.map(\.path)), startsAtHost: namesHost, changes: changes,
        fitsOnlyHistory: patterns != nil)
      let band = try profiles.errorBand(named: resolved.scenario.kernelModel.errorBandName)
      var first = base
      first.accelerator = history.accelerators.first
      let earlier = earlierFrom.map { lines.earlierParts(before: first, from: $0) } ?? []
      return try Progress.showing("projecting \(NumberFormat.integer(sampleCount)) samples to \(year)") { _ in
        try Projection(
          resolved.scenario, roadmap: roadmap, upTo: year, workloads: workloads, earlier: earlier, errorBand: band,
          sampleCount: sampleCount, seed: seed)
      }
    }
  }

  /// Applies what scenarios change beside numbers.
  private static func apply(
    _ scenarios: [TrendScenario], to resolved: ScenarioOptions.Resolved, _ command: ParsedCommand, _ library: Library
  ) throws -> ScenarioOptions.Resolved {
    var changed = resolved
    if let scenario = scenarios.first(where: { $0.framework != nil }), let name = scenario.framework {
      try command.refuse(["framework"], "the scenario \(scenario.name) runs everything in \(name)")
      var framework = try library.framework(name)
      let bound = try resolved.workload.bindChecked(resolved.parameters, for: &framework)
      let old = changed.scenario
      changed.scenario = Scenario(
        workload: bound, system: old.system, precision: old.precision, latencyKind: old.latencyKind,
        kernelModel: old.kernelModel)
      changed.scenario.system.framework = framework
    }
    if let scenario = scenarios.first(where: { $0.precision != nil }), let precision = scenario.precision {
      try command.refuse(["precision"], "the scenario \(scenario.name) computes everything in \(precision.rawValue)")
      changed.scenario.precision = precision
    }
    return changed
  }

  /// How scenarios let a workload grow; nil where none does.
  private static func workloads(
    _ scenarios: [TrendScenario], _ resolved: ScenarioOptions.Resolved
  ) throws -> ProjectedWorkload? {
    guard let scenario = scenarios.first(where: { $0.growth != nil }), let growth = scenario.growth else { return nil }
    guard !growth.parameters.isEmpty else { return ProjectedWorkload(growth) }
    let own = Dictionary(resolved.scenario.workload.parameters.map { ($0.name, $0.value) }) { first, _ in first }
    for (name, _) in growth.parameters where own[name] == nil {
      throw Failure.input(
        "the scenario \(scenario.name) lets \(name) grow, and the workload \(resolved.workload.name) has none: its "
          + "parameters are \(own.keys.sorted().joined(separator: ", "))")
    }
    let (workload, framework, given) = (resolved.workload, resolved.scenario.system.framework, resolved.parameters)
    return ProjectedWorkload(growth) { years in
      var parameters = given
      for (name, factor) in growth.parameters {
        parameters[name] = ProjectedWorkload.grown(own[name] ?? 1, by: factor, years: years)
      }
      var framework = framework
      return try workload.bindChecked(parameters, for: &framework)
    }
  }

  private static func question(_ command: ParsedCommand) throws -> YearQuestion? {
    try result("when", command, as: YearQuestion.Metric.self).map { YearQuestion($0.metric, passes: $0.value) }
  }

  /// A result and a value of it, as an option gives them; nil without the option.
  private static func result<Metric: RawRepresentable<String> & CaseIterable>(
    _ option: String, _ command: ParsedCommand, as type: Metric.Type
  ) throws -> (metric: Metric, value: Double)? {
    guard let assignment = try command.assignments(of: option).last else { return nil }
    guard let metric = Metric(rawValue: assignment.name) else {
      let known = Metric.allCases.map(\.rawValue)
      throw NameFault.unknown(
        what: "result", name: assignment.name, suggestion: nearestName(to: assignment.name, among: known), known: known)
    }
    guard let value = decimalNumber(assignment.value), value >= 0 else {
      throw Failure.usage("--\(option) \(metric.rawValue) needs a number of at least 0 (it is '\(assignment.value)')")
    }
    return (metric, value)
  }

  // MARK: Backwards

  private static func searchTarget(_ command: ParsedCommand, _ resolved: ScenarioOptions.Resolved) throws {
    guard let (metric, target) = try result("target", command, as: TargetSearch.Metric.self) else { return }
    var scenario = resolved.scenario
    try scaling(command) {
      for (dial, factor) in try factors(command) { try dial.turn(by: factor, in: &scenario.system) }
    }
    let template = scenario
    var searches: [TargetSearch] = []
    for subject in try subjects(command, resolved, metric) {
      searches.append(
        try Progress.showing("looking for what reaches the target") { _ in
          try TargetSearch(
            metric, atMost: target, varying: subject, resolved.workload, parameters: resolved.parameters
          ) { bound in
            var scenario = template
            scenario.workload = bound
            return scenario
          }
        })
    }
    command.print(TargetReport(scenario: scenario, searches: searches))
  }

  /// What is varied: as asked for, or what usually is and this system has.
  private static func subjects(
    _ command: ParsedCommand, _ resolved: ScenarioOptions.Resolved, _ metric: TargetSearch.Metric
  ) throws(Failure) -> [TargetSearch.Subject] {
    let parameters = resolved.workload.parameters.map(\.name)
    let system = resolved.scenario.system
    guard command.isPresent("vary") else {
      // A slower device has a smaller tax, which nobody wants: the device is varied for its own time only.
      let ofHost = ["dispatch", "launch", "gap", "host"]
      let names = metric == .tax || metric == .taxFraction ? ofHost : ofHost + ["peak", "bandwidth", "units"]
      let dials = SystemDial.all.filter { names.contains($0.name) && !$0.numbers(of: system).isEmpty }
      return dials.map { .dial($0) } + (parameters.contains("batch") ? [.parameter("batch")] : [])
    }
    var subjects: [TargetSearch.Subject] = []
    for name in command.values(of: "vary").flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      guard !name.isEmpty else {
        throw .usage("--vary has an empty name; leave out the comma\n" + command.helpHint)
      }
      let parameter = String(name.map { $0 == "-" ? "_" : $0 })
      if parameters.contains(parameter) {
        subjects.append(.parameter(parameter))
      } else {
        subjects.append(.dial(try checking { try SystemDial(named: String(name)) }))
      }
    }
    return subjects
  }
}
