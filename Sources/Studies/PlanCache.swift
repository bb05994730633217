import Kernels
import Profiles
import Simulation
import Synchronization
import Workloads

/// Bound workloads and plans that simulations on several cores share.
///
/// Binding depends on the workload and its parameters alone, a plan on these and the ``PlanIdentity`` of a system: of one
/// generation of accelerators and the next it is often the same.
final class PlanCache: Sendable {
  private struct BindingKey: Hashable {
    let workload: String
    let parameters: [String: Int64]
  }

  private struct PlanKey: Hashable {
    let binding: BindingKey
    let identity: PlanIdentity
  }

  private struct Content {
    var bindings: [BindingKey: BoundWorkload] = [:]
    var plans: [PlanKey: ProgramPlan] = [:]
  }

  private let content = Mutex(Content())

  /// The scenario of a workload at some parameters, and its plan.
  ///
  /// Two cores that ask for the same at once may both make it; what they make is the same.
  ///
  /// - Throws: What binding throws.
  func prepared(
    _ workload: Workload, _ parameters: [String: Int64], scenario: (BoundWorkload) -> Scenario
  ) throws(WorkloadFault) -> (scenario: Scenario, plan: ProgramPlan) {
    let binding = BindingKey(workload: workload.name, parameters: parameters)
    let bound: BoundWorkload
    if let known = content.withLock({ $0.bindings[binding] }) {
      bound = known
    } else {
      let made = try workload.bindChecked(parameters)
      content.withLock { $0.bindings[binding] = made }
      bound = made
    }
    let scenario = scenario(bound)
    let key = PlanKey(binding: binding, identity: PlanIdentity(system: scenario.system, precision: scenario.precision))
    if let known = content.withLock({ $0.plans[key] }) { return (scenario, known) }
    let plan = scenario.plan()
    content.withLock { $0.plans[key] = plan }
    return (scenario, plan)
  }
}
