import Traces

/// What a call of the runtime waits for.
enum CallWait: Sendable, Equatable {
  case nothing
  case device
  case stream(Int)
  case event(Int)
}

/// A call of the runtime as a replay makes it.
struct ScheduledCall: Sendable {
  /// An index into the recording's host events.
  var event: Int
  var kind: RuntimeCall
  /// The host's own time, nanoseconds: before its jobs enter their streams, and after what it waits for.
  var before: Int64
  var after: Int64 = 0
  /// The jobs that it launches, by stream.
  var jobs: [(stream: Int, jobs: Range<Int>)] = []
  /// What it waits for, after its jobs are launched.
  var wait = CallWait.nothing
  /// The event that it records, and in which stream.
  var records: (event: Int, stream: Int)?
  /// The event or stream that a stream waits for.
  var streamWait: (event: Int?, other: Int, stream: Int)?
}

/// The calls of a recording in the order of their start: which jobs they launch, what they wait for, and what is left of their
/// durations when the waiting is taken out.
struct CallSchedule {
  private(set) var calls: [ScheduledCall] = []
  private(set) var jobs: [RecordedJob] = []
  private(set) var streams: [Int32] = []
  private(set) var earlier: [(stream: Int, jobs: Range<Int>)] = []
  private(set) var occupiedUntil: [Int64] = []
  private(set) var constants: RecordedConstants
  let samples: RecordedConstants.Samples

  private let run: RecordedRun
  private let trace: Trace
  /// Positions in ``RecordedRun/deviceEvents`` by the call that launched them.
  private var launched: [Int: [Int]] = [:]
  /// By stream, when all jobs up to each have ended, of those that are launched so far.
  ///
  /// In a stream one ends after the other, but for nodes of a graph side by side.
  private var ends: [[Int64]] = []
  /// By stream, how many of them are known to be over.
  private var over: [Int] = []
  /// When all jobs have ended that are launched so far.
  private var latestEnd = Int64.min
  /// The streams' numbers by the recording's.
  private var numbers: [Int32: Int] = [:]
  private var lastStream: [Int32: Int] = [:]
  private var typicalCall: Int64 = 0
  private var eventStreams: [Int64: (event: Int, stream: Int)] = [:]
  private var waits: [Int64: RecordedWait] = [:]
  private var lastRecorded: [Int32: (event: Int, stream: Int)] = [:]
  private var pendingWait: [Int32: (call: Int, recorded: (event: Int, stream: Int)?)] = [:]

  /// As many unfinished launches as may block the next one.
  private static let fullQueue = 1000

  init(_ run: RecordedRun) {
    self.run = run
    trace = run.trace
    samples = RecordedConstants.samples(run)
    constants = RecordedConstants(samples)
    for wait in trace.waits where waits[wait.correlation] == nil { waits[wait.correlation] = wait }
    typicalCall =
      median(
        run.hostEvents.compactMap { index in
          let event = trace.hostEvents[index]
          guard event.kind == .call, RuntimeCall(name: trace.name(event.name)) == .launch else { return nil }
          return event.duration
        }) ?? 5_000
    constants.launchCall = typicalCall
    assignJobs()
    schedule()
    let graphs = calls.filter { $0.kind == .graphLaunch }
    constants.hasGraphs = graphs.contains { !$0.jobs.isEmpty }
    constants.graphCall = median(graphs.map(\.before)) ?? 0
    applySynchronization()
  }

  // MARK: Jobs

  private mutating func assignJobs() {
    var previousLauncher: [Int: Int] = [:]
    var before: [[Int]] = []
    for (position, index) in run.deviceEvents.enumerated() {
      let event = trace.deviceEvents[index]
      let stream = numbers[event.stream] ?? streams.count
      if stream == streams.count {
        numbers[event.stream] = stream
        streams.append(event.stream)
        before.append([])
      }
      // What no recorded call has launched follows what came before it, or was launched before the recording.
      let launcher = run.launchers[position] >= 0 ? run.launchers[position] : previousLauncher[stream] ?? -1
      if launcher >= 0 {
        previousLauncher[stream] = launcher
        launched[launcher, default: []].append(position)
      } else {
        before[stream].append(position)
      }
    }
    ends = Array(repeating: [], count: streams.count)
    over = Array(repeating: 0, count: streams.count)
    occupiedUntil = Array(repeating: 0, count: streams.count)
    for stream in streams.indices where !before[stream].isEmpty {
      occupy(stream, before: before[stream][0], launched: run.start)
      earlier.append((stream, append(before[stream], to: stream)))
    }
  }

