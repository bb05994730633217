import JSONText
import Kernels
import Profiles
import Roofline

/// How the latency follows one profile number: one percent more of the number changes the latency by `elasticity`
/// percent.
public struct Sensitivity: Sendable, Equatable {
  /// The number's path: `accelerator.memory.bandwidth_gb_per_s`.
  public let path: String
  /// The relative change of the latency for a small relative increase of the number.
  public let elasticity: Double
  /// The same for a small decrease: another one where the latency has a kink, since another path is as long as the
  /// critical one or a kernel waits for arithmetic as long as for memory.
  public let elasticityOfLess: Double

  /// Whether less of the number does not undo what more of it does.
  public var isKink: Bool {
    abs(elasticity - elasticityOfLess) > 0.05 * max(abs(elasticity), abs(elasticityOfLess), 0.005)
  }

  /// The larger of the two.
  var strength: Double { max(abs(elasticity), abs(elasticityOfLess)) }
}

extension Scenario {
  /// The elasticity of the latency to every profile number that it depends on, the strongest first.
  ///
  /// The critical path is a sum of costs, so the derivative of the latency is the sum of the derivatives of the costs
  /// on it. The clocks that carry a breakdown in the lanes of their accounts carry the derivatives of the costs to as many
  /// numbers just as well: a run answers for all of them, whatever the program. A cost's own derivative is taken by pricing
  /// the plan with the number a little larger, and for the other side a little smaller. Where two paths are of one
  /// length, the one that grows more decides to the right, and the one that grows less to the left (`TieRule`).
  ///
  /// Of a number of things, such as compute units, the small step is one thing. A threshold has no slope.
  ///
  /// Numbers of a half of the costs, the host's or the device's, that no critical path has anything of are not priced: a pass
  /// that the host alone sets needs no kernel time for them.
  ///
  /// - Parameters:
  ///   - plan: The plan of this scenario.
  ///   - costs: Its costs, where the caller has them.
  ///   - simulator: Runs it.
  ///   - step: The relative step of the differences.
  /// - Returns: The numbers that the latency depends on.
  /// - Throws: `SimulationFault` when a run does not end.
  /// - Complexity: One pricing of each cost and two of what it has of each number (`CostDifferences`), of the half of the costs
  ///   that the critical path has anything of; two runs for every ``Account/laneCount`` numbers that matter, and one to see
  ///   which may.
  package func sensitivities(
    _ plan: ProgramPlan, _ costs: CostTable? = nil, with simulator: Simulator = Simulator(), step: Double = 5e-4
  ) throws(SimulationFault) -> [Sensitivity] {
    let base = costs ?? price(plan)
    let (latency, spent) = try halves(plan, base, simulator)
    guard latency > 0 else { return [] }
    let tangents = tangents(plan, base, system.numbers, step, isOneSided: false, in: spent)
    let rises = try accounts(plan, base, tangents.map(\.rise), simulator, .greatest)
    let falls = try accounts(plan, base, tangents.map(\.fall), simulator, .least)
    return tangents.indices.compactMap { index in
      guard rises[index] != 0 || falls[index] != 0 else { return nil }
      let scale = tangents[index].step * Double(latency.count)
      return Sensitivity(
        path: tangents[index].path, elasticity: Double(rises[index]) / scale,
        elasticityOfLess: Double(falls[index]) / scale)
    }.sorted { ($1.strength, $0.path) < ($0.strength, $1.path) }
  }

  /// What a small increase of each number changes the latency by, for the numbers that the critical path has anything of.
  ///
  /// Half of ``sensitivities(_:with:step:)``: a small decrease is taken to undo it.
  ///
  /// - Parameters:
  ///   - plan: The plan of this scenario.
  ///   - base: Its costs.
  ///   - timing: What a pass takes.
  ///   - simulator: Runs it.
  ///   - step: The relative step of the differences.
  /// - Returns: The numbers that the latency depends on, the strongest first; nil where finding out would take a multiple
  ///   of the pass's own simulation, as it would of a long program without a closed form.
  /// - Throws: `SimulationFault` when a run does not end.
  /// - Complexity: One pricing of each cost and one of what it has of each number, and a run for every ``Account/laneCount``
  ///   that matter.
  package func influences(
    _ plan: ProgramPlan, _ base: CostTable, _ timing: PassTiming, with simulator: Simulator = Simulator(),
    step: Double = 5e-4
  ) throws(SimulationFault) -> [Sensitivity]? {
    guard timing.latency > 0 else { return [] }
    guard simulator.isShort(plan, base, timing, latencyKind) else { return nil }
    func isSpent(_ categories: [CostCategory]) -> Bool { categories.contains { timing.time(in: $0) != 0 } }
    var spent: NumberEffect = []
    if isSpent([.dispatch, .launch, .kernelGap, .synchronization]) { spent.insert(.host) }
    if isSpent([.compute, .memory, .copy, .kernelOverhead, .communication]) { spent.insert(.device) }
    let numbers = system.numbers.filter { !$0.affects(isHostOnly: plan.isHostOnly).isDisjoint(with: spent) }
    let tangents = tangents(plan, base, numbers, step, isOneSided: true, in: [.host, .device])
    let rises = try accounts(plan, base, tangents.map(\.rise), simulator, .greatest)
    return tangents.indices.compactMap { index in
      guard rises[index] != 0 else { return nil }
      let elasticity = Double(rises[index]) / (tangents[index].step * Double(timing.latency.count))
      return Sensitivity(path: tangents[index].path, elasticity: elasticity, elasticityOfLess: elasticity)
    }.sorted { ($1.strength, $0.path) < ($0.strength, $1.path) }
  }

