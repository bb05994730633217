import Kernels
import Profiles
import Simulation
import Workloads

/// A row with its scenario and plan.
struct PreparedRow: Sendable {
  let measurement: Measurement
  /// The place of the scenario among all different ones: rows that share it differ in nothing that is simulated.
  let place: Int
  private let shared: SharedScenario

  /// What is simulated; rows of the same system and parameters share its memory.
  var scenario: Scenario { shared.scenario }

  /// Its plan.
  var plan: ProgramPlan { shared.plan }

  fileprivate init(_ measurement: Measurement, _ place: Int, _ shared: SharedScenario) {
    self.measurement = measurement
    self.place = place
    self.shared = shared
  }
}

/// A scenario, which is some kilobytes of profile numbers, and its plan, in a place of their own.
private final class SharedScenario: Sendable {
  let scenario: Scenario
  let plan: ProgramPlan

  init(_ scenario: Scenario, _ plan: ProgramPlan) {
    self.scenario = scenario
    self.plan = plan
  }
}

/// Reads each file once, binds each set of parameters once, and makes each plan once, on all cores.
///
/// - Parameters:
///   - measurements: The rows.
///   - source: Where their names are found.
///   - kernelModel: What predicts kernel times.
///   - adjust: Changes a system before it is planned for.
/// - Returns: The rows in order.
/// - Throws: What the source throws, or binding.
/// - Complexity: One plan for each workload with its parameters and ``PlanIdentity``; one scenario for each workload with its
///   parameters, system and precision.
func prepare(
  _ measurements: [Measurement], from source: some ModelSource, kernelModel: KernelModel = .calibrated,
  adjust: (inout System) throws -> Void = { _ in }
) throws -> [PreparedRow] {
  var systems: [String: (number: Int, system: System)] = [:]
  var workloads: [String: Workload] = [:]
  var places: [ScenarioKey: Int] = [:]
  var requests: [Request] = []
  var rows: [Int] = []
  for row in measurements {
    let name = [row.accelerator, row.host ?? "", row.framework, row.layout.rawValue].joined(separator: "\n")
    let (number, system): (Int, System)
    if let known = systems[name] {
      (number, system) = known
    } else {
      let accelerator = try source.accelerator(row.accelerator)
      var made = System(
        accelerator: accelerator, host: try source.host(row.host ?? SystemDefaults.host(of: accelerator)),
        framework: try source.framework(row.framework))
      made.framework.lay(out: row.layout)
      try adjust(&made)
      (number, system) = (systems.count, made)
      systems[name] = (number, system)
    }
    let workload = try workloads[row.workload] ?? source.workload(row.workload)
    workloads[row.workload] = workload
    let known = Set(workload.parameters.map(\.name))
    let parameters = row.parameters.filter { known.contains($0.key) }
    let key = ScenarioKey(workload: row.workload, parameters: parameters, system: number, precision: row.precision)
    let place = places[key] ?? requests.count
    if place == requests.count {
      places[key] = place
      requests.append(Request(workload: workload, parameters: parameters, system: system, precision: row.precision))
    }
    rows.append(place)
  }
  let preparation = Preparation()
  let prepared = try parallelMap(requests) { request in
    let (scenario, plan) = try preparation.prepare(request.workload, request.parameters) {
      Scenario(workload: $0, system: request.system, precision: request.precision, kernelModel: kernelModel)
    }
    return SharedScenario(scenario, plan)
  }
  return zip(measurements, rows).map { PreparedRow($0, $1, prepared[$1]) }
}

/// What is simulated for rows that differ only in what was measured.
private struct Request: Sendable {
  let workload: Workload
  let parameters: [String: Int64]
  let system: System
  let precision: Precision
}

private struct ScenarioKey: Hashable {
  let workload: String
  let parameters: [String: Int64]
  let system: Int
  let precision: Precision
}