  /// Appends device events to the jobs, in the order of a stream.
  private mutating func append(_ positions: [Int], to stream: Int) -> Range<Int> {
    let first = jobs.count
    for position in positions {
      let event = trace.deviceEvents[run.deviceEvents[position]]
      // What runs when a step begins has done a part of its work.
      let duration = max(0, event.end - max(event.start, run.start))
      jobs.append(
        RecordedJob(
          kind: event.kind, name: event.name, duration: duration, bytes: event.bytes, operation: -1,
          collective: event.collective))
      ends[stream].append(max(event.end, ends[stream].last ?? .min))
      latestEnd = max(latestEnd, event.end)
    }
    return first..<jobs.count
  }

  /// Notes that a stream was busy, if its first job began long after its launch.
  private mutating func occupy(_ stream: Int, before position: Int, launched: Int64) {
    let start = trace.deviceEvents[run.deviceEvents[position]].start
    let expected = launched + constants.launchLatency
    guard start - expected > max(100_000, 20 * constants.launchLatency) else { return }
    occupiedUntil[stream] = max(0, start - constants.kernelGap - run.start)
  }

  private func stream(of recorded: Int32) -> Int? { numbers[recorded] }

  // MARK: Calls

  private mutating func schedule() {
    var outer: [Int32: Int] = [:]
    for index in run.hostEvents where trace.hostEvents[index].kind == .call {
      let event = trace.hostEvents[index]
      if let around = outer[event.thread], trace.hostEvents[calls[around].event].end > event.start {
        launch(from: index, in: around)
        continue
      }
      outer[event.thread] = calls.count
      calls.append(
        ScheduledCall(event: index, kind: RuntimeCall(name: trace.name(event.name)), before: event.duration))
      add(event, calls.count - 1)
    }
  }

  private mutating func add(_ event: HostEvent, _ call: Int) {
    switch calls[call].kind {
    case .launch, .graphLaunch, .copy, .set:
      shortenIfBlocked(event, call)
      launch(from: calls[call].event, in: call)
      if calls[call].kind == .copy { waitForCopy(event, call) }
    case .synchronizeDevice, .free: wait(.device, event, call)
    case .synchronizeStream:
      let known = waits[event.correlation].flatMap { stream(of: $0.waitsForStream) }
      if let stream = known ?? lastStream[event.thread] ?? (streams.isEmpty ? nil : 0) {
        wait(.stream(stream), event, call)
      }
    case .synchronizeEvent:
      if let known = waits[event.correlation].flatMap({ eventStreams[$0.recordCorrelation] }) {
        wait(.event(known.event), event, call, stream: known.stream)
      } else if let stream = streamThatEnded(in: event) {
        wait(.stream(stream), event, call)
      }
    case .recordEvent:
      if let stream = lastStream[event.thread] {
        calls[call].records = (call, stream)
        eventStreams[event.correlation] = (call, stream)
        lastRecorded[event.thread] = (call, stream)
      }
    case .waitForEvent:
      if let known = waits[event.correlation], let waiting = stream(of: known.stream),
        let recorded = eventStreams[known.recordCorrelation]
      {
        calls[call].streamWait = (recorded.event, recorded.stream, waiting)
      } else {
        // Who waits is told by the next launch, whom it waits for by the last record.
        pendingWait[event.thread] = (call, lastRecorded[event.thread])
      }
    case .other: break
    }
  }

