import Kernels
import Profiles
import Roofline

/// Simulates one plan on many systems that differ in numbers only.
///
/// A pricer keeps the costs and sums of the last system. Whoever changes it says which half of the costs is affected;
/// the other half stays. Where the closed form applies, a point costs the sums over the half that changed, and nothing is
/// allocated.
package struct PassPricer: Sendable {
  /// What is simulated.
  package private(set) var scenario: Scenario
  /// What the framework makes of the workload.
  package let plan: ProgramPlan
  private let simulator: Simulator
  private var table: CostTable
  private var sums: PassSums?

  /// Prices a scenario.
  package init(_ scenario: Scenario, _ plan: ProgramPlan, with simulator: Simulator = Simulator()) {
    self.scenario = scenario
    self.plan = plan
    self.simulator = simulator
    table = scenario.price(plan)
    sums = PassSums(plan.counts, table)
  }

  /// Changes a number; once all are changed, say what they affect with ``update(_:)``.
  ///
  /// - Parameters:
  ///   - number: Which number.
  ///   - value: Its value, in its range.
  package mutating func set(_ number: SystemNumber, to value: Double) {
    number.set(value, in: &scenario.system)
  }

  /// Prices again what a change of the scenario's numbers affects.
  ///
  /// - Complexity: O(different costs), with a kernel time for each different kernel if the device is affected.
  package mutating func update(_ affected: NumberEffect) {
    if affected.contains(.host) {
      scenario.priceHost(plan, into: &table)
      if let host = PassSums.host(plan.counts, table) { sums?.host = host } else { sums = nil }
    }
    if affected.contains(.device) {
      scenario.priceDevice(plan, into: &table)
      if let device = PassSums.device(plan.counts, table) {
        sums?.device = device.cost
        sums?.busy = device.busy
      } else {
        sums = nil
      }
    }
    if sums == nil { sums = PassSums(plan.counts, table) }
  }

  /// Prices some kernels anew that have other sizes than the plan's: of a pass that differs from it in nothing else.
  ///
  /// - Parameter kernels: Each by the index of its cost.
  /// - Complexity: O(different costs), with a kernel time for each.
  package mutating func replace(_ kernels: [(item: Int, kernel: Kernel)]) {
    let model = scenario.kernelModel.model(of: scenario.system)
    let pricing = KernelPricing(plan, scenario.system)
    for (item, kernel) in kernels { table.costs[item] = pricing.cost(of: model.time(of: kernel)) }
    if let device = PassSums.device(plan.counts, table) {
      sums?.device = device.cost
      sums?.busy = device.busy
    } else {
      sums = nil
    }
  }

  /// What one pass takes.
  ///
  /// - Throws: ``SimulationFault`` when the simulated time or the number of events is beyond bounds.
  /// - Complexity: O(1) where the closed form applies, else that of ``Simulator/time(_:_:_:counts:)``.
  package func time() throws(SimulationFault) -> PassTiming {
    if scenario.latencyKind == .steadyState, let sums, isSurelyShort(sums),
      let timing = SteadyState.time(plan.counts, sums, table)
    {
      return timing
    }
    return try simulator.time(plan, table, scenario.latencyKind)
  }

  /// Whether the tensors of a pass fit the device's memory; a processor-only system's are taken to.
  package var fits: Bool {
    guard let capacity = scenario.system.accelerator?.memory.capacityGB else { return true }
    return plan.lowered.tensors.total <= capacity * 1e9
  }

  /// What the host and the device each take for a pass if neither waits for the other, see ``CostTable/load(of:)``.
  package var load: (host: Picoseconds, device: Picoseconds) { table.load(of: plan.counts) }

  /// Whether a generous bound on the length of every run of the plan lies within the clock; else it is added up.
  private func isSurelyShort(_ sums: PassSums) -> Bool {
    let jobs = plan.counts.launches + 2 * plan.counts.graphs + plan.counts.nodeGaps
    let pass =
      Double(sums.host.duration.count) + Double(sums.device.duration.count) + Double(sums.busy.count) + jobs
      * table.launch.boundOfJob
    return pass < 0x1p48 && plan.counts.instructions < 1e6
  }
}
