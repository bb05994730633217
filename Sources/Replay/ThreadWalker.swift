import Traces

/// Walks along a thread of the host and writes down what it does: its own work in pieces, its calls, its signals.
struct ThreadWalker {
  private let trace: Trace
  private let schedule: CallSchedule
  /// Its calls, indices into the schedule's.
  private let calls: [Int]
  private let events: [Int]
  /// Outermost operators, one behind the other.
  private var outer: [(start: Int64, end: Int64, name: Int32)] = []
  private var starts: [Int64] = []
  private var waits: ArraySlice<ThreadWait>
  private var signals: ArraySlice<(time: Int64, signal: Int)>

  private var now: Int64
  private var end: Int64
  private var nextOuter = 0
  private var nextStart = 0
  private var result: [HostStep] = []

  init(
    _ run: RecordedRun, _ schedule: CallSchedule, events: [Int], calls: [Int], waits: [ThreadWait],
    signals: [(time: Int64, signal: Int)]
  ) {
    trace = run.trace
    self.events = events
    self.schedule = schedule
    self.calls = calls
    self.waits = waits[...]
    self.signals = signals[...]
    now = run.start
    end = run.start
    for index in events {
      let event = trace.hostEvents[index]
      end = max(end, event.end)
      guard event.kind == .frameworkOperator else { continue }
      starts.append(event.start)
      // Stamps are rounded: what begins before the one before it has ended may be its neighbor, and reach beyond it.
      let free = max(event.start, outer.last?.end ?? .min)
      if event.end > free { outer.append((free, event.end, event.name)) }
    }
    // The host's part of the first thread, and of a step, begins and ends with the recording.
    if let annotation = run.stepAnnotation,
      events.first.map({ trace.hostEvents[$0].thread }) == annotation.thread
    {
      end = max(end, annotation.end)
    }
  }

  /// What the thread does, in order.
  mutating func steps() -> [HostStep] {
    result.reserveCapacity(4 * calls.count)
    for number in calls {
      let call = schedule.calls[number]
      let event = trace.hostEvents[call.event]
      work(until: event.start)
      write(call, event)
      now = max(now, call.end)
      passSignals(at: now)
    }
    work(until: end)
    passSignals(at: .max)
    return result
  }

  /// Gives the signals that are due.
  private mutating func passSignals(at time: Int64) {
    while let signal = signals.first, signal.time <= time {
      result.append(.signal(signal.signal))
      signals.removeFirst()
    }
  }

  /// The thread's own work, cut at the borders of outermost operators, at signals and at waits.
  private mutating func work(until time: Int64) {
    while true {
      passSignals(at: now)
      if let wait = waits.first, wait.silentSince <= now, wait.resumed <= time {
        waits.removeFirst()
        if wait.resumed > now {
          result.append(.awaitSignal(wait.signal))
          append(wait.delay, name: -1, until: wait.resumed)
          now = wait.resumed
        }
        continue
      }
      guard now < time else { return }
      while nextOuter < outer.count, outer[nextOuter].end <= now { nextOuter += 1 }
      var border = time
      var name: Int32 = -1
      if nextOuter < outer.count {
        if outer[nextOuter].start > now {
          border = min(border, outer[nextOuter].start)
        } else {
          border = min(border, outer[nextOuter].end)
          name = outer[nextOuter].name
        }
      }
      if let signal = signals.first, signal.time > now { border = min(border, signal.time) }
      if let wait = waits.first, wait.silentSince > now { border = min(border, wait.silentSince) }
      append(border - now, name: name, until: border)
      now = border
    }
  }

  private mutating func append(_ duration: Int64, name: Int32, until border: Int64) {
    var count: Int32 = 0
    while nextStart < starts.count, starts[nextStart] < border {
      count += 1
      nextStart += 1
    }
    result.append(.work(HostWork(duration: duration, name: name, operatorCount: count)))
  }

  private mutating func write(_ call: ScheduledCall, _ event: HostEvent) {
    func own(_ duration: Int64) {
      if duration > 0 { result.append(.call(HostCall(duration: duration, name: event.name, kind: call.kind))) }
    }
    own(call.before)
    result += schedule.steps[call.steps]
    own(call.after)
  }
}