  /// Which halves of the costs the critical path has anything of, or one that is just as long.
  ///
  /// Where two paths meet at one moment, each lane keeps the larger number, so that of all paths of that length a lane has
  /// the one with most of its half. A cost counts a million, which no mean over passes rounds to nothing.
  ///
  /// - Returns: The latency, which such a run finds as well, and the halves.
  private func halves(
    _ plan: ProgramPlan, _ base: CostTable, _ simulator: Simulator
  ) throws(SimulationFault) -> (latency: Picoseconds, halves: NumberEffect) {
    let isOfDevice = plan.items.map(\.isOfDevice) + LaunchCosts().all.map { _ in false }
    let found = try timing(
      plan, base, [isOfDevice.map { $0 ? 0 : 1 << 20 }, isOfDevice.map { $0 ? 1 << 20 : 0 }], simulator, .greatest)
    var halves: NumberEffect = []
    if found.account[0] > 0 { halves.insert(.host) }
    if found.account[1] > 0 { halves.insert(.device) }
    return (found.latency, halves)
  }

  /// What differences of all costs come to along the critical path, one for each lane in a run.
  private func accounts(
    _ plan: ProgramPlan, _ base: CostTable, _ differences: [[Int64]], _ simulator: Simulator, _ ties: TieRule
  ) throws(SimulationFault) -> [Int64] {
    var sums: [Int64] = []
    for start in stride(from: 0, to: differences.count, by: Account.laneCount) {
      let group = differences[start..<min(start + Account.laneCount, differences.count)]
      let account = try timing(plan, base, group, simulator, ties).account
      sums += group.indices.map { account[$0 - start] }
    }
    return sums
  }

  /// A run whose clocks carry differences of all costs, one in each lane; empty ones are of nothing.
  private func timing(
    _ plan: ProgramPlan, _ base: CostTable, _ differences: some Sequence<[Int64]>, _ simulator: Simulator,
    _ ties: TieRule
  ) throws(SimulationFault) -> PassTiming {
    var simulator = simulator
    simulator.ties = ties
    simulator.recordsTimeline = false
    let lanes = differences.enumerated().filter { !$0.element.isEmpty }
    var table = base
    table.replaceAccounts { cost in
      var account = Account.zero
      for (lane, difference) in lanes { account[lane] = difference[cost] }
      return account
    }
    return try simulator.time(plan, table, latencyKind)
  }

  /// How every cost changes with each of some numbers; without those that nothing changes with, and those that are zero or a
  /// threshold.
  ///
  /// - Parameters:
  ///   - plan: The plan of this scenario.
  ///   - base: Its costs.
  ///   - numbers: The numbers.
  ///   - step: By what share they change.
  ///   - isOneSided: Whether a smaller value is priced only where a larger one leaves the number's range.
  ///   - halves: Of which costs the changes matter.
  /// - Returns: The changes, and what step they are for.
  private func tangents(
    _ plan: ProgramPlan, _ base: CostTable, _ numbers: [SystemNumber], _ step: Double, isOneSided: Bool,
    in halves: NumberEffect
  ) -> [Tangent] {
    var changes: [CostDifferences.Change] = []
    /// The place of a change among all; nil where it leaves the range of the number.
    func place(of number: SystemNumber, at value: Double, _ affected: NumberEffect) -> Int? {
      guard number.range.contains(value) else { return nil }
      changes.append(CostDifferences.Change(number: number, value: value, affected: affected))
      return changes.count - 1
    }
    let steps = numbers.compactMap { number -> (path: String, change: Double, above: Int?, below: Int?)? in
      let affected = number.affects(isHostOnly: plan.isHostOnly).intersection(halves)
      guard !affected.isEmpty, number.domain.kind != .threshold, let value = number.value(in: system), value != 0
      else { return nil }
      // Of things there is no fraction: one more and one fewer.
      let isCount = number.domain.kind == .count
      let change = isCount ? 1 / value : step
      let above = place(of: number, at: isCount ? value + 1 : value * (1 + change), affected)
      let needsBelow = !isOneSided || above == nil
      let below = needsBelow ? place(of: number, at: isCount ? value - 1 : value * (1 - change), affected) : nil
      return above == nil && below == nil ? nil : (number.path, change, above, below)
    }
    let found = CostDifferences(of: changes, self, plan, base)
    return steps.compactMap { path, change, above, below in
      let more = above.map { found.differences[$0] }
      let less = below.map { found.differences[$0].map { -$0 } }
      guard let rise = more ?? less, let fall = less ?? more, !rise.isEmpty || !fall.isEmpty else { return nil }
      return Tangent(path: path, step: change, rise: rise, fall: fall)
    }
  }
}

/// How every cost changes with one number, to either side; where the number's range ends, as to the other side.
///
/// Nothing where no cost changes.
private struct Tangent {
  let path: String
  let step: Double
  let rise: [Int64]
  let fall: [Int64]
}
