import EventEngine
import Roofline

/// TKLQT, the total kernel launch and queuing time of a pass: from the start of each kernel's launch call to the start of
/// the kernel, added up over the kernels; those of a graph count from the graph's call.
///
/// SKIP's measure (arXiv 2504.11750). It is flat as long as the host sets the latency, and rises with the queue once the
/// device does; where it leaves its plateau is the knee by another name.
extension Simulator {
  /// The instructions that are spent on it at most.
  private static let affordableInstructions = 4e5

  /// The launch and queuing time of a pass, of the steady state the mean over the passes that are repeated for ever.
  ///
  /// With one stream it is a sum beside the clocks of the recurrence, exact to the picosecond. Where the device sets the
  /// latency the queue fills first: that is not waited for, but begun with, by passes of a host that takes no time. With
  /// several streams it is the sum over the pass that a timeline shows.
  ///
  /// - Parameters:
  ///   - plan: The pass.
  ///   - table: Its costs.
  ///   - kind: Which pass: one in the steady state, or one alone.
  /// - Returns: The time; nil for a processor alone, which launches nothing, and where finding out would take too long.
  /// - Throws: `SimulationFault` when a run does not end.
  /// - Complexity: O(instructions executed), a few passes mostly and four hundred thousand instructions at most.
  package func launchAndQueueTime(
    _ plan: ProgramPlan, _ table: CostTable, _ kind: LatencyKind
  ) throws(SimulationFault) -> Picoseconds? {
    switch kind {
    case .steadyState: try launchAndQueueTime(plan.program, plan.counts, table, kind)
    case .synchronized: try launchAndQueueTime(plan.synchronizedProgram, plan.synchronizedCounts, table, kind)
    }
  }

  /// The same of a program, which ends in a synchronization where it is one alone.
  func launchAndQueueTime(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable, _ kind: LatencyKind
  ) throws(SimulationFault) -> Picoseconds? {
    let launches = counts.launches + counts.graphs
    guard launches > 0, counts.instructions <= Self.affordableInstructions / 2 else { return nil }
    guard counts.isOneStream else { return try ofTimeline(program, counts, table, kind) }
    try checkLength(counts, table, passes: 1)
    let possible = min(Self.affordableInstructions / counts.instructions, 0x1p61 / max(1, length(counts, table)))
    let affordable = kind == .synchronized ? 1 : Int(max(1, possible))
    var table = table
    table.replaceAccounts { _ in .zero }
    var recurrence = StreamRecurrence(
      program, counts, table, passes: affordable, skipsRepeats: skipsRepeats)
    recurrence.addsLaunchAndQueueTime = true
    if kind == .synchronized {
      recurrence.runNextPass()
      return Picoseconds(Int64(clamping: recurrence.launchAndQueueTime))
    }
    let load = table.load(of: counts)
    if load.device > load.host {
      let fill = (Double(table.queueDepth) / launches).rounded(.up) + 1
      recurrence.fill(passes: Int(min(fill, Double(affordable / 2))))
    }
    return recurrence.settledLaunchAndQueueTime(passes: affordable)
  }

  /// The sum over the kernels that a timeline shows the launches of.
  private func ofTimeline(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable, _ kind: LatencyKind
  ) throws(SimulationFault) -> Picoseconds? {
    guard counts.isOfSeveralStreams else { return nil }
    let warmUp = kind == .synchronized ? 0 : warmUpPasses(counts, table)
    guard counts.instructions * Double(warmUp + 2) <= Self.affordableInstructions / 10 else { return nil }
    var simulator = self
    simulator.recordsTimeline = true
    let passes = kind == .synchronized ? 1 : warmUp + 2
    let spans = try simulator.run(program, counts, table, passes: passes, recordFrom: warmUp).model.spans
    return spans.launchAndQueueTime(passes: passes - warmUp) { cost in counts.kernelUses[cost] > 0 }
  }
}

extension StreamRecurrence {
  /// The mean launch and queuing time of the passes that are repeated once the state has come back behind one.
  ///
  /// Snapshots are taken behind passes 1, 2, 4, 8 and so on, see `StateWatch`.
  ///
  /// - Parameter passes: How many are run at most.
  /// - Returns: The time of one, rounded to nearest; nil where the state does not come back.
  fileprivate mutating func settledLaunchAndQueueTime(passes: Int) -> Picoseconds? {
    var last: (snapshot: StateSnapshot, pass: Int, sum: Int128)?
    for pass in 1...max(1, passes) {
      runNextPass()
      if let last, last.snapshot.isSame(as: self) {
        let count = Int128(pass - last.pass)
        return Picoseconds(Int64(clamping: (2 * (launchAndQueueTime - last.sum) + count) / (2 * count)))
      }
      if pass & (pass - 1) == 0 { last = (StateSnapshot(self), pass, launchAndQueueTime) }
    }
    return nil
  }
}

extension [TimelineSpan] {
  /// From the start of each launch call to the start of the kernels that it launches, added up, of a pass in the mean.
  ///
  /// - Parameters:
  ///   - passes: How many passes the spans show.
  ///   - isKernel: Whether a cost is that of a kernel.
  /// - Returns: The time; nil where launch calls take none and leave no spans.
  func launchAndQueueTime(passes: Int, isKernel: (Int) -> Bool) -> Picoseconds? {
    var calls: [Int: Picoseconds] = [:]
    for span in self where span.lane == .host && span.category == .launch && span.correlation > 0 {
      calls[span.correlation] = span.start
    }
    var sum: Int128 = 0
    for span in self where span.lane != .host && span.cost >= 0 && isKernel(span.cost) {
      guard let call = calls[span.correlation] else { return nil }
      sum += Int128((span.start - call).count)
    }
    let count = Int128(Swift.max(1, passes))
    return Picoseconds(Int64(clamping: (2 * sum + count) / (2 * count)))
  }
}
