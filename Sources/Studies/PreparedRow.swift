import Kernels
import Profiles
import Simulation
import Workloads

/// A row with its scenario and plan.
struct PreparedRow: Sendable {
  let measurement: Measurement
  let plan: ProgramPlan
  private let shared: SharedScenario

  /// What is simulated; rows of the same system and parameters share its memory.
  var scenario: Scenario { shared.scenario }

  fileprivate init(_ measurement: Measurement, _ shared: SharedScenario, _ plan: ProgramPlan) {
    self.measurement = measurement
    self.shared = shared
    self.plan = plan
  }
}

/// A scenario, which is some kilobytes of profile numbers, in a place of its own.
private final class SharedScenario: Sendable {
  let scenario: Scenario

  init(_ scenario: Scenario) { self.scenario = scenario }
}

/// Reads each file once, binds each set of parameters once, and makes each plan once, on all cores.
///
/// - Parameters:
///   - measurements: The rows.
///   - source: Where their names are found.
///   - adjust: Changes a system before it is planned for.
/// - Returns: The rows in order.
/// - Throws: What the source throws, or binding.
/// - Complexity: One plan for each workload with its parameters and ``PlanIdentity``; one scenario for each workload with its
///   parameters, system and precision.
func prepare(
  _ measurements: [Measurement], from source: some ModelSource, adjust: (inout System) throws -> Void = { _ in }
) throws -> [PreparedRow] {
  var systems: [String: (number: Int, system: System)] = [:]
  var workloads: [String: Workload] = [:]
  var bindings = Numbering<BindingKey>()
  var plans = Numbering<PlanKey>()
  var scenarios = Numbering<ScenarioKey>()
  var systemList: [System] = []
  var rows: [(scenario: Int, plan: Int)] = []
  for row in measurements {
    let name = [row.accelerator, row.host ?? "", row.framework].joined(separator: "\n")
    if systems[name] == nil {
      var system = System(
        accelerator: try source.accelerator(row.accelerator), host: try source.host(row.host ?? "reference"),
        framework: try source.framework(row.framework))
      try adjust(&system)
      systems[name] = (systemList.count, system)
      systemList.append(system)
    }
    if workloads[row.workload] == nil { workloads[row.workload] = try source.workload(row.workload) }
    guard let (number, system) = systems[name], let workload = workloads[row.workload] else {
      preconditionFailure("both were just read")
    }
    let known = Set(workload.parameters.map(\.name))
    let binding = bindings.number(
      of: BindingKey(workload: row.workload, parameters: row.parameters.filter { known.contains($0.key) }))
    let identity = PlanIdentity(system: system, precision: row.precision)
    let scenario = scenarios.number(of: ScenarioKey(binding: binding, system: number, precision: row.precision))
    rows.append((scenario, plans.number(of: PlanKey(binding: binding, identity: identity))))
  }
  let files = workloads
  let bound = try parallelMap(bindings.keys) { key in
    guard let workload = files[key.workload] else { preconditionFailure("every workload was read") }
    return try workload.bindChecked(key.parameters)
  }
  let shared = scenarios.keys.map { key in
    SharedScenario(
      Scenario(workload: bound[key.binding], system: systemList[key.system], precision: key.precision))
  }
  let representatives = plans.firstUses(rows.map(\.plan)).map { shared[rows[$0].scenario] }
  let planned = try parallelMap(representatives) { $0.scenario.plan() }
  return zip(measurements, rows).map { PreparedRow($0, shared[$1.scenario], planned[$1.plan]) }
}

private struct ScenarioKey: Hashable, Sendable {
  let binding: Int
  let system: Int
  let precision: Precision
}

private struct BindingKey: Hashable, Sendable {
  let workload: String
  let parameters: [String: Int64]
}

private struct PlanKey: Hashable, Sendable {
  let binding: Int
  let identity: PlanIdentity
}

/// Numbers keys in the order in which they are first met.
private struct Numbering<Key: Hashable & Sendable> {
  private(set) var keys: [Key] = []
  private var numbers: [Key: Int] = [:]

  mutating func number(of key: Key) -> Int {
    if let known = numbers[key] { return known }
    keys.append(key)
    numbers[key] = keys.count - 1
    return keys.count - 1
  }

  /// For each number the first place at which a list of numbers has it.
  func firstUses(_ numbers: [Int]) -> [Int] {
    var first = Array(repeating: -1, count: keys.count)
    for (place, number) in numbers.enumerated() where first[number] < 0 { first[number] = place }
    return first
  }
}
