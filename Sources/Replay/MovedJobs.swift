import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Traces

/// How a job's time with another batch is told.
package enum BatchRule: Int, CaseIterable, Sendable {
  /// Its operator's recorded shapes, with the batch changed, give both modeled times.
  case shapes
  /// No rule knows its operator, whose recorded shapes have the batch: all of its work grows with it.
  case proportional
  /// No shapes say what grows: all of its work is taken to.
  case assumed
  /// What it works on does not depend on the batch, or nothing says that it does.
  case kept

  /// The key in JSON.
  package var key: String {
    switch self {
    case .shapes: "operator_shapes"
    case .proportional: "proportional"
    case .assumed: "assumed"
    case .kept: "kept"
    }
  }

  /// What people read.
  package var title: String {
    switch self {
    case .shapes: "shapes with the batch changed"
    case .proportional: "shapes without a rule: in proportion"
    case .assumed: "no shapes: taken to be in proportion"
    case .kept: "kept: weights, collectives"
    }
  }
}

/// The jobs of a recording on another accelerator, or with another batch, and what tells the time of each.
package struct MovedJobs: Sendable {
  /// The time of each job, and what it is spent on.
  package fileprivate(set) var costs: [Cost] = []
  /// By what it is told.
  package fileprivate(set) var rules: [ScalingRule] = []
  /// How its batch is changed; empty where it is not.
  package fileprivate(set) var batchRules: [BatchRule] = []
}

/// What of a replay's device time rests on one rule.
package struct RuleShare<Rule: Sendable>: Sendable {
  /// The rule.
  package let rule: Rule
  /// How many kernels, copies and sets.
  package let jobs: Int
  /// Their recorded durations.
  package let recorded: Picoseconds
  /// Their durations on the target; nil without one.
  package let target: Picoseconds?
  /// The share of all recorded durations; the shares of all rules sum to one, unless nothing took time.
  package let fraction: Double
}

extension JobPricing {
  /// The share of the recorded device time that rests on each rule, were the recording moved.
  package var shares: [RuleShare<ScalingRule>] { shares(of: ScalingRule.allCases, rules.map(\.rawValue), nil) }

  /// The shares of rules: of each job the number of its rule, and the target's time.
  package func shares<Rule: Sendable>(
    of all: [Rule], _ rules: [Int], _ targetTimes: [Picoseconds]?
  ) -> [RuleShare<Rule>] {
    var counts = [Int](repeating: 0, count: all.count)
    var times = [Picoseconds](repeating: .zero, count: all.count)
    var targets = times
    for (index, rule) in rules.enumerated() {
      counts[rule] += 1
      times[rule] += Picoseconds(nanoseconds: recorded.jobs[index].duration)
      if let targetTimes { targets[rule] += targetTimes[index] }
    }
    let total = times.reduce(.zero, +)
    return all.indices.map { rule in
      RuleShare(
        rule: all[rule], jobs: counts[rule], recorded: times[rule], target: targetTimes.map { _ in targets[rule] },
        fraction: total == .zero ? 0 : times[rule].fraction(of: total))
    }
  }

  /// The time of each job on another accelerator, and what it is spent on there.
  ///
  /// - Parameters:
  ///   - target: The accelerator.
  ///   - connections: What moves collectives; nil where they keep their times.
  ///   - batch: What of the tensors grows, and how many times as large the batch is; nil for the recorded one.
  /// - Returns: A cost for each job; the recorded ones where the recording's accelerator is not known.
  /// - Complexity: Two kernel times for each different operator, and a search for each different named kernel and time.
  package func moved(
    to target: AcceleratorProfile, _ connections: CollectiveTranslation? = nil, batch: BatchChange? = nil
  ) -> MovedJobs {
    guard let source else {
      return MovedJobs(costs: recordedCosts, rules: rules.map { _ in .recorded }, batchRules: [])
    }
    var mover = JobMover(self, from: source, to: target, connections, batch)
    var result = MovedJobs()
    for index in recorded.jobs.indices {
      let (cost, rule, batchRule) = mover.move(index)
      result.costs.append(cost)
      result.rules.append(rule)
      if batch != nil { result.batchRules.append(batchRule) }
    }
    return result
  }
}

/// Another batch of a recording.
package struct BatchChange: Sendable {
  let batch: RecordedBatch
  /// How many times the recorded batch.
  let factor: Double

  /// A batch so many times as large.
  package init(_ run: RecordedRun, factor: Double) {
    batch = RecordedBatch(run)
    self.factor = factor
  }
}

/// Moves job after job, and remembers what it found of those that are alike.
private struct JobMover {
  private let pricing: JobPricing
  private let source: AcceleratorProfile
  private let target: AcceleratorProfile
  private let connections: CollectiveTranslation?
  private let batch: BatchChange?
  private let translation: KernelTranslation
  private var ratios: [OperatorKey: OperatorRatio?] = [:]
  /// Whether operators were given tensors of the batch; nil for those that were given none at all.
  private var ofBatch: [OperatorKey: Bool?] = [:]
  private var likes: [Like: (seconds: Double, there: KernelTime)] = [:]

