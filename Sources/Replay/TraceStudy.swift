import Kernels
import Profiles
import Roofline
import Simulation
import Traces

/// What is to be different from the recording.
public struct TraceChanges: Sendable {
  /// Another accelerator.
  public var accelerator: AcceleratorProfile?
  /// What connects the devices there; nil for what connected them in the recording, or for nothing that is known where the
  /// accelerator is another.
  package var connection: DeviceConnection?
  /// Another framework.
  public var framework: FrameworkProfile?
  /// Divides the host's times.
  public var hostSpeed: Double?
  /// The recording's host and another, by whose ratios each sort of its work gets faster.
  package var hosts: (recorded: HostProfile, other: HostProfile)?
  /// Divides the device's times.
  public var deviceSpeed: Double?
  /// Host time of the profiler for each operator that is taken off, microseconds.
  public var profilerOverheadUS: Double?
  /// How many times the recorded batch.
  public var batchScale: Double?
  /// Numbers of profiles, by path.
  public var overrides: [(path: String, value: Double)] = []

  /// Nothing is different.
  public init() {}

  /// Whether anything is.
  public var isEmpty: Bool {
    accelerator == nil && connection == nil && framework == nil && hostSpeed == nil && hosts == nil
      && deviceSpeed == nil
      && profilerOverheadUS == nil && batchScale == nil && overrides.isEmpty
  }
}

/// Why a recording cannot be moved.
public enum TraceStudyFault: Error, Sendable {
  /// The recording's accelerator is in no profile, and the question needs it.
  case unknownDevice(name: String)
  /// The framework would fuse or rewrite operators, which a recording of kernels cannot show.
  case rewritesOperators(framework: String)
  /// A number cannot be overridden.
  case override(OverrideFault)
  /// The recording does not say what grows with the batch: only of so much of its device time.
  case unknownBatch(fraction: Double, hasShapes: Bool)
  /// A replay fails.
  case simulation(SimulationFault)
}

/// A recording, its replay, and its replay where something is different.
public struct TraceStudy: Sendable {
  /// What was recorded.
  public let run: RecordedRun
  /// The recording as a program.
  package let recorded: RecordedProgram
  /// The rules for the device's times.
  package let pricing: JobPricing
  /// The recording's accelerator with the constants of the recording, its host (of speed 1) and its framework.
  public let system: System
  /// The replay with nothing changed.
  public let replayed: ReplayResult
  /// The system that the target is replayed on; nil with nothing changed.
  public let targetSystem: System?
  /// The replay with everything changed; nil with nothing changed.
  public let target: ReplayResult?
  /// What further changes of single numbers would do, the best first; of the target where there is one.
  package let changes: [ReplayChange]
  /// How many graphs the target captures, and with how many nodes; zero without capture.
  public let capture: (graphs: Int, nodes: Int)
  /// The host's work that no graph can hold, and that stays between them; zero without capture.
  public let uncapturedHostWork: Picoseconds
  /// How many collectives keep their recorded time on the target because of what is not known; 0 without a target.
  package var unmovedCollectives: Int {
    guard let targetSystem, isConnectionChanged else { return 0 }
    return pricing.unmovedCollectives(to: targetSystem, from: system)
  }
  /// Whether the target's devices are others, or connected by something else.
  package var isConnectionChanged: Bool {
    guard let targetSystem else { return false }
    return targetSystem.accelerator?.name != system.accelerator?.name || targetSystem.connection != system.connection
  }
  /// What the device's time on the target is told by; nil without one that has other kernel times.
  package let moved: MovedJobs?
  /// The share of the device's time that rests on each rule: on those that the target used, or would be used by a move.
  package let ruleShares: [RuleShare<ScalingRule>]
  /// The same of the rules for another batch; empty without one.
  package let batchShares: [RuleShare<BatchRule>]
  /// Between what the span and the device's time of the target lie, as far as such moves were measured.
  package let band: MoveBand?
  /// How long the profiler takes for an operator at most, microseconds; nil where the recording does not tell.
  public let profilerOverheadEstimateUS: Double?

