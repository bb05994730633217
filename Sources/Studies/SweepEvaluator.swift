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

/// Simulates the points of a plan one after the other and keeps what the next point shares with the last.
///
/// Names and parameters choose a block: a workload, bound, on one set of profiles. Within a block only numbers differ,
/// and a `PassPricer` prices the half of the costs that they affect. Points of a stretch are visited in an order in which
/// blocks stay together, and within a block, points of one device: whatever the order of the axes, a kernel is priced
/// once for each device of the stretch. Results come in the order of the plan.
package struct SweepEvaluator: Sendable {
  private let plan: SweepPlan
  /// For each axis whether it chooses the block, and else which costs its number affects.
  private let numbers: [SystemNumber?]
  private let blockAxes: [Int]
  private let deviceAxes: [Int]
  private let hostAxes: [Int]

  /// Operators without a cost rule that points had so far.
  private var operatorsWithoutRule: [String] = []

  /// The pricer of the current block; none before the first.
  ///
  /// It is in an array, where it is changed in place: an optional of so large a value is moved out and back every time.
  private var pricers: [PassPricer] = []
  private var current: [Int]
  /// What the current device's kernels take of energy, which no number of the host changes.
  private var energy: DeviceEnergy?
  /// The bound workloads and plans of the last blocks.
  private let preparation = Preparation(limit: 256)

  /// An evaluator of a plan.
  package init(_ plan: SweepPlan) {
    self.plan = plan
    numbers = plan.axes.map { axis in
      if case .number(let path) = axis.subject { return SystemNumber(path: path) }
      return nil
    }
    let isHostOnly = plan.choices.accelerators.contains { $0 == nil }
    var (block, device, host): ([Int], [Int], [Int]) = ([], [], [])
    var changesPlan = false
    for (index, number) in numbers.enumerated() {
      guard let number else {
        block.append(index)
        continue
      }
      let affects = number.affects(isHostOnly: isHostOnly)
      if affects.contains(.plan) { changesPlan = true }
      if affects.contains(.device) { device.append(index) } else { host.append(index) }
    }
    (blockAxes, deviceAxes, hostAxes) = (block, device, host)
    self.changesPlan = changesPlan
    current = Array(repeating: -1, count: plan.axes.count)
  }

  /// Simulates a stretch of points.
  ///
  /// - Parameter points: Points of the plan.
  /// - Returns: A result for each, in order.
  /// - Throws: ``SweepFault`` with the point that cannot be simulated.
  /// - Complexity: For each point the different costs that it does not share with the point before.
  package mutating func results(_ points: Range<Int>) throws(SweepFault) -> [SweepResult] {
    var results = Array(repeating: SweepResult(.zero), count: points.count)
    if isInOrder {
      for point in points { results[point - points.lowerBound] = try result(point) }
      return results
    }
    let order = points.map { (key: sortingKey($0), point: $0) }.sorted { ($0.key, $0.point) < ($1.key, $1.point) }
    for (_, point) in order { results[point - points.lowerBound] = try result(point) }
    return results
  }

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
    // Points are visited in another order than the plan's, which says what stands before the fault.
    var inOrder = SweepEvaluator(plan)
    var results: [SweepResult] = []
    for point in points {
      do throws(SweepFault) { results.append(try inOrder.result(point)) } catch { return (results, error) }
    }
    return (results, nil)
  }

  /// Whether the plan's own order keeps blocks and devices together.
  private var isInOrder: Bool {
    let ranks = plan.axes.indices.map { blockAxes.contains($0) ? 0 : deviceAxes.contains($0) ? 1 : 2 }
    return zip(ranks, ranks.dropFirst()).allSatisfy { $0 <= $1 }
  }

  private func sortingKey(_ point: Int) -> Int {
    (blockAxes + deviceAxes).reduce(0) { $0 * plan.axes[$1].values.count + plan.digit($1, of: point) }
  }

  /// Simulates one point.
  ///
  /// - Throws: ``SweepFault`` where the point cannot be simulated.
  package mutating func result(_ point: Int) throws(SweepFault) -> SweepResult {
    if pricers.isEmpty || hasChanged(blockAxes, point) {
      try beginBlock(point)
    } else {
      if hasChanged(deviceAxes, point) {
        write(deviceAxes, point)
        try updateDevice(point)
      }
      if hasChanged(hostAxes, point) {
        write(hostAxes, point)
        pricers[0].update(.host)
      }
    }
    do {
      var result = try pricers[0].result()
      if let energy { result.joules = energy.joules(in: result.latency.seconds) }
      return result
    } catch {
      throw .simulation(error, point: plan.words(point))
    }
  }

  private func hasChanged(_ axes: [Int], _ point: Int) -> Bool {
    for axis in axes where current[axis] != plan.digit(axis, of: point) { return true }
    return false
  }

  /// Writes a point's values of some axes into the system.
  private mutating func write(_ axes: [Int], _ point: Int) {
    for axis in axes {
      let digit = plan.digit(axis, of: point)
      guard current[axis] != digit else { continue }
      current[axis] = digit
      if case .number(let value) = plan.axes[axis].values[digit], let number = numbers[axis] {
        pricers[0].set(number, to: value)
      }
    }
  }

  /// The device's numbers have changed: mostly its times alone, seldom also what it is planned for.
  private mutating func updateDevice(_ point: Int) throws(SweepFault) {
    if changesPlan {
      let scenario = pricers[0].scenario
      let identity = PlanIdentity(system: scenario.system, precision: scenario.precision)
      guard identity == blockIdentity else { return try beginBlock(point) }
    }
    pricers[0].update([.host, .device])
    updateEnergy()
  }

  private mutating func updateEnergy() {
    energy = DeviceEnergy(pricers[0].plan.lowered, on: pricers[0].scenario.system.accelerator)
  }

  /// Whether a number that varies decides what operators are lowered to.
  private let changesPlan: Bool
  private var blockIdentity: PlanIdentity?

  /// Makes everything anew for the block that a point lies in.
  private mutating func beginBlock(_ point: Int) throws(SweepFault) {
    func choice<Element>(_ subject: SweepAxis.Subject, _ elements: [Element]) -> Element {
      guard elements.count > 1, let axis = plan.axes.firstIndex(where: { $0.subject == subject }) else {
        return elements[0]
      }
      return elements[plan.digit(axis, of: point)]
    }
    var system = System(
      accelerator: choice(.accelerator, plan.choices.accelerators), host: choice(plan.hostAxis, plan.choices.hosts),
      framework: choice(.framework, plan.choices.frameworks))
    do throws(OverrideFault) {
      for (path, value) in plan.overrides { try system.set(path, to: value) }
    } catch { throw .override(error) }
    for axis in plan.axes.indices {
      let digit = plan.digit(axis, of: point)
      current[axis] = digit
      if case .number(let value) = plan.axes[axis].values[digit] { numbers[axis]?.set(value, in: &system) }
    }
    let precision = choice(.precision, plan.choices.precisions) ?? (system.accelerator == nil ? .fp32 : .fp16)
    let prepared: (scenario: Scenario, plan: ProgramPlan)
    do {
      prepared = try preparation.prepare(choice(.workload, plan.choices.workloads), parameters(point)) {
        Scenario(
          workload: $0, system: system, precision: precision, latencyKind: plan.latencyKind,
          kernelModel: plan.kernelModel)
      }
    } catch { throw .workload(error) }
    blockIdentity = changesPlan ? PlanIdentity(system: system, precision: precision) : nil
    pricers = [PassPricer(prepared.scenario, prepared.plan)]
    updateEnergy()
    for name in prepared.plan.lowered.operatorsWithoutRule where !operatorsWithoutRule.contains(name) {
      operatorsWithoutRule.append(name)
    }
  }

  /// The values of the workload's parameters at a point.
  private func parameters(_ point: Int) -> [String: Int64] {
    var values = plan.parameters
    for (axis, definition) in plan.axes.enumerated() {
      if case .parameter(let name) = definition.subject,
        case .number(let value) = definition.values[plan.digit(axis, of: point)]
      {
        values[name] = Int64(value)
      }
    }
    return values
  }
}

extension PassPricer {
  /// What a point of a sweep keeps of a pass.
  ///
  /// Mutating, though it changes nothing: what mutates an element of an array is asked in place, and what only reads it is
  /// asked of a copy, which retains all that it holds, at every point.
  fileprivate mutating func result() throws(SimulationFault) -> SweepResult {
    var result = SweepResult(try time().summary)
    result.fits = fits
    result.withoutRuleFraction = plan.lowered.fractionWithoutRule
    return result
  }
}