  private struct OperatorRatio {
    var ratio: Double
    /// What its kernels wait for there.
    var there: KernelTime
    /// Whether its shapes have the other batch.
    var hasGrown: Bool
  }

  private struct Like: Hashable {
    var kernel: LikeKernel
    var growth: Double
  }

  init(
    _ pricing: JobPricing, from source: AcceleratorProfile, to target: AcceleratorProfile,
    _ connections: CollectiveTranslation?, _ batch: BatchChange?
  ) {
    self.pricing = pricing
    self.source = source
    self.target = target
    self.connections = connections
    self.batch = batch
    translation = KernelTranslation(from: source, to: target, by: pricing.kernelModel)
  }

  mutating func move(_ index: Int) -> (Cost, ScalingRule, BatchRule) {
    let job = pricing.recorded.jobs[index]
    let seconds = Double(job.duration) * 1e-9
    let rule = pricing.rules[index]
    switch rule {
    case .shapes:
      if let found = ratio(pricing.operations[index]) {
        let cost = Cost(Picoseconds(costInSeconds: seconds * found.ratio), found.there)
        return (cost, .shapes, found.hasGrown ? .shapes : .kept)
      }
    case .interconnect:
      // Without another connection the recorded one stays, and with it the time.
      guard let there = pricing.collectives[index].flatMap({ connections?.seconds(of: $0) }) else {
        return (pricing.recordedCosts[index], .recorded, .kept)
      }
      return (Cost(Picoseconds(costInSeconds: there), .communication), .interconnect, .kept)
    case .copy:
      let growth = batch?.factor ?? 1
      let result = translation.copy(seconds, bytes: Double(job.bytes), growth: growth)
      return (Cost(Picoseconds(costInSeconds: result), .copy), .copy, .assumed)
    case .kernelClass, .bandwidth, .recorded: break
    }
    let name = pricing.trace.name(job.name)
    let growth = growth(of: job, name)
    let time = like(job, name, growth: growth == .kept ? 1 : batch?.factor ?? 1)
    let used: ScalingRule = rule == .shapes ? .kernelClass : rule
    return (Cost(Picoseconds(costInSeconds: time.seconds), time.there), used, growth)
  }

  /// Whether the work of a kernel grows with the batch that no rule tells: what the operator around it was given says so, or not.
  private mutating func growth(of job: RecordedJob, _ name: String) -> BatchRule {
    guard let batch, !Self.isOfWeights(name) else { return .kept }
    let trace = pricing.trace
    var index = job.operation
    // Operators nest a dozen deep.
    for _ in 0..<64 where index >= 0 {
      let event = trace.hostEvents[Int(index)]
      let key = OperatorKey(event)
      if event.inputs.haveShapes {
        let isOfBatch = ofBatch[key] ?? batch.batch.holds(trace.inputs(of: event))
        ofBatch[key] = isOfBatch
        // What was given nothing, and knows nothing of a batch, may be around what does.
        if let isOfBatch { return isOfBatch ? .proportional : .kept }
      }
      index = pricing.recorded.parents[Int(index)]
    }
    return .assumed
  }

  /// Kernels of optimizers, by their names: they pass over weights.
  private static func isOfWeights(_ kernel: String) -> Bool {
    kernel.contains("multi_tensor_apply") || kernel.contains("Adam") || kernel.contains("adam")
  }

  private mutating func like(_ job: RecordedJob, _ name: String, growth: Double) -> (
    seconds: Double, there: KernelTime
  ) {
    let key = Like(kernel: LikeKernel(pricing.kernelNames[job.name] ?? KernelName(name), job), growth: growth)
    if let known = likes[key] { return known }
    let found = translation.time(key.kernel, growth: growth)
    likes[key] = (found.seconds, found.there)
    return (found.seconds, found.there)
  }

  /// How much longer an operator's kernels take on the other accelerator, and what they wait for there.
  private mutating func ratio(_ index: Int32) -> OperatorRatio? {
    let key = pricing.key(of: index)
    if let known = ratios[key] { return known }
    let found = newRatio(index)
    ratios[key] = .some(found)
    return found
  }

  private func newRatio(_ index: Int32) -> OperatorRatio? {
    guard let operation = pricing.operator(index) else { return nil }
    let grown = batch.flatMap { change in
      RecordedOperator.reading(pricing.trace.hostEvents[Int(index)], pricing.trace) { shapes, name, rule in
        change.batch.scaled(shapes, name, rule, by: change.factor)
      }.known
    }
    let elsewhere = grown ?? operation
    let here = pricing.kernels(operation, source).reduce(0) { $0 + $1.seconds }
    let there = pricing.kernels(elsewhere, target).reduce(0) { $0 + $1.seconds }
    guard here > 0, there > 0, (there / here).isFinite else { return nil }
    return OperatorRatio(
      ratio: there / here, there: pricing.time(elsewhere, target), hasGrown: grown != nil)
  }
}
