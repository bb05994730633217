import Kernels
import Profiles
import Simulation
import Workloads

/// One system from all sides, and the systems beside it: what a report shows.
///
/// The system that was asked for is varied in four dimensions, its choices: accelerator, framework, precision and batch.
/// Host and the workload's other parameters stay.
package struct SystemStudy: Sendable {
  /// A combination of choices, as indices.
  package struct Choice: Hashable, Sendable {
    /// Which of the accelerators.
    package var accelerator: Int
    /// Which of the frameworks.
    package var framework: Int
    /// Which of the precisions.
    package var precision: Int
    /// Which of the batch sizes.
    package var batch: Int

    /// A combination.
    package init(accelerator: Int, framework: Int, precision: Int, batch: Int) {
      self.accelerator = accelerator
      self.framework = framework
      self.precision = precision
      self.batch = batch
    }
  }

  /// The latencies of one accelerator, framework and precision by batch.
  package struct Curve: Sendable {
    /// A result for each batch; nil where the tensors do not fit the memory.
    package let results: [PassResult?]
    /// Where the device begins to set the latency; nil for a workload without batches, a system without accelerator, and
    /// where no curves were asked for.
    package let knee: Knee?
  }

  /// What is known of one choice.
  package struct Case: Sendable {
    /// The system.
    package let scenario: Scenario
    /// Its steady state, or its synchronized pass if that was asked for.
    package let result: PassResult
    /// Its kernels; nil without an accelerator, or where they were not asked for.
    package let roofline: RooflineStudy?
    /// What its latency depends on; empty where that was not asked for.
    package let sensitivities: [Sensitivity]
    /// What it would take by other figures of numbers whose sources contradict each other; nil where none do, or where the
    /// former was not asked for.
    package let figures: FigureSpread?
    /// One pass from an idle system to its synchronization; nil where that would be more spans than a report holds, or
    /// where it was not asked for.
    package let timeline: Timeline?
  }

  /// What is simulated and kept of a system, beside its own result.
  package struct Contents: OptionSet, Sendable {
    /// The bits.
    package let rawValue: Int

    /// Contents from their bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The batch sizes of the curves, and their knees.
    package static let curves = Contents(rawValue: 1)
    /// Other precisions, and batch sizes to choose.
    package static let choices = Contents(rawValue: 2)
    /// The kernels of each case.
    package static let rooflines = Contents(rawValue: 4)
    /// What the latency of each case depends on.
    package static let sensitivities = Contents(rawValue: 8)
    /// One pass of each case, span by span.
    package static let timelines = Contents(rawValue: 16)
    /// Everything.
    package static let all: Contents = [.curves, .choices, .rooflines, .sensitivities, .timelines]
  }

  /// How much is simulated.
  package struct Limits: Sendable {
    /// Instructions of a plan above which only the system itself is simulated, and none beside it.
    package var planInstructions = 20_000
    /// Spans of all timelines together, an equal share for each; the system's own does not count.
    package var timelineSpans = 250_000
    /// Spans of the system's own timeline.
    package var ownTimelineSpans = 700_000
    /// Spans of the system's own timeline above which only accelerators and batches are choices: what a page holds.
    package var manyChoicesSpans = 100_000

    /// The usual limits.
    package init() {}
  }

  /// The system that was asked for.
  package let own: Choice
  /// Accelerators, oldest first; one nil for a processor-only system.
  package let accelerators: [AcceleratorProfile?]
  /// Frameworks.
  package let frameworks: [FrameworkProfile]
  /// Precisions.
  package let precisions: [Precision]
  /// The batch sizes of the curves.
  package let batches: [Int]
  /// Which of the batch sizes are choices, as indices.
  package let batchChoices: [Int]
  /// The curves, by accelerator, framework and precision; their choices have batch 0.
  package let curves: [Choice: Curve]
  /// The choices that can be simulated.
  package let cases: [Choice: Case]

  /// Simulates a system and those beside it.
  ///
  /// - Parameters:
  ///   - scenario: The system that was asked for.
  ///   - workload: Its workload, for other batches.
  ///   - parameters: What the user set of the workload's parameters.
  ///   - accelerators: Accelerators beside its own, in any order.
  ///   - frameworks: Frameworks beside its own.
  ///   - contents: What is wanted of it.
  ///   - limits: How much is simulated.
  /// - Throws: What binding or simulating throws.
  package init(
    _ scenario: Scenario, _ workload: Workload, parameters: [String: Int64], accelerators: [AcceleratorProfile],
    frameworks: [FrameworkProfile], contents: Contents = .all, limits: Limits = Limits()
  ) throws {
    let ownPlan = scenario.plan()
    let isLarge = ownPlan.program.instructions.count > limits.planInstructions
    let isLong = isLarge || Self.spans(ownPlan) > limits.manyChoicesSpans
    let space = Space(scenario, workload, parameters, isLarge ? [] : accelerators, isLong ? [] : frameworks)
    self.accelerators = space.accelerators
    self.frameworks = space.frameworks
    let precisions = isLong || !contents.contains(.choices) ? [scenario.precision] : space.precisions
    let batches = isLarge || !contents.contains(.curves) ? [space.ownBatch] : space.batches
    let chosen = Set(contents.contains(.choices) ? [1, 32, space.ownBatch] : [space.ownBatch])
    let batchChoices = batches.indices.filter { chosen.contains(batches[$0]) }
    let own = Choice(
      accelerator: space.accelerators.firstIndex { $0?.name == scenario.system.accelerator?.name } ?? 0,
      framework: space.frameworks.firstIndex { $0.name == scenario.system.framework.name } ?? 0,
      precision: precisions.firstIndex(of: scenario.precision) ?? 0, batch: batches.firstIndex(of: space.ownBatch) ?? 0)
    let all = space.accelerators.indices.flatMap { accelerator in
      space.frameworks.indices.flatMap { framework in
        precisions.indices.map { Choice(accelerator: accelerator, framework: framework, precision: $0, batch: 0) }
      }
    }
    let others = max(1, all.count * batchChoices.count)
    let budget = Budget(
      contents: contents, ownSpans: limits.ownTimelineSpans, otherSpans: limits.timelineSpans / others)
    (self.precisions, self.batches, self.batchChoices, self.own) = (precisions, batches, batchChoices, own)
    // Of one generation of accelerators and the next the plans are often the same.
    let preparation = Preparation(limit: 128)
    let parts = try parallelMap(all) { choice in
      try Self.part(space, choice, precisions[choice.precision], batches, batchChoices, own, budget, preparation)
    }
    curves = Dictionary(uniqueKeysWithValues: zip(all, parts.map(\.curve)))
    cases = Dictionary(uniqueKeysWithValues: parts.flatMap(\.cases))
  }

  /// What is looked at in each case.
  private struct Budget: Sendable {
    let contents: Contents
    let ownSpans: Int
    let otherSpans: Int

    func holds(_ plan: ProgramPlan, isOwn: Bool) -> Bool {
      contents.contains(.timelines) && SystemStudy.spans(plan) <= (isOwn ? ownSpans : otherSpans)
    }
  }

  /// The spans of a pass, at most, of its own plan: repeats may follow the batch size.
  private static func spans(_ plan: ProgramPlan) -> Int {
    Int(min(1e12, plan.program.dynamicCounts.instructions * 2))
  }

  private static func part(
    _ space: Space, _ choice: Choice, _ precision: Precision, _ batches: [Int], _ batchChoices: [Int], _ own: Choice,
    _ budget: Budget, _ preparation: Preparation
  ) throws -> (curve: Curve, cases: [(Choice, Case)]) {
    var results: [PassResult?] = []
    var cases: [(Choice, Case)] = []
    for (index, batch) in batches.enumerated() {
      let (scenario, plan) = try preparation.prepare(space.workload, space.parameters(batch: batch)) {
        space.scenario(choice, precision, bound: $0)
      }
      let result = try scenario.simulate(plan, scenario.price(plan))
      var chosen = choice
      chosen.batch = index
      let isOwn = chosen == own
      results.append(result.memory.fits || isOwn ? result : nil)
      guard batchChoices.contains(index), result.memory.fits || isOwn else { continue }
      cases.append((chosen, try Self.look(at: scenario, plan, result, isOwn: isOwn, budget)))
    }
    var knee: Knee?
    if budget.contents.contains(.curves), batches.count > 1, space.accelerators[choice.accelerator] != nil {
      knee = try Knee.find(space.workload, parameters: space.parameters, with: preparation) {
        space.scenario(choice, precision, bound: $0)
      }
    }
    return (Curve(results: results, knee: knee), cases)
  }

  private static func look(
    at scenario: Scenario, _ plan: ProgramPlan, _ result: PassResult, isOwn: Bool, _ budget: Budget
  ) throws -> Case {
    var timeline: Timeline?
    if budget.holds(plan, isOwn: isOwn) {
      var synchronized = scenario
      synchronized.latencyKind = .synchronized
      let simulator = Simulator(recordsTimeline: true)
      timeline = try synchronized.simulate(plan, synchronized.price(plan), with: simulator).timing.timeline
    }
    let device = budget.contents.contains(.rooflines) ? scenario.system.accelerator : nil
    let roofline = device.map {
      RooflineStudy(plan: plan, accelerator: $0, model: scenario.kernelModel.model(of: $0))
    }
    return Case(
      scenario: scenario, result: result, roofline: roofline,
      sensitivities: budget.contents.contains(.sensitivities) ? try scenario.sensitivities(plan) : [],
      figures: budget.contents.contains(.sensitivities) ? FigureSpread(scenario, plan) : nil,
      timeline: timeline)
  }

  /// The case that was asked for.
  package var ownCase: Case? { cases[own] }
}

