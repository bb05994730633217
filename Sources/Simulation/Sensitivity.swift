import EventEngine
import Kernels
import Profiles

/// How the latency follows one profile number: one percent more of the number changes the latency by `elasticity`
/// percent.
public struct Sensitivity: Sendable, Equatable {
  /// The number's path: `accelerator.memory.bandwidth_gb_per_s`.
  public let path: String
  /// The relative change of the latency for a small relative change of the number, to either side where the latency is
  /// smooth.
  public let elasticity: Double
}

extension Scenario {
  /// The elasticity of the latency to every profile number that it depends on, the strongest first.
  ///
  /// The critical path is a sum of costs, so the derivative of the latency is the sum of the derivatives of the costs
  /// on it. The clocks that carry a breakdown in their eight lanes carry the derivatives of the costs to eight numbers
  /// just as well: a run answers for eight numbers, whatever the program. A cost's own derivative is taken by pricing
  /// the plan with the number a little larger and a little smaller.
  ///
  /// - Parameters:
  ///   - plan: The plan of this scenario.
  ///   - simulator: Runs it.
  ///   - step: The relative step of the differences.
  /// - Returns: The numbers that the latency depends on.
  /// - Throws: `SimulationFault` when a run does not end.
  /// - Complexity: Two pricings for each number that is not zero, and a run for every eight that matter.
  public func sensitivities(
    _ plan: ProgramPlan, with simulator: Simulator = Simulator(), step: Double = 1e-4
  ) throws(SimulationFault) -> [Sensitivity] {
    let base = price(plan)
    let timing = try simulator.time(plan.program, base, latencyKind)
    guard timing.latency > 0 else { return [] }
    var tangents: [(path: String, table: [Int64])] = []
    for path in system.numberPaths {
      guard let value = system.number(at: path), value != 0, path != "accelerator.launch.queue_depth" else { continue }
      guard let above = priced(plan, path, value * (1 + step)), let below = priced(plan, path, value * (1 - step))
      else { continue }
      let differences = zip(above.allCosts, below.allCosts).map { ($0.duration - $1.duration) }
      if differences.contains(where: { $0 != 0 }) { tangents.append((path, differences)) }
    }
    var sensitivities: [Sensitivity] = []
    for start in stride(from: 0, to: tangents.count, by: 8) {
      let group = tangents[start..<min(start + 8, tangents.count)]
      var table = base
      table.replaceAccounts { cost in
        var account = Account.zero
        for (lane, tangent) in group.enumerated() { account[lane] = tangent.table[cost] }
        return account
      }
      let account = try simulator.time(plan.program, table, latencyKind).account
      for (lane, tangent) in group.enumerated() where account[lane] != 0 {
        let elasticity = Double(account[lane]) / (2 * step) / Double(timing.latency)
        sensitivities.append(Sensitivity(path: tangent.path, elasticity: elasticity))
      }
    }
    return sensitivities.sorted {
      (abs($1.elasticity), $0.path) < (abs($0.elasticity), $1.path)
    }
  }

  /// The costs with one number changed, or nil where the change leaves the range of the number.
  private func priced(_ plan: ProgramPlan, _ path: String, _ value: Double) -> CostTable? {
    var changed = self
    do { try changed.system.set(path, to: value) } catch { return nil }
    return changed.price(plan)
  }
}

extension CostTable {
  /// Every cost, in one order.
  var allCosts: [Cost] {
    costs + [launchCall, launchLatency, kernelGap, graphCall, graphLatency, graphKernelGap, synchronization, pass]
  }

  /// Gives every cost an account of another meaning, by its index in ``allCosts``.
  mutating func replaceAccounts(_ account: (Int) -> Account) {
    for index in costs.indices { costs[index].account = account(index) }
    let rest: [WritableKeyPath<CostTable, Cost>] = [
      \.launchCall, \.launchLatency, \.kernelGap, \.graphCall, \.graphLatency, \.graphKernelGap, \.synchronization,
      \.pass,
    ]
    for (offset, path) in rest.enumerated() { self[keyPath: path].account = account(costs.count + offset) }
  }
}
