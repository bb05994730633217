import CommandSyntax
import JSONText
import Kernels
import Profiles
import Simulation
import Workloads

/// The options that say what is simulated, shared by every command that simulates one system.
enum ScenarioOptions {
  /// Formats that only the weights of a model that generates are kept in.
  private static let weightFormats = Dictionary(
    uniqueKeysWithValues: Precision.ofWeights.filter { !Precision.selectable.contains($0) }.map {
      ($0.rawValue, "weights alone are kept in it, as by 'simulate generate MODEL --weights \($0.rawValue)'")
    })

  static let host = OptionDefinition(
    "host", value: "H", help: "Host: a catalog name or a file", defaultText: "one that is sold with the accelerator",
    group: "System")

  static let set = OptionDefinition(
    "set", value: "PATH=VALUE", help: "Override a profile number, as accelerator.memory.bandwidth_gb_per_s=8TB/s",
    longHelp:
      "The paths are those of the profile files, with accelerator, host or framework in front; a value may have a unit; "
      + "'simulate profiles show NAME' lists them.", group: "System", isRepeatable: true)

  static let layout = OptionDefinition(
    "layout", value: "L", help: "How the program lays images out",
    longHelp: "PyTorch's memory_format. Matrix units take channels-last: no convolution turns its tensors then. What a "
      + "framework does by itself, as torch.compile does, it does without being asked.",
    choices: TensorLayout.words, defaultText: TensorLayout.channelsFirst.rawValue, group: "System")

  static let definitions: [OptionDefinition] = [
    OptionDefinition("workload", short: "w", value: "W", help: "Workload: a catalog name or a file", group: "System"),
    OptionDefinition(
      "accelerator", short: "a", value: "A", help: "Accelerator: a catalog name, a file, or none", group: "System"),
    host,
    OptionDefinition(
      "framework", short: "f", value: "F", help: "Framework: a catalog name or a file",
      defaultText: SystemDefaults.framework, group: "System"),
    OptionDefinition(
      "precision", short: "p", value: "P", help: "Format of the floating-point tensors",
      choices: Precision.selectable.map(\.rawValue), defaultText: "fp16 on an accelerator, fp32 without",
      group: "System", takenElsewhere: weightFormats),
    layout,
    OptionDefinition(
      "batch", short: "b", value: "N", help: "Batch size", group: "Workload", knownElsewhereAs: ["batch-size", "bs"]),
    OptionDefinition(
      "sequence-length", value: "N", help: "Sequence length", group: "Workload",
      knownElsewhereAs: ["seq-len", "seqlen", "sequence", "prompt", "context", "input-len"]),
    OptionDefinition(
      "parameter", value: "NAME=N", help: "Any parameter of the workload", group: "Workload", isRepeatable: true),
    set,
    KernelModelOption.definition,
    OptionDefinition("synchronized", help: "One synchronization per pass instead of the steady state", group: "System"),
  ]

  static let positionals = [
    PositionalDefinition("workload", help: "The workload, if not given by --workload"),
    PositionalDefinition("accelerator", help: "The accelerator, if not given by --accelerator"),
  ]

  /// What is simulated, and what the user changed about it: all that one run needs, without the text of the workload, which
  /// may be most of its memory.
  struct OneRun {
    var scenario: Scenario
    var overrides: [(path: String, value: Double)]
    /// The workload's file, where it is no catalog's.
    var file: String?

    /// Simulates; a fault is one of the workload's file, if it has one.
    func checkingSimulation<Result>(_ body: () throws(SimulationFault) -> Result) throws(Failure) -> Result {
      do throws(SimulationFault) { return try body() } catch { throw Failure(error, at: file) }
    }
  }

  /// The same, and what other runs are made from.
  struct Resolved {
    var run: OneRun
    /// The workload, to be bound to other parameters than the scenario's.
    var workload: Workload
    /// The parameters that were given.
    var parameters: [String: Int64]

    init(
      scenario: Scenario, overrides: [(path: String, value: Double)], workload: Workload, parameters: [String: Int64],
      file: String?
    ) {
      run = OneRun(scenario: scenario, overrides: overrides, file: file)
      self.workload = workload
      self.parameters = parameters
    }

    var scenario: Scenario {
      get { run.scenario }
      set { run.scenario = newValue }
    }
    var overrides: [(path: String, value: Double)] { run.overrides }
    var file: String? { run.file }

    /// Simulates; a fault is one of the workload's file, if it has one.
    func checkingSimulation<Result>(_ body: () throws(SimulationFault) -> Result) throws(Failure) -> Result {
      try run.checkingSimulation(body)
    }
  }

