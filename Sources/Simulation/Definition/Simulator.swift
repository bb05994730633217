import EventEngine
import Roofline

/// Which latency is asked for.
public enum LatencyKind: String, Sendable, CaseIterable {
  /// Passes issued back to back, one synchronization at the end: the time that one more pass adds.
  case steadyState = "steady_state"
  /// One synchronization for each pass.
  case synchronized
}

/// Why a simulation gave up.
public enum SimulationFault: Error, Sendable, Equatable {
  /// The run would take longer than the clock can count.
  case tooLong(estimatedSeconds: Double)
  /// A thread or stream waits for something that never happens.
  case neverEnds
  /// The limit on events was reached.
  case eventLimitReached(limit: Int)
}

/// Simulates a program and reads off what one pass takes.
///
/// The event engine is the definition. A program with one stream takes a shorter way to the same picosecond: a closed
/// form where sums alone decide (`SteadyState`), and else a recurrence over launches (`StreamRecurrence`).
public struct Simulator: Sendable {
  /// How the time is found; all agree to the picosecond.
  public enum Method: String, Sendable, CaseIterable {
    /// The shortest way that the program allows.
    case shortest
    /// Launch by launch, repeats left out once the state comes back; several streams go through the engine.
    case recurrence
    /// Event by event, as far as anything can come in between; every repeat is run out.
    case events
  }

  /// The largest number of events in one run, and of instructions.
  package var eventLimit: Int
  /// Whether what happened is kept.
  package var recordsTimeline: Bool
  /// How the time is found; a timeline always takes events.
  package var method: Method
  /// Whether repeats are left out once the state comes back, except in the method ``Method/events``; tests run them all out.
  var skipsRepeats = true
  /// Which account goes on where two clocks meet, in the recurrence; the engine keeps the host's.
  var ties = TieRule.host

  /// A simulator.
  public init(eventLimit: Int = 2_000_000_000, recordsTimeline: Bool = false, method: Method = .shortest) {
    self.eventLimit = eventLimit
    self.recordsTimeline = recordsTimeline
    self.method = method
  }

  /// Simulates a program.
  ///
  /// The steady state is reached when the launch queue is as full as it gets; so as many passes as fill it run before
  /// those that are measured. If the measured passes differ, because the queue's depth and the pass's length beat
  /// against one another, their mean is taken over more of them. With several streams passes run until the state of the
  /// system comes back, and the mean is taken over what is then repeated for ever, see `SystemSnapshot`.
  ///
  /// - Parameters:
  ///   - program: One pass.
  ///   - table: Its costs.
  ///   - kind: Which latency.
  ///   - counts: The program's counts, where the caller keeps them.
  /// - Returns: What one pass takes; the same by every method.
  /// - Throws: ``SimulationFault`` when the simulated time or the number of events is beyond bounds.
  /// - Complexity: O(instructions in the text) for one stream in the steady state, if the sums decide. Otherwise
  ///   O(instructions executed), with a handful of passes for a short program and two for a long one; of a loop as many
  ///   rounds as it takes to settle.
  package func time(
    _ program: Program, _ table: CostTable, _ kind: LatencyKind, counts: ProgramCounts? = nil
  ) throws(SimulationFault) -> PassTiming {
    let counts = counts ?? ProgramCounts(program)
    switch kind {
    case .synchronized: return try alone(program.synchronized, counts.synchronized, table)
    case .steadyState: return try steadyState(program, counts, table)
    }
  }

  /// Simulates a planned pass: the same, with the programs and counts that the plan keeps.
  package func time(_ plan: ProgramPlan, _ table: CostTable, _ kind: LatencyKind) throws(SimulationFault) -> PassTiming
  {
    switch kind {
    case .synchronized: try alone(plan.synchronizedProgram, plan.synchronizedCounts, table)
    case .steadyState: try steadyState(plan.program, plan.counts, table)
    }
  }

  /// One pass from an idle system on; its program ends in a synchronization.
  private func alone(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable
  ) throws(SimulationFault) -> PassTiming {
    timing(try passes(1, of: program, counts, table, recordFrom: 0), from: .start, passes: 1)
  }