  /// Replays the recording of one device, and answers a question about it.
  ///
  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - accelerator: The recording's accelerator; nil where it is not known.
  ///   - host: The profile that stands for the recording's host.
  ///   - framework: The profile that stands for the recording's framework.
  ///   - changes: What is to be different.
  ///   - kernelModel: What predicts kernel times on both accelerators, whose ratio carries the recorded ones over.
  ///   - recordsTimeline: Whether what happened is kept.
  /// - Throws: ``TraceStudyFault``.
  public init(
    _ run: RecordedRun, accelerator: AcceleratorProfile?, host: HostProfile, framework: FrameworkProfile,
    changes: TraceChanges = TraceChanges(), kernelModel: KernelModel = .calibrated, recordsTimeline: Bool = false
  ) throws(TraceStudyFault) {
    try self.init(
      run, accelerator: accelerator, connection: nil, host: host, framework: framework, changes: changes,
      kernelModel: kernelModel, recordsTimeline: recordsTimeline)
  }

  /// Replays a recording, and answers a question about it.
  ///
  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - accelerator: The recording's accelerator; nil where it is not known.
  ///   - connection: What connected the devices of the run; nil where it is not known.
  ///   - host: The profile that stands for the recording's host.
  ///   - framework: The profile that stands for the recording's framework.
  ///   - changes: What is to be different.
  ///   - kernelModel: What predicts kernel times on both accelerators, whose ratio carries the recorded ones over.
  ///   - errors: How far moves were from measurements; nil for no band.
  ///   - recordsTimeline: Whether what happened is kept.
  /// - Throws: ``TraceStudyFault``.
  package init(
    _ run: RecordedRun, accelerator: AcceleratorProfile?, connection: DeviceConnection?, host: HostProfile,
    framework: FrameworkProfile, changes: TraceChanges = TraceChanges(), kernelModel: KernelModel = .calibrated,
    errors: MoveErrors? = nil, recordsTimeline: Bool = false
  ) throws(TraceStudyFault) {
    self.run = run
    let recorded = RecordedProgram(run)
    self.recorded = recorded
    let pricing = JobPricing(recorded, run.trace, source: accelerator, framework: framework, by: kernelModel)
    self.pricing = pricing
    var system = System.recorded(recorded.constants, accelerator: accelerator, host: host, framework: framework)
    if pricing.collectiveCount > 0 { system.connection = connection }
    self.system = system
    profilerOverheadEstimateUS = estimatedProfilerOverhead(run)
    let names = recordsTimeline ? run.trace.names : nil
    let plan = ReplayPlan(recorded)
    let prices = ReplayPrices(recorded, jobs: pricing.recordedCosts)
    let table = plan.table(prices)
    replayed = try simulating { () throws(SimulationFault) in try plan.replay(table, timelineNames: names) }
    guard !changes.isEmpty else {
      targetSystem = nil
      target = nil
      moved = nil
      ruleShares = pricing.shares
      batchShares = []
      band = nil
      capture = (0, 0)
      uncapturedHostWork = 0
      self.changes = try simulating { () throws(SimulationFault) in try plan.changes(prices, table) }
      return
    }
    let changed = try system.applying(changes, source: accelerator)
    targetSystem = changed
    var counts = (graphs: 0, nodes: 0)
    var hostWork: Int64 = 0
    var targetPrices = prices
    let moved = try pricing.moved(changes, from: system, to: changed, run)
    self.moved = moved
    targetPrices.apply(changes, from: system, to: changed, recorded, moved, run.trace)
    let times = recorded.jobs.indices.map { targetPrices.time(ofJob: $0) }
    ruleShares = pricing.shares(of: ScalingRule.allCases, (moved?.rules ?? pricing.rules).map(\.rawValue), times)
    batchShares =
      changes.batchScale == nil
      ? [] : pricing.shares(of: BatchRule.allCases, (moved?.batchRules ?? []).map(\.rawValue), times)
    var targetPlan = plan
    if changed.framework.mode == .graph {
      let captured = recorded.captured()
      counts = (captured.graphs, captured.nodes)
      hostWork = captured.hostWork
      targetPlan = ReplayPlan(captured.program)
    }
    capture = counts
    uncapturedHostWork = targetPrices.hostTime(Double(hostWork))
    let targetTable = targetPlan.table(targetPrices)
    target = try simulating { () throws(SimulationFault) in
      try targetPlan.replay(targetTable, timelineNames: names)
    }
    let parts = MoveErrors.parts(changes, moves: moved != nil, from: system, to: changed)
    let movesKernels = !parts.isDisjoint(with: [.accelerators, .batches])
    let measured = movesKernels ? ruleShares[ScalingRule.shapes.rawValue].fraction : 1
    let finalPlan = targetPlan
    let finalPrices = targetPrices
    band = try simulating { () throws(SimulationFault) in
      guard let errors else { return nil }
      return try finalPlan.band(finalPrices, errors, of: parts, measuredFraction: measured)
    }
    self.changes = try simulating { () throws(SimulationFault) in try finalPlan.changes(finalPrices, targetTable) }
  }
}

