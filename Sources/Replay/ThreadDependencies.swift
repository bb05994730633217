import Traces

/// A thread sleeps until another has come to some point: what a recording shows of hand-overs between threads.
struct ThreadWait: Sendable {
  /// When the thread fell silent, nanoseconds from the recording's zero.
  var silentSince: Int64
  /// When it went on.
  var resumed: Int64
  /// The signal that it waits for.
  var signal: Int
  /// From the signal to its going on.
  var delay: Int64
}

/// Which thread waits for which.
///
/// PyTorch runs the backward pass on a thread of its own, and the profiler does not say who waits for whom. But a thread
/// that was silent while another worked, and went on when the other had come to rest, did wait for it: when the other is
/// faster, so is the first.
struct ThreadDependencies {
  /// By thread, in the order of time.
  private(set) var waits: [Int32: [ThreadWait]] = [:]
  /// By thread, when it gives which signal, in the order of time.
  private(set) var signals: [Int32: [(time: Int64, signal: Int)]] = [:]

  private var signalCount = 0

  /// The shortest silence that can be a wait: a thread takes some microseconds to wake.
  static let shortestSilence: Int64 = 20_000

  /// - Parameter run: What was recorded.
  /// - Complexity: O(n log n) for n host events.
  init(_ run: RecordedRun) {
    // What processes wait for in one another is not the host's to know.
    var numbers: [String: Int] = [:]
    let processes = run.trace.threads.map { thread in
      let number = numbers[thread.process] ?? numbers.count
      numbers[thread.process] = number
      return number
    }
    var events: [[Int]] = Array(repeating: [], count: numbers.count)
    for index in run.hostEvents { events[processes[Int(run.trace.hostEvents[index].thread)]].append(index) }
    for own in events { add(own, run) }
    for thread in signals.keys { signals[thread]?.sort { ($0.time, $0.signal) < ($1.time, $1.signal) } }
  }

  /// Adds the waits between the threads of a process.
  private mutating func add(_ hostEvents: [Int], _ run: RecordedRun) {
    let events = run.trace.hostEvents
    let byThread = ThreadLists(hostEvents, run.trace) { $0 }.lists
    guard byThread.count > 1 else { return }
    // What happens inside of a call is not known.
    let marks = byThread.mapValues { own in own.map { events[$0].start } + own.map { events[$0].end } }
    var all: [(time: Int64, thread: Int32)] = []
    for (thread, times) in marks { for time in times { all.append((time, thread)) } }
    all.sort { ($0.time, $0.thread) < ($1.time, $1.thread) }
    let first = all[0].thread
    var callEnds: [Int32: [(start: Int64, end: Int64)]] = [:]
    for index in hostEvents where events[index].kind == .call {
      callEnds[events[index].thread, default: []].append((events[index].start, events[index].end))
    }
    for thread in marks.keys.sorted() {
      let times = (marks[thread] ?? []).sorted()
      var silentSince = run.start - 1
      var isFirst = thread != first
      if !isFirst { silentSince = times[0] }
      var calls = (callEnds[thread] ?? [])[...]
      for time in times {
        defer { silentSince = max(silentSince, time) }
        while let call = calls.first, call.end <= silentSince { calls.removeFirst() }
        let isInCall = calls.first.map { $0.start <= silentSince && $0.end >= time } ?? false
        guard isFirst || (time - silentSince >= Self.shortestSilence && !isInCall) else { continue }
        consider(silentSince, time, thread, all, always: isFirst)
        isFirst = false
      }
    }
  }

  /// Adds a wait if the others' work fills most of the silence, or if the thread must have been woken by someone.
  private mutating func consider(
    _ silentSince: Int64, _ time: Int64, _ thread: Int32, _ all: [(time: Int64, thread: Int32)], always: Bool
  ) {
    let behind = partition(all) { $0 > silentSince }
    let last = partition(all) { $0 >= time } - 1
    guard last >= behind else { return }
    let others = all[last].time - all[behind].time
    guard always || others >= (time - silentSince) / 2 else { return }
    let signal = signalCount
    signalCount += 1
    signals[all[last].thread, default: []].append((all[last].time, signal))
    waits[thread, default: []].append(
      ThreadWait(silentSince: silentSince, resumed: time, signal: signal, delay: time - all[last].time))
  }

  /// The first entry whose time is behind a boundary.
  private func partition(_ all: [(time: Int64, thread: Int32)], _ isBehind: (Int64) -> Bool) -> Int {
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(all[middle].time) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