  private func steadyState(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable
  ) throws(SimulationFault) -> PassTiming {
    let warmUp = warmUpPasses(counts, table)
    if method == .shortest, !recordsTimeline, let sums = PassSums(counts, table),
      let timing = SteadyState.time(counts, sums, table)
    {
      try checkLength(counts, table, passes: warmUp + 2)
      return timing
    }
    if counts.isOfSeveralStreams { return try steadyStateOfStreams(program, counts, table) }
    let run = try passes(warmUp + 2, of: program, counts, table, recordFrom: warmUp)
    let marks = run.marks
    let last = timing(run, from: marks[warmUp], passes: 1)
    if warmUp == 0 || isSame(marks[warmUp - 1], marks[warmUp], marks[warmUp + 1]) { return last }
    let many = 16
    let longer = try passes(warmUp + many, of: program, counts, table, recordFrom: warmUp)
    return timing(longer, from: longer.marks[warmUp - 1], passes: many)
  }

  /// How many instructions ``time(_:_:_:counts:)`` executes at most: what to say beforehand of a run that may be long.
  ///
  /// Mostly far fewer are, since loops and passes are left once the state comes back. An instruction takes some hundred
  /// nanoseconds with several streams, and some ten with one.
  package func mostInstructions(_ counts: ProgramCounts, _ table: CostTable, _ kind: LatencyKind) -> Double {
    guard kind == .steadyState else { return counts.instructions }
    let passes =
      counts.isOfSeveralStreams ? passesToComeBack(counts, table) : 2 * warmUpPasses(counts, table) + 2 + 16
    return counts.instructions * Double(passes)
  }

  /// Whether a pass is priced and simulated again in no time beside what a program's start takes: of a few hundred different
  /// costs, in closed form, or in few instructions or events.
  ///
  /// - Parameters:
  ///   - plan: The pass.
  ///   - table: Its costs.
  ///   - timing: What simulating it has come to.
  ///   - kind: Which latency.
  /// - Returns: Whether it may be done a handful of times more.
  func isShort(_ plan: ProgramPlan, _ table: CostTable, _ timing: PassTiming, _ kind: LatencyKind) -> Bool {
    // Each number that is looked at prices every cost anew.
    guard plan.items.count <= 500 else { return false }
    if !plan.counts.isOneStream { return timing.events <= 10_000 && plan.counts.instructions <= 10_000 }
    if kind == .steadyState, let sums = PassSums(plan.counts, table),
      SteadyState.time(plan.counts, sums, table) != nil
    {
      return true
    }
    return mostInstructions(plan.counts, table, kind) <= 2_000_000
  }

  /// Simulates many passes whose host costs scatter, each after the other.
  ///
  /// - Parameters:
  ///   - plan: One pass.
  ///   - table: Its costs on the whole.
  ///   - kind: Which latency.
  ///   - jitter: By what the host's costs scatter.
  ///   - count: How many passes, at least one.
  /// - Returns: What each pass took, in their order; those that fill the launch queues are left out.
  /// - Throws: ``SimulationFault``.
  /// - Complexity: O(instructions executed), event by event.
  package func scattered(
    _ plan: ProgramPlan, _ table: CostTable, _ kind: LatencyKind, by jitter: JitterSource, passes count: Int
  ) throws(SimulationFault) -> [Picoseconds] {
    let isAlone = kind == .synchronized
    let (program, counts) =
      isAlone
      ? (plan.synchronizedProgram, plan.synchronizedCounts) : (plan.program, plan.counts)
    let warmUp = isAlone ? 0 : warmUpPasses(counts, table)
    let most = length(counts, table) * Double(warmUp + count) * JitterSource.longest
    guard most < 0x1p62 else { throw .tooLong(estimatedSeconds: most * 1e-12) }
    var simulator = self
    simulator.method = .events
    let engine = try simulator.run(
      program, counts, table, passes: warmUp + count, recordFrom: .max, jitter: jitter)
    let times = [.zero] + engine.model.marks.map(\.time)
    return zip(times.dropFirst(warmUp), times.dropFirst(warmUp + 1)).map { $1 - $0 }
  }

  /// Simulates one pass from an idle system, as it stands: no synchronization is added, and nothing follows.
  ///
  /// - Throws: ``SimulationFault``; ``SimulationFault/neverEnds`` if threads or streams wait for one another.
  /// - Complexity: O(instructions executed).
  package func replay(_ program: Program, _ table: CostTable) throws(SimulationFault) -> PassTiming {
    let counts = ProgramCounts(program)
    let engine = try self.run(program, counts, table, passes: 1, recordFrom: 0)
    guard !engine.model.marks.isEmpty else { throw .neverEnds }
    let run = PassRun(
      marks: engine.model.marks, hostBusy: table.hostBusy(of: counts),
      events: engine.handledEvents,
      spans: engine.model.spans)
    return timing(run, from: .start, passes: 1)
  }