  /// Gives a call the jobs that it, or a call inside of it, has launched.
  private mutating func launch(from event: Int, in call: Int) {
    guard let positions = launched[event] else { return }
    let thread = trace.hostEvents[event].thread
    if RuntimeCall(name: trace.name(trace.hostEvents[event].name)) == .graphLaunch { calls[call].kind = .graphLaunch }
    var byStream: [(stream: Int, positions: [Int])] = []
    var places: [Int: Int] = [:]
    for position in positions {
      guard let stream = stream(of: trace.deviceEvents[run.deviceEvents[position]].stream) else { continue }
      if let known = places[stream] {
        byStream[known].positions.append(position)
      } else {
        places[stream] = byStream.count
        byStream.append((stream, [position]))
      }
    }
    for (stream, positions) in byStream {
      if ends[stream].isEmpty {
        occupy(stream, before: positions[0], launched: trace.hostEvents[event].end)
      }
      if let waiting = pendingWait.removeValue(forKey: thread), let recorded = waiting.recorded,
        recorded.stream != stream
      {
        calls[waiting.call].streamWait = (recorded.event, recorded.stream, stream)
      }
      calls[call].jobs.append((stream, append(positions, to: stream)))
      lastStream[thread] = stream
    }
  }

  /// A launch into a full queue waited for a place in it.
  private mutating func shortenIfBlocked(_ event: HostEvent, _ call: Int) {
    guard event.duration > 3 * typicalCall, let first = launched[calls[call].event]?.first,
      let stream = stream(of: trace.deviceEvents[run.deviceEvents[first]].stream)
    else { return }
    while over[stream] < ends[stream].count, ends[stream][over[stream]] <= event.start { over[stream] += 1 }
    if ends[stream].count - over[stream] >= Self.fullQueue { calls[call].before = typicalCall }
  }

  /// A copy from or to pageable memory has ended, or nearly so, when its call returns.
  private mutating func waitForCopy(_ event: HostEvent, _ call: Int) {
    guard let (stream, range) = calls[call].jobs.last, let job = range.last, let end = ends[stream].last,
      event.end >= end - jobs[job].duration / 2, event.end > end - jobs[job].duration
    else { return }
    let idle = ends[stream].count < 2 || ends[stream][ends[stream].count - 2] <= event.start
    calls[call].wait = .stream(stream)
    if idle {
      calls[call].before = max(0, event.duration - jobs[job].duration - constants.launchLatency)
    } else {
      calls[call].before = min(max(0, event.duration - jobs[job].duration), typicalCall)
      calls[call].after = max(0, event.end - end)
    }
  }

  /// A call that waits, with what is left of its duration.
  private mutating func wait(_ target: CallWait, _ event: HostEvent, _ call: Int, stream known: Int? = nil) {
    calls[call].wait = target
    let end: Int64
    switch target {
    case .stream(let stream): end = ends[stream].last ?? .min
    case .event: end = known.flatMap { lastEnd(in: $0, notAfter: event.end) } ?? .min
    default: end = latestEnd
    }
    calls[call].before = 0
    calls[call].after = event.duration
    if end > event.start {
      calls[call].after = max(0, event.end - end)
      waited.append((call, calls[call].after))
    }
  }

  /// The calls that waited, and how much later than the device they ended.
  private var waited: [(call: Int, after: Int64)] = []

  /// The last moment, not after another, at which all that a stream was given up to some job had ended.
  ///
  /// - Complexity: O(log n) for n jobs.
  private func lastEnd(in stream: Int, notAfter time: Int64) -> Int64? {
    var (low, high) = (0, ends[stream].count)
    while low < high {
      let middle = (low + high) / 2
      if ends[stream][middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? ends[stream][low - 1] : nil
  }

  /// The stream whose work ended while a call waited.
  private func streamThatEnded(in event: HostEvent) -> Int? {
    var latest: (end: Int64, stream: Int)?
    for stream in streams.indices {
      guard let end = lastEnd(in: stream, notAfter: event.end), end > event.start else { continue }
      if end > latest?.end ?? .min { latest = (end, stream) }
    }
    return latest?.stream
  }

  /// How long a synchronization takes to return is one number for all that waited.
  private mutating func applySynchronization() {
    let explicit = waited.filter { calls[$0.call].kind != .free }
    constants.synchronizationCount = explicit.count
    constants.synchronization = median(explicit.map(\.after)) ?? 0
    for (call, _) in explicit { calls[call].after = constants.synchronization }
  }
}
