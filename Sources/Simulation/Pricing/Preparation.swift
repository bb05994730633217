import Kernels
import Profiles
import Workloads

/// Bound workloads and plans, each made once and kept, for simulations on any number of cores.
///
/// Binding depends on the workload and its parameters alone, a plan on these and the ``PlanIdentity`` of a system: of one
/// generation of accelerators and the next it is often the same. A core that asks for what another is making waits for it.
package struct Preparation: Sendable {
  private struct BindingKey: Hashable {
    let name: String
    let file: String
    let parameters: [String: Int64]
  }

  private struct PlanKey: Hashable {
    let binding: BindingKey
    let identity: PlanIdentity
  }

  private let bindings: OnceCache<BindingKey, BoundWorkload>
  private let plans: OnceCache<PlanKey, ProgramPlan>

  /// Nothing is kept yet.
  ///
  /// - Parameters:
  ///   - limit: How many plans are kept at most; beyond it all are made anew.
  ///   - bindings: How many bound workloads; nil for as many.
  package init(limit: Int = .max, bindings: Int? = nil) {
    self.bindings = OnceCache(limit: bindings ?? limit)
    plans = OnceCache(limit: limit)
  }

  /// The workload at some parameters.
  ///
  /// - Parameters:
  ///   - workload: The workload.
  ///   - parameters: Values of its parameters; others keep their default.
  /// - Returns: What `Workload.bindChecked(_:)` makes of it.
  /// - Throws: What that throws.
  package func bind(
    _ workload: Workload, _ parameters: [String: Int64] = [:]
  ) throws(WorkloadFault) -> BoundWorkload {
    let binding = BindingKey(name: workload.name, file: workload.file, parameters: parameters)
    return try bindings.value(of: binding) { () throws(WorkloadFault) in try workload.bindChecked(parameters) }
  }

  /// The scenario of a workload at some parameters, and its plan.
  ///
  /// - Parameters:
  ///   - workload: The workload.
  ///   - parameters: Values of its parameters; others keep their default.
  ///   - scenario: Makes the scenario of the bound workload.
  /// - Returns: Both, the plan as ``Scenario/plan()`` makes it.
  /// - Throws: What `Workload.bindChecked(_:)` throws.
  package func prepare(
    _ workload: Workload, _ parameters: [String: Int64] = [:], scenario: (BoundWorkload) -> Scenario
  ) throws(WorkloadFault) -> (scenario: Scenario, plan: ProgramPlan) {
    let binding = BindingKey(name: workload.name, file: workload.file, parameters: parameters)
    var made = scenario(try bind(workload, parameters))
    if !made.system.framework.capturedBatches.isEmpty {
      made.workload = try workload.bindChecked(parameters, for: &made.system.framework)
    }
    return (made, plan(of: made, binding))
  }

  /// The plan of a scenario whose workload is bound already, and told apart from others by its name and parameters.
  package func plan(of scenario: Scenario) -> ProgramPlan {
    let parameters = scenario.workload.parameters.map { ($0.name, $0.value) }
    return plan(
      of: scenario,
      BindingKey(
        name: scenario.workload.name, file: "", parameters: Dictionary(parameters) { first, _ in first }))
  }

  private func plan(of scenario: Scenario, _ binding: BindingKey) -> ProgramPlan {
    let identity = PlanIdentity(
      system: scenario.system, precision: scenario.precision, formats: scenario.formats)
    return plans.value(of: PlanKey(binding: binding, identity: identity)) { scenario.plan() }
  }
}