  /// The steady state of several streams: the mean of the passes that are repeated once the state has come back.
  ///
  /// The clocks of several streams may drift apart in their accounts for ever, so the difference of two marks' accounts
  /// may be that of two different paths, and negative. The mean is that of a piece of one path instead, see
  /// ``AccountMap/circle(from:)``. Where the state doesn't come back within the passes that can be afforded, it is the mean
  /// of all of them from the idle system on, which is a piece of one path as well; the fill of the queues is then a part
  /// of it.
  private func steadyStateOfStreams(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable
  ) throws(SimulationFault) -> PassTiming {
    let passes = passesToComeBack(counts, table)
    var simulator = self
    simulator.recordsTimeline = false
    let engine = try simulator.run(
      program, counts, table, passes: passes, recordFrom: .max, watchesPasses: true)
    let period = engine.model.period
    let mark =
      period.map { PassMark(time: $0.time, account: $0.account, deviceBusy: $0.busy, hostClock: $0.time) }
      ?? engine.model.marks[engine.model.marks.count - 1]
    var run = PassRun(
      marks: [mark], hostBusy: table.hostBusy(of: counts), events: engine.handledEvents)
    if recordsTimeline {
      let warmUp = warmUpPasses(counts, table)
      run.spans = try self.run(program, counts, table, passes: warmUp + 2, recordFrom: warmUp).model.spans
    }
    return timing(run, from: .start, passes: period?.passes ?? passes)
  }

  /// How many passes the state of several streams is given to come back: some more than fill the queues, as far as twenty
  /// million instructions and the limits allow.
  private func passesToComeBack(_ counts: ProgramCounts, _ table: CostTable) -> Int {
    let fill = Double(table.queueDepth) / max(1, counts.fewestLaunchesOfAStream)
    let affordable = max(4, 2e7 / max(1, counts.instructions))
    let possible = min(0x1p61 / max(1, length(counts, table)), Double(eventLimit) / (8 * max(1, counts.instructions)))
    return Int(max(2, min(1_024 + 4 * fill, affordable, possible).rounded(.down)))
  }

  /// What passes issued back to back come to.
  private struct PassRun {
    var marks: [PassMark]
    /// Host time of one.
    var hostBusy: Picoseconds
    var events = 0
    var spans: [TimelineSpan] = []
  }

  private func passes(
    _ passes: Int, of program: Program, _ counts: ProgramCounts, _ table: CostTable, recordFrom: Int
  ) throws(SimulationFault) -> PassRun {
    if counts.isOneStream, !recordsTimeline, method != .events {
      let marks = try marks(program, counts, table, passes: passes, ties: ties)
      return PassRun(marks: marks, hostBusy: table.hostBusy(of: counts))
    }
    let engine = try run(program, counts, table, passes: passes, recordFrom: recordFrom)
    return PassRun(
      marks: engine.model.marks, hostBusy: table.hostBusy(of: counts),
      events: engine.handledEvents,
      spans: engine.model.spans)
  }

  /// The marks of passes on one stream, by the recurrence.
  func marks(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable, passes: Int, ties: TieRule = .host
  ) throws(SimulationFault) -> [PassMark] {
    try checkLength(counts, table, passes: passes)
    var recurrence = StreamRecurrence(
      program, counts, table, passes: passes, ties: ties, skipsRepeats: skipsRepeats)
    return recurrence.run(passes: passes)
  }

  /// How many passes fill the launch queues; a pass of a million instructions fills them by itself.
  ///
  /// The queue of the stream with the fewest launches fills last. Until then the stream may fall behind, pass by pass,
  /// without being what the passes wait for. With one stream, a queue that holds many passes never runs dry by the
  /// imbalance within one of them, full or not: the pass takes the longer of its host and device times from the start.
  func warmUpPasses(_ counts: ProgramCounts, _ table: CostTable) -> Int {
    guard counts.instructions < 1e6 else { return 0 }
    let fewest = counts.fewestLaunchesOfAStream
    guard fewest > 0 else { return 1 }
    let affordable = (2e7 / counts.instructions).rounded(.up)
    let most = counts.streamCount == 1 ? 16.0 : 4096  // Several streams: for the timeline alone.
    return Int(min(most, affordable, (Double(table.queueDepth) / fewest).rounded(.up))) + 2
  }