  /// Reads the options against a library.
  ///
  /// - Parameters:
  ///   - command: The command line.
  ///   - library: Where names are found.
  ///   - one: The accelerator, of those that are named; the name as it stands by default.
  ///   - defaultAccelerator: The accelerator where none is named; without it, one must be.
  ///   - needsHost: Whether the host matters; where it does not, the accelerator's need not be in the catalog.
  ///   - spreads: Whether the command has the options of several devices.
  /// - Returns: The scenario, and what it was made from.
  /// - Throws: ``Failure`` where something is missing, unknown or out of range.
  static func resolve(
    _ command: ParsedCommand, _ library: Library, of one: String? = nil, defaultAccelerator: String? = nil,
    needsHost: Bool = true, spreads: Bool = false
  ) throws(Failure) -> Resolved {
    var names = try names(command)
    if let one { names.accelerator = one }
    guard let workloadName = names.workload else {
      throw .usage(
        "a workload is needed, as in 'simulate run bert-base h100-sxm'; "
          + "'simulate profiles list workloads' names them")
    }
    try checkOrder(workloadName, names.accelerator, command, library)
    guard let acceleratorName = names.accelerator ?? defaultAccelerator else {
      throw .usage(
        "an accelerator is needed, as in 'simulate run \(workloadName) h100-sxm'; "
          + "'simulate profiles list accelerators' names them, and 'none' simulates the host alone")
    }
    let workload = try library.workload(workloadName)
    let accelerator = try library.accelerator(acceleratorName)
    var system = System(
      accelerator: accelerator, host: try library.host(command.value(of: "host"), of: needsHost ? accelerator : nil),
      framework: try library.framework(command.value(of: "framework") ?? SystemDefaults.framework))
    if system.accelerator == nil {
      try command.refuse(["kernel-model"], "it is a model of an accelerator's kernels, and the system has none")
      warn(thatHostIsDerived: system.host)
    }
    var parameters = try parameters(command)
    if spreads, let text = command.value(of: ParallelOptions.devices.name) {
      let parallelism = try ParallelOptions.parallelism(text, command)
      let interconnect = command.value(of: ParallelOptions.interconnect.name)
      try ParallelOptions.connect(&system, parallelism, interconnect, library)
      try ParallelOptions.give(parallelism, to: workload, &parameters)
    }
    if let word = command.value(of: layout.name), let layout = TensorLayout(named: word) {
      system.framework.lay(out: layout)
    }
    let overrides = try overrides(command)
    try ProfileFile.warn(about: overrides, of: system, library)
    try checking { for (path, value) in overrides { try system.set(path, to: value) } }
    try ParallelOptions.check(system)
    let precision = try checking {
      try command.choice(of: "precision", as: Precision.self)
    }
    let bound = try checking { try workload.bindChecked(parameters, for: &system.framework) }
    let scenario = Scenario(
      workload: bound, system: system,
      precision: precision ?? (system.accelerator == nil ? .fp32 : .fp16),
      latencyKind: command.isPresent("synchronized") ? .synchronized : .steadyState,
      kernelModel: try KernelModelOption.model(command, of: accelerator.map { [$0] } ?? [], library))
    return Resolved(
      scenario: scenario, overrides: overrides, workload: workload, parameters: parameters,
      file: Library.isFile(workloadName) ? workloadName : nil)
  }

  /// The names of the workload and the accelerator, by place or by option; nil where neither is given.
  ///
  /// - Parameters:
  ///   - command: The command line.
  ///   - varied: Which of the two are varied elsewhere, and so have no place on the line.
  /// - Returns: The names as they were given.
  /// - Throws: ``Failure`` for a name too many.
  static func names(
    _ command: ParsedCommand, varied: [String] = []
  ) throws(Failure) -> (workload: String?, accelerator: String?) {
    var left = command.positionals[...]
    func name(_ option: String) -> String? {
      if varied.contains(option) { return nil }
      return command.value(of: option) ?? left.popFirst()
    }
    let names = (workload: name("workload"), accelerator: name("accelerator"))
    if let extra = left.first {
      let named = ["workload", "accelerator"].first { command.isPresent($0) || varied.contains($0) }
      let reason: Message = named.map { ": --\(varied.contains($0) ? "over " : "")\($0) gives the \($0) already" } ?? ""
      throw .usage("unexpected argument '\(extra)'" + reason + "\n" + command.helpHint)
    }
    return names
  }