private func simulating<Result>(
  _ body: () throws(SimulationFault) -> Result
) throws(TraceStudyFault) -> Result {
  do { return try body() } catch { throw .simulation(error) }
}

extension System {
  /// The system of a recording: its accelerator with the launch constants that were recorded, and a host of speed 1.
  static func recorded(
    _ constants: RecordedConstants, accelerator: AcceleratorProfile?, host: HostProfile, framework: FrameworkProfile
  ) -> System {
    var system = System(accelerator: accelerator, host: host, framework: framework)
    system.host.singleThreadSpeed = 1
    func microseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1000 }
    system.accelerator?.launch.callUS = microseconds(constants.launchCall)
    system.accelerator?.launch.latencyUS = microseconds(constants.launchLatency)
    system.accelerator?.launch.kernelGapUS = microseconds(constants.kernelGap)
    system.accelerator?.launch.synchronizationUS = microseconds(constants.synchronization)
    if let depth = constants.queueDepth { system.accelerator?.launch.queueDepth = Double(depth) }
    if constants.hasGraphs {
      system.accelerator?.launch.graphCallUS = microseconds(constants.graphCall)
      system.accelerator?.launch.graphLatencyUS = microseconds(constants.graphLatency)
      system.accelerator?.launch.graphKernelGapUS = microseconds(constants.graphKernelGap)
    }
    return system
  }

  /// The system with the changes of a question.
  func applying(_ changes: TraceChanges, source: AcceleratorProfile?) throws(TraceStudyFault) -> System {
    var system = self
    if let accelerator = changes.accelerator {
      guard let source, let recorded = self.accelerator else { throw .unknownDevice(name: accelerator.name) }
      if accelerator.name != source.name {
        system.accelerator = accelerator
        system.connection = nil
        // The calls are the host's: what this host takes for one here, and the profiles' ratio.
        if source.launch.callUS > 0 {
          system.accelerator?.launch.callUS = recorded.launch.callUS * accelerator.launch.callUS / source.launch.callUS
        }
      }
    }
    if let connection = changes.connection {
      guard self.accelerator != nil else { throw .unknownDevice(name: "") }
      system.connection = connection
    }
    if let framework = changes.framework {
      let architecture = system.accelerator?.architecture ?? ""
      guard framework.fusionRules(on: architecture).isEmpty, framework.decomposition.isEmpty else {
        throw .rewritesOperators(framework: framework.name)
      }
      guard system.accelerator != nil || framework.mode != .graph else { throw .unknownDevice(name: "") }
      system.framework = framework
    }
    if let speed = changes.hostSpeed { system.host.singleThreadSpeed *= speed }
    if let hosts = changes.hosts {
      system.host.singleThreadSpeed *= hosts.other.singleThreadSpeed / hosts.recorded.singleThreadSpeed
      system.host.speed = hosts.other.speed.relative(to: hosts.recorded.speed)
    }
    for (path, value) in changes.overrides {
      do { try system.set(path, to: value) } catch {
        if case .noAccelerator = error { throw .unknownDevice(name: "") }
        throw .override(error)
      }
    }
    return system
  }
}