  private func isSame(_ first: PassMark, _ second: PassMark, _ third: PassMark) -> Bool {
    second.time - first.time == third.time - second.time
      && second.account &- first.account == third.account &- second.account
      && second.deviceBusy - first.deviceBusy == third.deviceBusy - second.deviceBusy
  }

  /// Runs passes back to back and keeps the whole state of the system: what ``time(_:_:_:)`` reads its results from.
  ///
  /// - Parameters:
  ///   - program: One pass.
  ///   - counts: Its counts.
  ///   - table: Its costs.
  ///   - passes: How many passes.
  ///   - recordFrom: The first whose spans are kept, if any are.
  ///   - watchesPasses: Whether the run stops once the state comes back behind a pass.
  ///   - jitter: By what the host's costs scatter, if they do.
  /// - Returns: The engine with the system as it is at the end.
  /// - Throws: ``SimulationFault``.
  func run(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable, passes: Int, recordFrom: Int,
    watchesPasses: Bool = false, jitter: JitterSource? = nil
  ) throws(SimulationFault) -> Engine<SystemModel> {
    try checkLength(counts, table, passes: passes)
    let leavesLoops = counts.isOfSeveralStreams && !recordsTimeline && method != .events && skipsRepeats
    var model = SystemModel(
      program: program, table: table, passCount: passes, recordsFromPass: recordsTimeline ? recordFrom : .max,
      skipsRepeats: leavesLoops, watchesPasses: watchesPasses, eventLimit: eventLimit, jitter: jitter)
    model.spendPassCost()
    guard !(counts.isOneStream && model.isExact) else {
      model.runAlone()
      return Engine(model: model, calendar: model.startingCalendar(), eventLimit: eventLimit)
    }
    var engine = Engine(model: model, calendar: model.startingCalendar(), eventLimit: eventLimit)
    do {
      try engine.run()
    } catch {
      throw .eventLimitReached(limit: eventLimit)
    }
    return engine
  }

  /// Refuses a run whose clock would overflow, before it starts: the sum of everything that is spent is a bound.
  ///
  /// And a run that executes more instructions than the limit on events: what takes no event takes time all the same.
  func checkLength(_ counts: ProgramCounts, _ table: CostTable, passes: Int) throws(SimulationFault) {
    let total = length(counts, table) * Double(passes)
    guard total < 0x1p62 else { throw .tooLong(estimatedSeconds: total * 1e-12) }
    guard counts.instructions * Double(passes) <= Double(eventLimit) else {
      throw .eventLimitReached(limit: eventLimit)
    }
  }

  /// A bound on the time of a pass: the sum of everything that is spent, picoseconds.
  func length(_ counts: ProgramCounts, _ table: CostTable) -> Double {
    var total = Double(table.launch.pass.duration.count) + Double(table.launch.synchronization.duration.count)
    let launch = table.launch.boundOfJob
    let streams = Double(counts.streamCount)
    for index in 0..<counts.costCount {
      let jobs = counts.kernelUses[index] + counts.copyUses[index]
      guard counts.hostUses[index] + jobs > 0 else { continue }
      let duration = Double(table.costs[index].duration.count)
      total += counts.hostUses[index] * duration + jobs * (launch + streams * duration)
    }
    return total + counts.graphs * launch
      + counts.synchronizations * Double(table.launch.synchronization.duration.count)
  }

  /// The mean of the last passes, of which ``Account/divided(by:of:)`` makes whole numbers.
  private func timing(_ run: PassRun, from first: PassMark, passes: Int) -> PassTiming {
    let last = run.marks[run.marks.count - 1]
    let account = last.account &- first.account
    let latency = (last.time - first.time) / passes
    var timeline: Timeline?
    if recordsTimeline {
      timeline = Timeline()
      timeline?.spans = run.spans
    }
    let summary = PassSummary(
      latency: latency, deviceBusy: (last.deviceBusy - first.deviceBusy) / passes, hostBusy: run.hostBusy,
      account: passes == 1 ? account : account.divided(by: passes, of: last.time - first.time))
    return PassTiming(summary: summary, events: run.events, timeline: timeline)
  }
}

extension Engine<SystemModel> {
  /// How many events there have been, those that needed no place in the calendar among them.
  fileprivate var handledEvents: Int { eventCount + model.foreseenEvents }
}
