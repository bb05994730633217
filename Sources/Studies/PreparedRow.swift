import Kernels
import Profiles
import Simulation
import Workloads

/// A row with its scenario and plan.
struct PreparedRow: Sendable {
  let measurement: Measurement
  let scenario: Scenario
  let plan: ProgramPlan
}

/// Reads each file once, binds each set of parameters once, and makes each plan once, on all cores.
///
/// - Parameters:
///   - measurements: The rows.
///   - source: Where their names are found.
///   - adjust: Changes a system before it is planned for.
/// - Returns: The rows in order.
/// - Throws: What the source throws, or binding.
/// - Complexity: One plan for each workload with its parameters and ``PlanIdentity``.
func prepare(
  _ measurements: [Measurement], from source: some ModelSource, adjust: (inout System) throws -> Void = { _ in }
) throws -> [PreparedRow] {
  var systems: [String: System] = [:]
  var workloads: [String: Workload] = [:]
  var bindings = Numbering<BindingKey>()
  var plans = Numbering<PlanKey>()
  var rows: [(binding: Int, plan: Int, system: System)] = []
  for row in measurements {
    let name = [row.accelerator, row.host ?? "", row.framework].joined(separator: "\n")
    if systems[name] == nil {
      var system = System(
        accelerator: try source.accelerator(row.accelerator), host: try source.host(row.host ?? "reference"),
        framework: try source.framework(row.framework))
      try adjust(&system)
      systems[name] = system
    }
    if workloads[row.workload] == nil { workloads[row.workload] = try source.workload(row.workload) }
    guard let system = systems[name], let workload = workloads[row.workload] else {
      preconditionFailure("both were just read")
    }
    let known = Set(workload.parameters.map(\.name))
    let binding = bindings.number(
      of: BindingKey(workload: row.workload, parameters: row.parameters.filter { known.contains($0.key) }))
    let identity = PlanIdentity(system: system, precision: row.precision)
    rows.append((binding, plans.number(of: PlanKey(binding: binding, identity: identity)), system))
  }
  let files = workloads
  let bound = try parallelMap(bindings.keys) { key in
    guard let workload = files[key.workload] else { preconditionFailure("every workload was read") }
    return try workload.bindChecked(key.parameters)
  }
  let scenarios = zip(measurements, rows).map { row, prepared in
    Scenario(workload: bound[prepared.binding], system: prepared.system, precision: row.precision)
  }
  let representatives = plans.firstUses(rows.map(\.plan)).map { scenarios[$0] }
  let planned = try parallelMap(representatives) { $0.plan() }
  return zip(measurements, zip(scenarios, rows)).map { row, prepared in
    PreparedRow(measurement: row, scenario: prepared.0, plan: planned[prepared.1.plan])
  }
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