extension SystemStudy {
  /// The choices, before anything is simulated.
  private struct Space: Sendable {
    let base: Scenario
    let workload: Workload
    let parameters: [String: Int64]
    let accelerators: [AcceleratorProfile?]
    let frameworks: [FrameworkProfile]
    let precisions: [Precision]
    let batches: [Int]
    let ownBatch: Int
    let hasBatch: Bool

    init(
      _ scenario: Scenario, _ workload: Workload, _ parameters: [String: Int64], _ others: [AcceleratorProfile],
      _ otherFrameworks: [FrameworkProfile]
    ) {
      base = scenario
      self.workload = workload
      self.parameters = parameters
      let batch = scenario.workload.parameters.first { $0.name == "batch" }?.value
      hasBatch = batch != nil
      let ownBatch = Int(batch ?? 1)
      self.ownBatch = ownBatch
      batches = hasBatch ? Set((0...8).map { 1 << $0 } + [ownBatch]).sorted() : [1]
      if let accelerator = scenario.system.accelerator {
        accelerators = (others.filter { $0.name != accelerator.name } + [accelerator])
          .sorted { ($0.released, $0.name) < ($1.released, $1.name) }
        precisions = Set([.fp32, .fp16, scenario.precision]).sorted { $0.rawValue > $1.rawValue }
      } else {
        accelerators = [nil]
        precisions = [scenario.precision]
      }
      let own = scenario.system.framework
      let rest = otherFrameworks.filter {
        $0.name != own.name && (scenario.system.accelerator != nil || $0.mode != .graph)
      }
      frameworks = [own] + rest
    }

    func parameters(batch: Int) -> [String: Int64] {
      var values = parameters
      if hasBatch { values["batch"] = Int64(batch) }
      return values
    }

    func scenario(_ choice: Choice, _ precision: Precision, bound: BoundWorkload) -> Scenario {
      var scenario = base
      scenario.workload = bound
      scenario.system.accelerator = accelerators[choice.accelerator]
      scenario.system.framework = frameworks[choice.framework]
      scenario.precision = precision
      return scenario
    }
  }
}
