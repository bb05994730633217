import Traces

/// A call of the runtime as a replay makes it.
struct ScheduledCall: Sendable {
  /// An index into the recording's host events.
  var event: Int
  var kind: RuntimeCall
  /// When the host goes on behind it, nanoseconds from the recording's zero.
  var end: Int64
  /// The host's own time, nanoseconds: before its jobs enter their streams, and after what it waits for.
  var before: Int64
  var after: Int64 = 0
  /// The device events that it launches, as positions in ``RecordedRun/deviceEvents``.
  var positions: ArraySlice<Int> = []
  /// The jobs that it launches.
  var jobs = 0..<0
  /// Its launches, waits and events, as a part of ``CallSchedule/steps``.
  var steps = 0..<0
  /// What it waits for, after its jobs are launched.
  var wait = CallWait.nothing
}

/// What a call of the runtime waits for.
enum CallWait: Sendable, Equatable {
  case nothing
  case device
  /// Lanes.
  case lanes([Int])
  /// A position.
  case position(Int)
}

/// The calls of a recording in the order of their start: which jobs they launch, what they wait for, and what is left of their
/// durations when the waiting is taken out.
struct CallSchedule {
  var calls: [ScheduledCall] = []
  /// What the calls do to the streams, call by call.
  private(set) var steps: [HostStep] = []
  private(set) var jobs: [RecordedJob] = []
  private(set) var streams: [Int32] = []
  private(set) var earlier: [HostStep] = []
  private(set) var occupiedUntil: [Int64] = []
  private(set) var unexplainedWait: Int64 = 0
  private(set) var constants: RecordedConstants
  private(set) var samples: RecordedConstants.Samples

  let run: RecordedRun
  let trace: Trace
  var history: StreamHistory
  /// The shorter times of calls that launch something, by kind.
  private var shortCalls: [RuntimeCall: Int64] = [:]
  /// The time of a launch that is not blocked.
  private(set) var typicalCall: Int64 = 5_000
  /// Positions in ``RecordedRun/deviceEvents`` by the call that launched them.
  private var launched = LaunchedPositions([], of: 0)
  private var earlierPositions: [Int] = []
  /// Recorded waits by their correlation.
  private var waits: [Int64: RecordedWait] = [:]
  /// By the call that records an event, the stream that those name who wait for it.
  private var recordStreams: [Int64: Int32] = [:]
  /// The process that each device belongs to, where there are several processes.
  var owners: [String: String] = [:]
  /// The calls that waited, and how much later than the device they ended.
  var waited: [(call: Int, after: Int64)] = []
  var queues: QueueWatch
  var polls: [Int32: Polling] = [:]

  init(_ run: RecordedRun) {
    self.run = run
    trace = run.trace
    history = StreamHistory(run)
    queues = QueueWatch(laneCount: history.lanes.streams.count)
    samples = RecordedConstants.Samples()
    constants = RecordedConstants(samples)
    for wait in trace.waits {
      if waits[wait.correlation] == nil { waits[wait.correlation] = wait }
      if wait.recordCorrelation >= 0, wait.waitsForStream >= 0 {
        recordStreams[wait.recordCorrelation] = wait.waitsForStream
      }
    }
    findOwners()
    collectLaunches()
    findShortCalls()
    history.launchEarlier(earlierPositions)
    schedule()
    samples = RecordedConstants.Samples(history.causes, isOfGraph: run.isGraphNode)
    constants = RecordedConstants(samples)
    applyQueueDepth()
    let graphs = calls.filter { $0.kind == .graphLaunch }
    constants.hasGraphs = graphs.contains { !$0.positions.isEmpty }
    constants.graphCall = median(graphs.map(\.before)) ?? 0
    applySynchronization()
    write()
  }

  /// What calls of each kind take that are not blocked: many may be, so that the middle one says nothing.
  private mutating func findShortCalls() {
    var times: [RuntimeCall: [Int64]] = [:]
    for index in run.hostEvents where launched.contains(index) {
      let event = trace.hostEvents[index]
      times[run.calls[event], default: []].append(event.duration)
    }
    for (kind, durations) in times { shortCalls[kind] = durations.sorted()[durations.count / 10] }
    typicalCall = shortCalls[.launch] ?? typicalCall
  }

