import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// What a sweep says about one point.
public struct SweepResult: Sendable, Equatable, PassSummarized {
  /// What a pass takes.
  public var summary: PassSummary
  /// Whether the tensors fit the device's memory.
  public var fits = true
  /// The share of the memory traffic that rests on no cost rule.
  public var withoutRuleFraction = 0.0
  /// Joules of a pass; nil where the accelerator's profile does not say what things take, or there is none.
  package var joules: Double?

  /// Watts on average; nil where the energy is not known, or a pass takes no time.
  package var watts: Double? { latency > 0 ? joules.map { $0 / latency.seconds } : nil }

  /// A result of tensors that fit, all of them by a rule.
  public init(_ summary: PassSummary) {
    self.summary = summary
  }
}

/// Simulates the points of a plan one after the other and keeps what they share.
///
/// Names and parameters choose a block, and its numbers, where some of them decide what operators are lowered to, one of its
/// plans: of each there is a ``SweepBlock``, which prices what its points share once. A few of them are kept; where there
/// are more, the points of a stretch are visited in an order in which blocks stay together. Results come in the order of
/// the plan.
package struct SweepEvaluator: Sendable {
  /// What tells the kept blocks apart.
  private struct BlockKey: Hashable {
    let block: Int
    /// The place of the plan's identity in ``identities``.
    let identity: Int
  }

  /// What of a point's keys chooses its block.
  private struct PointKeys: Hashable {
    let block: Int
    let plan: Int
  }

  /// The blocks that are kept at most.
  private static let blockLimit = 64
  /// The combinations of keys that are kept at most.
  private static let keyLimit = 16_384
  /// The halves of points that are kept at most, of all blocks together.
  private static let halfLimit = 4096

  private let plan: SweepPlan
  private let preparation: Preparation
  private let layout: SweepLayout
  private var position: SweepLayout.Position

  /// Operators without a cost rule that points had so far.
  private var operatorsWithoutRule: [String] = []

  private var blocks: [SweepBlock] = []
  private var places: [BlockKey: Int] = [:]
  /// The same by the keys of a point, which need no identity.
  private var placesByKeys: [PointKeys: Int] = [:]
  /// The place of the current block, and the keys that it is of; nothing before the first point.
  private var current: (place: Int, keys: PointKeys)?
  /// The identities of plans that points of one block differ in.
  private var identities: [PlanIdentity: Int] = [:]

  /// An evaluator of a plan.
  ///
  /// - Parameters:
  ///   - plan: The plan.
  ///   - preparation: Where bound workloads and plans are kept; nil for where all evaluators of the plan keep them.
  package init(_ plan: SweepPlan, sharing preparation: Preparation? = nil) {
    self.plan = plan
    self.preparation = preparation ?? plan.preparation
    layout = SweepLayout(plan)
    position = SweepLayout.Position(layout)
  }

  /// Simulates a stretch of points.
  ///
  /// - Parameter points: Points of the plan.
  /// - Returns: A result for each, in order.
  /// - Throws: ``SweepFault`` with the point that cannot be simulated.
  /// - Complexity: For each point the different costs that no point before it has had.
  package mutating func results(_ points: Range<Int>) throws(SweepFault) -> [SweepResult] {
    if isInOrder {
      var results: [SweepResult] = []
      results.reserveCapacity(points.count)
      for point in points { results.append(try result(point)) }
      return results
    }
    var results = Array(repeating: SweepResult(.zero), count: points.count)
    let order = points.map { (key: block(of: $0), point: $0) }.sorted { ($0.key, $0.point) < ($1.key, $1.point) }
    for (_, point) in order { results[point - points.lowerBound] = try result(point) }
    return results
  }

  /// Whether the points of a stretch are visited in the order of the plan.
  var isInOrder: Bool { layout.keepsBlocksTogether || layout.counts.block <= Self.blockLimit }

  /// What the results of points do not say by themselves.
  package func notes(of results: [SweepResult]) -> SweepNotes {
    var notes = SweepNotes()
    for result in results { notes.add(result) }
    notes.add(operatorsWithoutRule)
    return notes
  }

  /// Simulates a stretch of points up to the first, in the plan's order, that cannot be simulated.
  ///
  /// - Parameter points: Points of the plan.
  /// - Returns: A result for each point before that one, in order, and why it cannot be simulated.
  package mutating func resultsBeforeFault(_ points: Range<Int>) -> (results: [SweepResult], fault: SweepFault?) {
    if let all = try? results(points) { return (all, nil) }
    // Points may be visited in another order than the plan's, which says what stands before the fault.
    var inOrder = SweepEvaluator(plan, sharing: preparation)
    var results: [SweepResult] = []
    for point in points {
      do throws(SweepFault) { results.append(try inOrder.result(point)) } catch { return (results, error) }
    }
    return (results, nil)
  }

  private mutating func block(of point: Int) -> Int {
    position.move(to: point, layout)
    return position.keys.block
  }

  /// Simulates one point.
  ///
  /// - Throws: ``SweepFault`` where the point cannot be simulated.
  package mutating func result(_ point: Int) throws(SweepFault) -> SweepResult {
    position.move(to: point, layout)
    let place = try blockPlace()
    do { return try blocks[place].result(position) } catch { throw .simulation(error, point: plan.words(point)) }
  }

  // MARK: Blocks

  /// The place of the block that the position lies in.
  private mutating func blockPlace() throws(SweepFault) -> Int {
    let keys = PointKeys(block: position.keys.block, plan: position.keys.plan)
    if let current, current.keys == keys { return current.place }
    let place: Int
    if let known = placesByKeys[keys] { place = known } else { place = try self.place(of: keys) }
    if placesByKeys.count >= Self.keyLimit { placesByKeys = [:] }
    placesByKeys[keys] = place
    current = (place, keys)
    return place
  }

  private mutating func place(of keys: PointKeys) throws(SweepFault) -> Int {
    if let current, current.keys.block == keys.block {
      // Numbers that may change the plan mostly don't.
      let identity = place(of: blocks[current.place].planIdentity(at: position))
      if let known = places[BlockKey(block: keys.block, identity: identity)] { return known }
    }
    return try beginBlock()
  }

  private mutating func place(of identity: PlanIdentity) -> Int {
    if let known = identities[identity] { return known }
    identities[identity] = identities.count
    return identities.count - 1
  }

  /// Goes to the block that the position lies in, which is made where it is not kept.
  private mutating func beginBlock() throws(SweepFault) -> Int {
    let (system, precision) = try system()
    let identity = layout.counts.plan > 1 ? place(of: PlanIdentity(system: system, precision: precision)) : 0
    let key = BlockKey(block: position.keys.block, identity: identity)
    if let known = places[key] { return known }
    let prepared: (scenario: Scenario, plan: ProgramPlan)
    do {
      prepared = try preparation.prepare(choice(.workload, plan.choices.workloads), parameters()) {
        Scenario(
          workload: $0, system: system, precision: precision, latencyKind: plan.latencyKind,
          kernelModel: plan.kernelModel)
      }
    } catch { throw .workload(error) }
    for name in prepared.plan.lowered.operatorsWithoutRule where !operatorsWithoutRule.contains(name) {
      operatorsWithoutRule.append(name)
    }
    if blocks.count >= Self.blockLimit {
      blocks = []
      places = [:]
      placesByKeys = [:]
    }
    let capacity = Self.halfLimit / min(Self.blockLimit, max(1, layout.counts.block))
    blocks.append(SweepBlock(prepared, at: position.digits, layout, capacity: capacity))
    places[key] = blocks.count - 1
    return blocks.count - 1
  }

  /// What the position chooses of several.
  private func choice<Element>(_ subject: SweepAxis.Subject, _ elements: [Element]) -> Element {
    guard elements.count > 1, let axis = plan.axes.firstIndex(where: { $0.subject == subject }) else {
      return elements[0]
    }
    return elements[position.digits[axis]]
  }

  /// The system of the position, and the precision.
  private func system() throws(SweepFault) -> (System, Precision) {
    var system = System(
      accelerator: choice(.accelerator, plan.choices.accelerators), host: choice(plan.hostAxis, plan.choices.hosts),
      framework: choice(.framework, plan.choices.frameworks))
    do throws(OverrideFault) {
      for (path, value) in plan.overrides { try system.set(path, to: value) }
    } catch { throw .override(error) }
    for axis in layout.numberAxes { axis.number.set(axis.values[position.digits[axis.index]], in: &system) }
    return (system, choice(.precision, plan.choices.precisions) ?? (system.accelerator == nil ? .fp32 : .fp16))
  }

  /// The values of the workload's parameters at the position.
  private func parameters() -> [String: Int64] {
    var values = plan.parameters
    for (axis, definition) in plan.axes.enumerated() {
      if case .parameter(let name) = definition.subject,
        case .number(let value) = definition.values[position.digits[axis]]
      {
        values[name] = Int64(value)
      }
    }
    return values
  }
}
