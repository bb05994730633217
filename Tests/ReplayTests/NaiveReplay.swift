import Replay
import Roofline
import Traces

/// A replay as one would write it down: thread by thread and job by job, each at the time that the rules say, nanoseconds.
///
/// It shares nothing with the simulator: no calendar, no events, no accounts. A job's start and end are known as soon as it
/// is launched, because a stream is in order and nothing that is launched later can come before it.
struct NaiveReplay {
  private(set) var span = 0.0
  private(set) var busy = 0.0

  private struct Stream {
    var ends: [Double] = []
    var lastEnd: Double?
    var waits: [Double] = []
    var delay: (time: Double, kind: JobDelay)?
  }

  private var streams: [Stream]
  private var events: [Int: (stream: Int, end: Double)] = [:]
  private var intervals: [(start: Double, end: Double)] = []
  private let program: RecordedProgram
  private let deviceSpeed: Double
  private let queueDepth: Int

  /// Replays a program, every job's duration divided by a speed.
  init(_ program: RecordedProgram, deviceSpeed: Double, queueDepth: Int = 1024) {
    self.program = program
    self.deviceSpeed = deviceSpeed
    var earlier: [Int: Int] = [:]
    for step in program.earlier {
      if case .launch(let jobs, let stream) = step { earlier[stream, default: 0] += jobs.count }
    }
    self.queueDepth = max(program.constants.queueDepth ?? queueDepth, (earlier.values.max() ?? 0) + 1)
    streams = Array(repeating: Stream(), count: max(1, program.streams.count))
    run()
  }

  private func duration(_ job: Int) -> Double { Double(program.jobs[job].duration) / deviceSpeed }

  private mutating func run() {
    for (stream, time) in program.occupiedUntil.enumerated() where time > 0 {
      streams[stream].lastEnd = Double(time) / deviceSpeed
    }
    for step in program.earlier { _ = act(step, at: 0) }
    var times = Array(repeating: 0.0, count: program.threads.count)
    var places = Array(repeating: 0, count: program.threads.count)
    var signals: [Int: Double] = [:]
    while true {
      // The thread whose clock is earliest and that has something to do.
      var next: Int?
      for thread in program.threads.indices where places[thread] < program.threads[thread].count {
        if case .awaitSignal(let signal) = program.threads[thread][places[thread]], signals[signal] == nil { continue }
        if next.map({ times[thread] < times[$0] }) ?? true { next = thread }
      }
      guard let thread = next else { break }
      let step = program.threads[thread][places[thread]]
      places[thread] += 1
      switch step {
      case .work(let work): times[thread] += Double(work.duration)
      case .call(let call): times[thread] += Double(call.duration)
      case .launch, .launchGraph, .recordEvent, .waitForEvent, .waitForStream, .delay:
        times[thread] = act(step, at: times[thread])
      case .synchronize: times[thread] = max(times[thread], streams.compactMap(\.ends.last).max() ?? 0)
      case .synchronizeStream(let stream): times[thread] = max(times[thread], streams[stream].ends.last ?? 0)
      case .synchronizeEvent(let event): times[thread] = max(times[thread], events[event]?.end ?? 0)
      case .signal(let signal): signals[signal] = times[thread]
      case .awaitSignal(let signal): times[thread] = max(times[thread], signals[signal] ?? 0)
      case .capturedGraph: break
      }
    }
    span = max(times.max() ?? 0, intervals.map(\.end).max() ?? 0)
    intervals.sort { $0.start < $1.start }
    var covered = -1.0
    for interval in intervals where interval.end > covered {
      busy += interval.end - max(interval.start, covered)
      covered = interval.end
    }
  }

  /// Does what a step does to the streams.
  ///
  /// - Returns: When the host goes on.
  private mutating func act(_ step: HostStep, at time: Double) -> Double {
    var time = time
    switch step {
    case .launch(let jobs, let stream):
      for job in jobs { time = launch([job], stream, at: time, latency: Double(program.constants.launchLatency)) }
    case .launchGraph(let jobs, let stream):
      time = launch(jobs, stream, at: time, latency: Double(program.constants.graphLatency))
    case .recordEvent(let event, let stream): events[event] = (stream, streams[stream].ends.last ?? 0)
    case .waitForEvent(let event, let stream):
      if let event = events[event] { streams[stream].waits.append(event.end) }
    case .waitForStream(let other, let stream): streams[stream].waits.append(streams[other].ends.last ?? 0)
    case .delay(let delay, let stream, let kind): streams[stream].delay = (Double(delay), kind)
    default: break
    }
    return time
  }

  /// Launches a kernel, or the nodes of a graph as one.
  ///
  /// - Returns: When the host goes on: later than now if the queue was full.
  private mutating func launch(_ jobs: [Int], _ stream: Int, at time: Double, latency: Double) -> Double {
    var now = time
    if streams[stream].ends.count >= queueDepth {
      now = max(now, streams[stream].ends[streams[stream].ends.count - queueDepth])
    }
    let ready = now + latency
    let last = streams[stream].lastEnd
    let (wait, delay) = (streams[stream].waits.max() ?? 0, streams[stream].delay)
    let gap = delay?.kind == .gap ? delay?.time ?? 0 : Double(program.constants.kernelGap)
    var clock = max(ready, wait)
    if let last { clock = max(clock, last + gap) }
    // It has waited if what it waits for ended behind everything else.
    let hasWaited = wait > max(ready, last ?? 0)
    if let delay, delay.kind == .always || (delay.kind == .afterWaiting && hasWaited) { clock += delay.time }
    (streams[stream].waits, streams[stream].delay) = ([], nil)
    for (index, job) in jobs.enumerated() {
      if index > 0 { clock += Double(program.constants.graphKernelGap) }
      intervals.append((clock, clock + duration(job)))
      clock += duration(job)
    }
    streams[stream].ends.append(clock)
    streams[stream].lastEnd = clock
    return now
  }
}