  // MARK: Who launches what

  private mutating func findOwners() {
    let processes = Set(trace.threads.map(\.process))
    guard processes.count > 1 else { return }
    for (position, launcher) in run.launchers.enumerated() where launcher >= 0 {
      let device = trace.streams[Int(history.stream(position))].device
      if owners[device] == nil { owners[device] = trace.threads[Int(trace.hostEvents[launcher].thread)].process }
    }
  }

  private mutating func collectLaunches() {
    // By lane, who launched its last position.
    var previousLauncher = Array(repeating: -1, count: history.lanes.streams.count)
    var launchers = Array(repeating: -1, count: run.deviceEvents.count)
    for position in run.deviceEvents.indices {
      let lane = history.lanes.lanes[position]
      // What no recorded call has launched follows what came before it, or was launched before the recording.
      let launcher = run.launchers[position] >= 0 ? run.launchers[position] : previousLauncher[lane]
      if launcher >= 0 {
        previousLauncher[lane] = launcher
        launchers[position] = launcher
      } else {
        earlierPositions.append(position)
      }
    }
    launched = LaunchedPositions(launchers, of: trace.hostEvents.count)
  }

  // MARK: Calls

  private mutating func schedule() {
    var outer: [Int32: Int] = [:]
    for index in run.hostEvents {
      let event = trace.hostEvents[index]
      guard event.kind == .call else {
        endPolling(event.thread)
        continue
      }
      // Stamps are rounded: what begins a little before the one before it has ended is its neighbor.
      if let around = outer[event.thread],
        trace.hostEvents[calls[around].event].end - event.start > event.duration / 2
      {
        launch(from: index, in: around)
        continue
      }
      outer[event.thread] = calls.count
      calls.append(ScheduledCall(event: index, kind: run.calls[event], end: event.end, before: event.duration))
      add(event, calls.count - 1)
    }
    for thread in polls.keys.sorted() { endPolling(thread) }
  }

  private mutating func add(_ event: HostEvent, _ call: Int) {
    if calls[call].kind == .query { return poll(event, call) }
    endPolling(event.thread)
    switch calls[call].kind {
    case .launch, .graphLaunch, .copy, .set:
      launch(from: calls[call].event, in: call)
      if calls[call].kind == .copy { waitForCopy(event, call) }
    case .synchronizeDevice, .free: waitForDevice(event, call)
    case .synchronizeStream: waitForStream(event, call, named: waits[event.correlation]?.waitsForStream)
    case .synchronizeEvent:
      waitForEvent(event, call, known: waits[event.correlation].flatMap { history.mark($0.recordCorrelation) })
    case .recordEvent:
      history.record(recordStreams[event.correlation], correlation: event.correlation, thread: event.thread)
    case .waitForEvent: letWait(event)
    case .query, .other: break
    }
  }

  /// A stream is told to wait for another's event.
  private mutating func letWait(_ event: HostEvent) {
    guard let known = waits[event.correlation], known.stream >= 0 else {
      history.waitForSomething(event.thread)
      return
    }
    let positions =
      history.mark(known.recordCorrelation)
      ?? (known.waitsForStream >= 0 ? history.given(known.waitsForStream, event.thread) : [])
    history.wait(known.stream, for: positions)
  }

