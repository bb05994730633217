import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

extension Scenario {
  /// The workload in words: `bert-base-uncased (batch 1, sequence_length 128), fp16`.
  var workloadText: String {
    let parameters = workload.parameters.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    return "\(workload.name) (\(parameters)), \(precision.rawValue)"
  }

  /// The system in words.
  var systemText: String {
    let (host, framework) = (system.host.title, system.framework.title)
    guard let accelerators = system.acceleratorText else { return "on \(host) alone, through \(framework)" }
    return "on \(accelerators), fed by \(host) through \(framework)"
  }

  /// That the host is the one of the accelerator's time, where it is; a line of its own.
  var hostText: [String] {
    guard let accelerator = system.accelerator else { return [] }
    if accelerator.host == system.host.name {
      return ["(a host that is sold with it; --host names another, --framework another framework)"]
    }
    guard accelerator.host == nil, system.host.name == SystemDefaults.referenceHost else { return [] }
    return ["(its profile names no host, so that the reference host feeds it; --host names another)"]
  }

  /// What a framework that captures some batch sizes makes of this one; a line of its own.
  var paddingText: [String] {
    let framework = system.framework
    guard let batch = workload.parameter("batch"), let largest = framework.capturedBatches.last else { return [] }
    if batch > largest { return ["batch \(batch) is beyond the largest captured, \(largest): operator by operator"] }
    let replayed = framework.capturedBatches.first { $0 >= batch } ?? batch
    return replayed == batch ? [] : ["batch \(batch) is padded to the next captured, \(replayed)"]
  }

  /// The accelerator's name, or `none`.
  var acceleratorName: String { system.accelerator?.name ?? "none" }

  /// Of which kind the latency is, in words.
  var latencyKindText: String { latencyKind == .steadyState ? "steady state" : "synchronized" }

  /// The workload's parameters by name.
  var parameters: Record { Record(workload.parameters.map { ($0.name, .count($0.value)) }) }

  /// The names of what runs.
  var systemNames: Record {
    [
      "accelerator": .text(acceleratorName), "host": .text(system.host.name), "framework": .text(system.framework.name),
      "precision": .text(precision.rawValue),
    ] + ranks
  }

  /// Over how many devices it runs, and what connects them; nothing for one.
  private var ranks: Record {
    guard system.parallelism.devices > 1 else { return [:] }
    return [
      "devices": .count(system.parallelism.devices), "parallelism": .text(system.parallelism.description),
      "interconnect": .text(system.interconnect?.name),
    ]
  }

  /// Of which kind the latency is, and by which model it was found: the same in every row.
  var madeBy: Record { ["latency_kind": .text(latencyKind.rawValue), "kernel_model": .text(kernelModel.name)] }

  /// What a result was made from: names and parameters.
  var inputs: Record {
    ["workload": .text(workload.name), "parameters": .record(parameters.onOneLine)] + systemNames + madeBy
  }
}

extension Record {
  /// What a critical path was spent on, each category's time under its key and an ending.
  init(breakdown time: (CostCategory) -> Picoseconds, ending: String = "") {
    self.init(CostCategory.allCases.map { ($0.key + ending, .time(time($0))) })
  }

  /// Numbers of profiles by path.
  init(numbers: [(path: String, value: Double)]) { self.init(numbers.map { ($0.path, .number($0.value)) }) }
}

extension Value {
  /// Both ends of an interval.
  static func range(_ range: ClosedRange<Double>) -> Value {
    .list([.number(range.lowerBound), .number(range.upperBound)])
  }

  /// Texts.
  static func texts(_ texts: [String]) -> Value { .list(texts.map { .text($0) }) }
}