extension ReplayPrices {
  /// Changes the recording's prices to those of another system.
  mutating func apply(
    _ changes: TraceChanges, from old: System, to new: System, _ recorded: RecordedProgram, _ moved: MovedJobs?,
    _ trace: Trace
  ) {
    // Between operators it is Python that works, inside of them compiled code, and a call is the driver's.
    func ratio(_ component: HostComponent) -> Double {
      new.host.speed(at: component) / old.host.speed(at: component)
    }
    hostSpeed *= ratio(.interpreter)
    operatorScale *= ratio(.interpreter) / ratio(.native)
    callScale *= ratio(.interpreter) / ratio(.driver)
    deviceSpeed *= changes.deviceSpeed ?? 1
    profilerOverhead = (changes.profilerOverheadUS ?? 0) * 1000
    if new.framework.dispatchUS != old.framework.dispatchUS, new.framework.mode != .graph {
      scaleOperators(from: old.framework, to: new.framework, recorded, trace)
    }
    guard let before = old.accelerator, let after = new.accelerator else { return }
    if before.launch.callUS > 0 { launchCallScale *= after.launch.callUS / before.launch.callUS }
    if before.launch.synchronizationUS > 0 {
      synchronizationScale *= after.launch.synchronizationUS / before.launch.synchronizationUS
    }
    if after.launch.latencyUS != before.launch.latencyUS {
      launchLatency = Picoseconds(costInMicroseconds: after.launch.latencyUS)
    }
    if after.launch.kernelGapUS != before.launch.kernelGapUS {
      kernelGap = Picoseconds(costInMicroseconds: after.launch.kernelGapUS)
    }
    graphLatency = Picoseconds(costInMicroseconds: after.launch.graphLatencyUS)
    graphKernelGap = Picoseconds(costInMicroseconds: after.launch.graphKernelGapUS)
    capturedGraph = (
      Picoseconds(costInMicroseconds: after.launch.graphCallUS / hostSpeed * callScale),
      Picoseconds(costInMicroseconds: new.framework.graphNodeUS / hostSpeed * callScale)
    )
    queueDepth = Int(min(max(1, after.launch.queueDepth), 0x1p40))
    if let moved { jobs = moved.costs }
  }

  private mutating func scaleOperators(
    from old: FrameworkProfile, to new: FrameworkProfile, _ recorded: RecordedProgram, _ trace: Trace
  ) {
    for step in recorded.threads.joined() {
      guard case .work(let work) = step, work.name >= 0, operatorScales[work.name] == nil else { continue }
      let kind = OperatorRule.named(trace.name(work.name))?.kind ?? .other
      let scale = old.dispatchUS[kind] > 0 ? new.dispatchUS[kind] / old.dispatchUS[kind] : 1
      operatorScales[work.name] = scale
    }
  }
}

extension JobPricing {
  /// The jobs' times on a target; nil where they are the recorded ones.
  fileprivate func moved(
    _ changes: TraceChanges, from old: System, to new: System, _ run: RecordedRun
  ) throws(TraceStudyFault) -> MovedJobs? {
    guard let before = old.accelerator, let after = new.accelerator else {
      if changes.batchScale != nil { throw .unknownDevice(name: "") }
      return nil
    }
    var sameLaunch = after
    sameLaunch.launch = before.launch
    sameLaunch.provenance = before.provenance
    guard sameLaunch != before || new.connection != old.connection || changes.batchScale != nil else { return nil }
    let batch = changes.batchScale.map { BatchChange(run, factor: $0) }
    let moved = moved(to: after, CollectiveTranslation(from: old, to: new), batch: batch)
    if batch != nil {
      let shares = shares(of: BatchRule.allCases, moved.batchRules.map(\.rawValue), nil)
      func share(_ rules: BatchRule...) -> Double { rules.reduce(0) { $0 + shares[$1.rawValue].fraction } }
      let known = share(.shapes, .proportional)
      guard known >= Self.leastKnownBatch else {
        throw .unknownBatch(fraction: known, hasShapes: share(.assumed) < Self.leastKnownBatch)
      }
    }
    return moved
  }

  /// The least share of the device's time of which shapes have to say how it grows with the batch.
  private static let leastKnownBatch = 0.5
}