  /// The accelerators of a list with commas, in its order; one or none is no list.
  static func acceleratorNames(_ command: ParsedCommand) throws(Failure) -> [String] {
    guard let text = try names(command).accelerator, text.contains(",") else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Says that kernels run on a host of which little is known, if they do: it was described to feed an accelerator.
  private static func warn(thatHostIsDerived host: HostProfile) {
    for (owner, paths) in host.provenance.derivations {
      Platform.warn(
        "warning: \(host.name) runs the kernels itself, and \(paths.count) of its numbers are derived from \(owner): "
          + "\(paths.prefix(3).joined(separator: ", "))\(paths.count > 3 ? " and others" : "")")
    }
  }

  /// Says what was meant where a workload and an accelerator have changed places.
  static func checkOrder(
    _ workload: String, _ accelerator: String?, _ command: ParsedCommand, _ library: Library
  ) throws(Failure) {
    let line: Message = "simulate \(command.path.joined(separator: " "))"
    // What is a workload's whole name needs no look at all accelerators.
    if !command.isPresent("workload"), !library.hasWorkload(workload), library.isAccelerator(workload) {
      let isSwapped = accelerator.map(library.isWorkload) ?? false
      throw .input(
        "'\(workload)' is an accelerator, and the workload stands first: "
          + (isSwapped ? "'\(line) \(accelerator ?? "") \(workload)'" : "as in '\(line) bert-base \(workload)'"))
    }
    if let accelerator, command.isPresent("workload"), !command.isPresent("accelerator"),
      library.isWorkload(accelerator)
    {
      throw .input("'\(accelerator)' is a workload, and --workload gives '\(workload)' already; give one")
    }
  }

  /// What is named as a file: workload, profiles, measurements of kernels.
  static func files(_ command: ParsedCommand) -> [String] {
    let options = ["workload", "accelerator", "host", "framework"].flatMap { command.values(of: $0) }
    let names = (command.positionals + options).flatMap { name in
      [name] + (name.contains(",") ? name.split(separator: ",").map(String.init) : [])
    }
    return names.filter(Library.isFile) + KernelModelOption.files(command)
  }

  /// The values of `--batch`, `--sequence-length` and `--parameter`.
  static func parameters(_ command: ParsedCommand) throws(Failure) -> [String: Int64] {
    var values: [String: Int64] = [:]
    func give(_ name: String, _ value: Int64, _ option: Message) throws(Failure) {
      guard values.updateValue(value, forKey: name) == nil else {
        throw .usage("\(option) gives \(name) a second time; give it once\n" + command.helpHint)
      }
    }
    let limits = NumberLimits.within(1...1_000_000_000)
    for (option, name) in [("batch", "batch"), ("sequence-length", "sequence_length")] {
      let value = try checking { try command.integer(of: option, limits) }
      if let value { try give(name, Int64(value), "--\(option)") }
    }
    let assignments = try checking { try command.assignments(of: "parameter") }
    for assignment in assignments {
      guard let value = Int64(assignment.value), value >= 1 else {
        throw .usage(
          "--parameter \(assignment.name) must be a whole number of at least 1 (it is '\(assignment.value)')")
      }
      try give(assignment.name.replacing("-", with: "_"), value, "--parameter \(assignment.name)")
    }
    return values
  }

  /// The values of `--set`.
  static func overrides(_ command: ParsedCommand) throws(Failure) -> [(path: String, value: Double)] {
    let assignments = try checking { try command.assignments(of: "set") }
    var overrides: [(path: String, value: Double)] = []
    for assignment in assignments {
      let value = try value(assignment.value, at: assignment.name)
      if let other = overrides.first(where: { $0.path == assignment.name }) {
        if other.value == value { continue }
        throw .usage("--set gives \(assignment.name) two values, \(other.value) and \(value); give one")
      }
      overrides.append((assignment.name, value))
    }
    return overrides
  }

  /// A number of `--set`, in its own unit or with one behind it.
  private static func value(_ text: String, at path: String) throws(Failure) -> Double {
    // Of a path that nothing has, that is said later, with the nearest that there is.
    let unit =
      SystemNumber(path: path)?.domain.unit
      ?? UnitSpelling.all.first { text.hasSuffix($0.symbol) }.flatMap { spelling in
        NumberUnit.allCases.first { $0.dimension == spelling.dimension }
      }
    do throws(QuantityFault) { return try (unit ?? .ratio).number(text) } catch {
      if case .notANumber = error {
        throw .usage("--set \(path) needs a finite number in decimals (it is '\(text)')")
      }
      throw .usage("--set \(path) \(error.words)")
    }
  }
}
