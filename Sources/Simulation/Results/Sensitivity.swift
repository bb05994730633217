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
  /// - Parameters:
  ///   - plan: The plan of this scenario.
  ///   - simulator: Runs it.
  ///   - step: The relative step of the differences.
  /// - Returns: The numbers that the latency depends on.
  /// - Throws: `SimulationFault` when a run does not end.
  /// - Complexity: Two pricings for each number that is not zero, and two runs for every ``Account/laneCount`` that matter.
  package func sensitivities(
    _ plan: ProgramPlan, with simulator: Simulator = Simulator(), step: Double = 5e-4
  ) throws(SimulationFault) -> [Sensitivity] {
    let base = price(plan)
    let latency = try simulator.time(plan, base, latencyKind).latency
    guard latency > 0 else { return [] }
    let tangents = system.numbers.compactMap { tangent(plan, base, $0, step, isOneSided: false) }
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
  /// - Complexity: One pricing of the host's or the device's half for each number, and a run for every
  ///   ``Account/laneCount`` that matter.
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
    let tangents = system.numbers.filter { !$0.affects(isHostOnly: plan.isHostOnly).isDisjoint(with: spent) }
      .compactMap { tangent(plan, base, $0, step, isOneSided: true) }
    let rises = try accounts(plan, base, tangents.map(\.rise), simulator, .greatest)
    return tangents.indices.compactMap { index in
      guard rises[index] != 0 else { return nil }
      let elasticity = Double(rises[index]) / (tangents[index].step * Double(timing.latency.count))
      return Sensitivity(path: tangents[index].path, elasticity: elasticity, elasticityOfLess: elasticity)
    }.sorted { ($1.strength, $0.path) < ($0.strength, $1.path) }
  }

  /// How the costs change with a number; nil where they do not, or where it is zero or a threshold.
  ///
  /// One-sided, the smaller value is priced only where a larger one leaves the number's range.
  private func tangent(
    _ plan: ProgramPlan, _ base: CostTable, _ number: SystemNumber, _ step: Double, isOneSided: Bool
  ) -> Tangent? {
    guard number.domain.kind != .threshold, let value = number.value(in: system), value != 0 else { return nil }
    // Of things there is no fraction: one more and one fewer.
    let isCount = number.domain.kind == .count
    let change = isCount ? 1 / value : step
    let above = priced(plan, base, number, isCount ? value + 1 : value * (1 + change))
    let needsBelow = !isOneSided || above == nil
    let below = needsBelow ? priced(plan, base, number, isCount ? value - 1 : value * (1 - change)) : nil
    guard above != nil || below != nil else { return nil }
    let tangent = Tangent(number.path, change, base, above, below)
    return tangent.isZero ? nil : tangent
  }

  /// What differences of all costs come to along the critical path, one for each lane in a run.
  private func accounts(
    _ plan: ProgramPlan, _ base: CostTable, _ differences: [[Int64]], _ simulator: Simulator, _ ties: TieRule
  ) throws(SimulationFault) -> [Int64] {
    var simulator = simulator
    simulator.ties = ties
    simulator.recordsTimeline = false
    var sums: [Int64] = []
    for start in stride(from: 0, to: differences.count, by: Account.laneCount) {
      let group = differences[start..<min(start + Account.laneCount, differences.count)]
      var table = base
      table.replaceAccounts { cost in
        var account = Account.zero
        for (lane, difference) in group.enumerated() { account[lane] = difference[cost] }
        return account
      }
      let account = try simulator.time(plan, table, latencyKind).account
      sums += group.indices.map { account[$0 - start] }
    }
    return sums
  }

  /// How every cost changes with one number, to either side; where the number's range ends, as to the other side.
  private struct Tangent {
    let path: String
    let step: Double
    let rise: [Int64]
    let fall: [Int64]

    /// The costs with the number larger and smaller, of which one at least is there.
    init(_ path: String, _ step: Double, _ base: CostTable, _ above: CostTable?, _ below: CostTable?) {
      self.path = path
      self.step = step
      func differences(_ high: CostTable, _ low: CostTable) -> [Int64] {
        zip(high.allCosts, low.allCosts).map { ($0.duration - $1.duration).count }
      }
      rise = differences(above ?? base, above == nil ? below ?? base : base)
      fall = differences(below == nil ? above ?? base : base, below ?? base)
    }

    var isZero: Bool { rise.allSatisfy { $0 == 0 } && fall.allSatisfy { $0 == 0 } }
  }

  /// The costs with one number changed, those that do not follow it as they are; nil where the change leaves the range of
  /// the number.
  private func priced(
    _ plan: ProgramPlan, _ base: CostTable, _ number: SystemNumber, _ value: Double
  ) -> CostTable? {
    guard number.range.contains(value) else { return nil }
    var changed = self
    number.set(value, in: &changed.system)
    var table = base
    let affected = number.affects(isHostOnly: plan.isHostOnly)
    if affected.contains(.host) { changed.priceHost(plan, into: &table) }
    if affected.contains(.device) { changed.priceDevice(plan, into: &table) }
    return table
  }
}
