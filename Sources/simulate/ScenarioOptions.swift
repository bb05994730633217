import CommandSyntax
import JSONText
import Kernels
import Profiles
import Simulation
import Workloads

/// The options that say what is simulated, shared by every command that simulates one system.
enum ScenarioOptions {
  static let definitions: [OptionDefinition] = [
    OptionDefinition("workload", short: "w", value: "W", help: "Workload: a catalog name or a file", group: "System"),
    OptionDefinition(
      "accelerator", short: "a", value: "A", help: "Accelerator: a catalog name, a file, or none", group: "System"),
    OptionDefinition(
      "host", value: "H", help: "Host: a catalog name or a file", defaultText: "reference", group: "System"),
    OptionDefinition(
      "framework", short: "f", value: "F", help: "Framework: a catalog name or a file",
      defaultText: "pytorch-eager", group: "System"),
    OptionDefinition(
      "precision", short: "p", value: "P", help: "Format of the floating-point tensors",
      choices: Precision.selectable.map(\.rawValue), defaultText: "fp16 on an accelerator, fp32 without",
      group: "System"),
    OptionDefinition("batch", short: "b", value: "N", help: "Batch size", group: "Workload"),
    OptionDefinition("sequence-length", value: "N", help: "Sequence length", group: "Workload"),
    OptionDefinition(
      "parameter", value: "NAME=N", help: "Any parameter of the workload", group: "Workload", isRepeatable: true),
    OptionDefinition(
      "set", value: "PATH=VALUE", help: "Override a profile number, as accelerator.memory.bandwidth_gb_per_s=8000",
      longHelp: "The paths are those of the profile files, with accelerator, host or framework in front; "
        + "'simulate profiles show NAME' lists them.", group: "System", isRepeatable: true),
    OptionDefinition(
      "kernel-model", value: "M", help: "Model of kernel times", choices: KernelModelKind.allCases.map(\.rawValue),
      defaultText: "calibrated", group: "System"),
    OptionDefinition("synchronized", help: "One synchronization per pass instead of the steady state", group: "System"),
  ]

  static let positionals = [
    PositionalDefinition("workload", help: "The workload, if not given by --workload"),
    PositionalDefinition("accelerator", help: "The accelerator, if not given by --accelerator"),
  ]

  /// What is simulated, and what the user changed about it.
  struct Resolved {
    var scenario: Scenario
    var overrides: [(path: String, value: Double)]
    /// The workload, to be bound to other parameters than the scenario's.
    var workload: Workload
    /// The parameters that were given.
    var parameters: [String: Int64]
  }

  /// Reads the options against a library.
  ///
  /// - Parameters:
  ///   - command: The command line.
  ///   - library: Where names are found.
  ///   - defaultAccelerator: The accelerator where none is named; without it, one must be.
  /// - Returns: The scenario, and what it was made from.
  /// - Throws: ``Failure`` where something is missing, unknown or out of range.
  static func resolve(
    _ command: ParsedCommand, _ library: Library, defaultAccelerator: String? = nil
  ) throws(Failure) -> Resolved {
    var names = command.positionals[...]
    let workloadName = command.value(of: "workload") ?? names.popFirst()
    let acceleratorName = command.value(of: "accelerator") ?? names.popFirst() ?? defaultAccelerator
    if let extra = names.first {
      let help = "see 'simulate \(command.path.joined(separator: " ")) --help'"
      throw Failure(.wrongUsage, "error: unexpected argument '\(extra)'\n\(help)")
    }
    guard let workloadName else {
      throw Failure(
        .wrongUsage,
        "error: a workload is needed, as in 'simulate run bert-base h100-sxm'; "
          + "'simulate profiles list workloads' names them")
    }
    guard let acceleratorName else {
      throw Failure(
        .wrongUsage,
        "error: an accelerator is needed, as in 'simulate run \(workloadName) h100-sxm'; "
          + "'simulate profiles list accelerators' names them, and 'none' simulates the host alone")
    }
    let workload = try library.workload(workloadName)
    var system = System(
      accelerator: try library.accelerator(acceleratorName),
      host: try library.host(command.value(of: "host") ?? "reference"),
      framework: try library.framework(command.value(of: "framework") ?? "pytorch-eager"))
    let overrides = try apply(command, to: &system)
    let precision = try checkingUsage { () throws(CommandSyntaxFault) in
      try command.choice(of: "precision", as: Precision.self)
    }
    let model = try checkingUsage { () throws(CommandSyntaxFault) in
      try command.choice(of: "kernel-model", as: KernelModelKind.self)
    }
    let parameters = try parameters(command)
    let bound = try checkingInput { () throws(WorkloadFault) in try workload.bindChecked(parameters) }
    let scenario = Scenario(
      workload: bound, system: system,
      precision: precision ?? (system.accelerator == nil ? .fp32 : .fp16),
      latencyKind: command.isPresent("synchronized") ? .synchronized : .steadyState,
      kernelModel: model ?? .calibrated)
    return Resolved(scenario: scenario, overrides: overrides, workload: workload, parameters: parameters)
  }

  /// What is named as a file: workload, profiles.
  static func files(_ command: ParsedCommand) -> [String] {
    let options = ["workload", "accelerator", "host", "framework"].flatMap { command.values(of: $0) }
    return (command.positionals + options).filter(Library.isFile)
  }

  /// The values of `--batch`, `--sequence-length` and `--parameter`.
  static func parameters(_ command: ParsedCommand) throws(Failure) -> [String: Int64] {
    var values: [String: Int64] = [:]
    let limits = NumberLimits.within(1...1_000_000_000)
    let batch = try checkingUsage { () throws(CommandSyntaxFault) in try command.integer(of: "batch", limits) }
    let length = try checkingUsage { () throws(CommandSyntaxFault) in
      try command.integer(of: "sequence-length", limits)
    }
    if let batch { values["batch"] = Int64(batch) }
    if let length { values["sequence_length"] = Int64(length) }
    let assignments = try checkingUsage { () throws(CommandSyntaxFault) in try command.assignments(of: "parameter") }
    for assignment in assignments {
      guard let value = Int64(assignment.value), value >= 1 else {
        throw Failure(
          .wrongUsage,
          "error: --parameter \(assignment.name) must be a whole number of at least 1 (it is '\(assignment.value)')")
      }
      values[assignment.name] = value
    }
    return values
  }

  private static func apply(
    _ command: ParsedCommand, to system: inout System
  ) throws(Failure) -> [(path: String, value: Double)] {
    let overrides = try overrides(command)
    for (path, value) in overrides {
      do { try system.set(path, to: value) } catch { throw Failure(wrongInput: error) }
    }
    return overrides
  }

  /// The values of `--set`.
  static func overrides(_ command: ParsedCommand) throws(Failure) -> [(path: String, value: Double)] {
    let assignments = try checkingUsage { () throws(CommandSyntaxFault) in try command.assignments(of: "set") }
    var overrides: [(path: String, value: Double)] = []
    for assignment in assignments {
      guard let value = Double(assignment.value), value.isFinite else {
        throw Failure(
          .wrongUsage, "error: --set \(assignment.name) needs a finite number (it is '\(assignment.value)')")
      }
      // The last of several values for a number counts, and is the one that is reported.
      overrides.removeAll { $0.path == assignment.name }
      overrides.append((assignment.name, value))
    }
    return overrides
  }
}

/// Turns a fault of the command line into a ``Failure``.
func checkingUsage<Result>(_ body: () throws(CommandSyntaxFault) -> Result) throws(Failure) -> Result {
  do { return try body() } catch { throw Failure(.wrongUsage, error.description) }
}
