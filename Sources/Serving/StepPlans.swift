import Profiles
import Simulation
import Workloads

/// The plans of a served decoder's steps, each made once and kept, for simulations on any number of cores.
///
/// Planning a step takes a hundred times as long as pricing it, and plans follow few numbers (`NumberEffect.plan`). So runs
/// that differ in their load alone, or in numbers that no plan follows, are given the same plans; whoever gives them to
/// several decoders (``ServedDecoder/plans``) says that they differ in nothing else.
package struct StepPlans: Sendable {
  private let known = OnceCache<EngineStep, (workload: BoundWorkload, plan: ProgramPlan)>()

  /// Nothing is kept yet.
  package init() {}

  /// The operators of a step and their plan, which are made where they are not known.
  func value(
    of step: EngineStep, make: () throws(WorkloadFault) -> Scenario
  ) throws(WorkloadFault) -> (workload: BoundWorkload, plan: ProgramPlan) {
    try known.value(of: step) { () throws(WorkloadFault) in
      let scenario = try make()
      return (scenario.workload, scenario.plan())
    }
  }
}

extension ServedDecoder {
  /// A step as a scenario, and its plan.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - latencyKind: Which latency is asked for.
  /// - Returns: The scenario, and what ``Scenario/plan()`` makes of it.
  /// - Throws: What is wrong with the engine's file for such a decoder.
  package func prepared(
    _ step: EngineStep, _ latencyKind: LatencyKind
  ) throws(WorkloadFault) -> (scenario: Scenario, plan: ProgramPlan) {
    guard let plans else {
      let made = try scenario(step, latencyKind)
      return (made, made.plan())
    }
    let known = try plans.value(of: step) { () throws(WorkloadFault) in try scenario(step, latencyKind) }
    var shared = Scenario(
      workload: known.workload, system: runner(of: step).system, precision: formats.activations,
      latencyKind: latencyKind, kernelModel: kernelModel)
    shared.formats = formats
    return (shared, known.plan)
  }
}
