import Kernels
import Profiles
import Workloads

/// Everything that a simulation of one pass depends on.
public struct Scenario: Sendable {
  /// The workload, its parameters bound.
  public var workload: BoundWorkload
  /// What it runs on.
  public var system: System
  /// The format of its floating-point tensors.
  public var precision: Precision
  /// The formats of weights and caches; nil where they are that one, too.
  package var formats: TensorFormats?
  /// Which latency is asked for.
  public var latencyKind: LatencyKind
  /// What predicts kernel times.
  public var kernelModel: KernelModel

  /// A scenario.
  public init(
    workload: BoundWorkload, system: System, precision: Precision, latencyKind: LatencyKind = .steadyState,
    kernelModel: KernelModel = .calibrated
  ) {
    self.workload = workload
    self.system = system
    self.precision = precision
    self.latencyKind = latencyKind
    self.kernelModel = kernelModel
  }

  /// What the framework and the sort of device make of the workload.
  package func plan() -> ProgramPlan {
    let target = LoweringTarget(system: system, precision: precision, formats: formats)
    let rules = system.framework.fusionRules(on: system.accelerator?.architecture ?? "")
    let lowered = LoweredProgram(
      workload, target: target, rules: rules, decomposition: system.framework.decomposition,
      inputs: system.framework.inputs, callsModules: system.framework.mode == .eager)
    return ProgramPlan(lowered, mode: system.framework.mode, eagerKinds: system.framework.eagerKinds)
  }

  /// How long the plan's instructions take.
  package func price(_ plan: ProgramPlan) -> CostTable {
    var table = CostTable()
    table.costs = Array(repeating: .zero, count: plan.items.count)
    priceHost(plan, into: &table)
    priceDevice(plan, into: &table)
    return table
  }

  /// Prices what the host spends anew, and leaves kernels and copies as they are.
  package func priceHost(_ plan: ProgramPlan, into table: inout CostTable) {
    table.priceHost(plan, system)
  }

  /// Prices kernels and copies anew, and leaves what the host spends as it is.
  package func priceDevice(_ plan: ProgramPlan, into table: inout CostTable) {
    table.priceDevice(plan, system, model: kernelModel.model(of: system))
  }

  /// Simulates one pass.
  ///
  /// - Throws: ``SimulationFault`` when the simulated time or the number of events is beyond bounds.
  public func simulate(with simulator: Simulator = Simulator()) throws(SimulationFault) -> PassResult {
    let plan = plan()
    return try simulate(plan, price(plan), with: simulator)
  }

  /// Simulates one pass of a plan at given costs.
  package func simulate(
    _ plan: ProgramPlan, _ table: CostTable, with simulator: Simulator = Simulator()
  ) throws(SimulationFault) -> PassResult {
    var timing = try simulator.time(plan, table, latencyKind)
    if var timeline = timing.timeline.take() {
      describe(&timeline, by: plan)
      timing.timeline = timeline
    }
    return PassResult(
      timing: timing, load: PassLoad(plan.counts, table, timing.summary), operatorCount: workload.operatorCount,
      kernelCount: plan.lowered.kernelCount,
      operatorsWithoutRule: plan.lowered.operatorsWithoutRule,
      withoutRuleFraction: plan.lowered.fractionWithoutRule,
      memory: MemoryDemand(plan.lowered.tensors, accelerator: system.accelerator))
  }
}