  /// Gives a call the jobs that it, or a call inside of it, has launched.
  private mutating func launch(from event: Int, in call: Int) {
    let positions = launched[event]
    guard let first = positions.first else { return }
    let inner = trace.hostEvents[event]
    let outer = trace.hostEvents[calls[call].event]
    if run.calls[inner] == .graphLaunch { calls[call].kind = .graphLaunch }
    let isGraph = calls[call].kind == .graphLaunch
    // What a call of the kind takes that waits for nothing; all of a kind may wait, as copies do.
    let shortest = min(shortCalls[calls[call].kind] ?? typicalCall, 2 * typicalCall)
    let start = history.lanes.starts[first]
    let returned = max(inner.end, outer.end)
    let entry = StreamHistory.Entry(
      time: min(returned, max(start, outer.start)),
      earliest: start < returned ? outer.start + shortest : .max, idleSince: outer.start,
      returned: returned, number: call)
    queues.look(positions, outer, call, shortest: shortest, history.lanes)
    history.launch(positions, entry, thread: inner.thread, isGraph: isGraph)
    // Most calls launch by themselves: what they launch is a part of what all do.
    if calls[call].positions.isEmpty { calls[call].positions = positions } else { calls[call].positions += positions }
    queues.add(positions, history.lanes)
  }

  // MARK: Constants

  /// Launches into a full queue waited for a place in it.
  private mutating func applyQueueDepth() {
    let depth = queues.depth
    let blocked = depth.map { depth in queues.blocked.filter { queues.isFull($0, depth: depth) }.map(\.call) } ?? []
    let isBlocked = Set(blocked)
    let free = calls.indices.filter { calls[$0].kind == .launch && !isBlocked.contains($0) }
    typicalCall = median(free.map { trace.hostEvents[calls[$0].event].duration }) ?? typicalCall
    constants.launchCall = typicalCall
    constants.queueDepth = depth
    for call in blocked {
      let usual = calls[call].kind == .launch ? typicalCall : shortCalls[calls[call].kind] ?? typicalCall
      calls[call].before = min(calls[call].before, usual)
    }
  }

  /// How long a synchronization takes to return is one number for all that waited.
  private mutating func applySynchronization() {
    let explicit = waited.filter { calls[$0.call].kind != .free && calls[$0.call].kind != .query }
    constants.synchronizationCount = explicit.count
    constants.synchronization = median(explicit.map(\.after)) ?? 0
    for (call, _) in explicit { calls[call].after = constants.synchronization }
  }

  // MARK: Steps

  /// Writes down what each call does to the streams, now that it is known what waits for what.
  private mutating func write() {
    streams = history.lanes.streams
    occupiedUntil = Array(repeating: 0, count: streams.count)
    var awaited = Set(history.causes.flatMap(\.waits))
    for call in calls { if case .position(let position) = call.wait { awaited.insert(position) } }
    var writer = LaunchWriter(run, history, constants, samples, awaited: awaited)
    writer.write(earlierPositions[...], isGraph: false, to: &earlier)
    for call in calls.indices {
      let (firstJob, firstStep) = (writer.jobs.count, steps.count)
      writer.write(calls[call].positions, isGraph: calls[call].kind == .graphLaunch, to: &steps)
      calls[call].jobs = firstJob..<writer.jobs.count
      enter(call)
      writeWait(calls[call].wait)
      calls[call].steps = firstStep..<steps.count
    }
    jobs = writer.jobs
    occupiedUntil = writer.occupiedUntil
    unexplainedWait = writer.unexplainedWait
  }

  /// A job that begins before its call returns was launched earlier in it.
  private mutating func enter(_ call: Int) {
    guard let first = calls[call].positions.first, calls[call].before > 0 else { return }
    let cause = history.causes[first]
    guard cause.bound == .launch, history.lanes.starts[first] < calls[call].end else { return }
    let start = trace.hostEvents[calls[call].event].start
    let latency = run.isGraphNode[first] ? constants.graphLatency : constants.launchLatency
    let before = min(calls[call].before, max(0, history.lanes.starts[first] - latency - start))
    // What a call takes that waits for its copy is counted behind the copy already.
    if calls[call].wait == .nothing { calls[call].after += calls[call].before - before }
    calls[call].before = before
  }

  private mutating func writeWait(_ wait: CallWait) {
    switch wait {
    case .nothing: break
    case .device: steps.append(.synchronize)
    case .lanes(let lanes): for lane in lanes { steps.append(.synchronizeStream(lane)) }
    case .position(let position): steps.append(.synchronizeEvent(position))
    }
  }
}
