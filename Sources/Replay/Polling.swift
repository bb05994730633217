import Traces

/// Calls that ask again and again whether something is done.
struct Polling {
  /// The first and the last of them, and how many there are.
  var first: Int
  var last: Int
  var count = 1
}

extension CallSchedule {
  /// So many questions one after the other are a wait.
  private static let fewest = 4
  /// A host that waits asks again within a millisecond.
  private static let longestPause: Int64 = 1_000_000

  /// A call asks whether something is done.
  mutating func poll(_ event: HostEvent, _ call: Int) {
    if let polling = polls[event.thread] {
      if event.start - trace.hostEvents[calls[polling.last].event].end <= Self.longestPause {
        polls[event.thread]?.last = call
        polls[event.thread]?.count += 1
        return
      }
      endPolling(event.thread)
    }
    polls[event.thread] = Polling(first: call, last: call)
  }

  /// A thread does something else than to ask: if what it has asked for ended before the last answer, it waited for that.
  mutating func endPolling(_ thread: Int32) {
    guard let polling = polls.removeValue(forKey: thread), polling.count >= Self.fewest else { return }
    let (first, last) = (trace.hostEvents[calls[polling.first].event], trace.hostEvents[calls[polling.last].event])
    let pause = (last.start - first.start) / Int64(polling.count - 1)
    guard
      let position = history.lastToEnd(after: first.start, notAfter: last.end, launchedBefore: polling.first),
      last.end - history.lanes.ends[position] <= 2 * pause + 10_000
    else { return }
    calls[polling.first].wait = .position(position)
    calls[polling.first].before = min(first.duration, max(0, history.lanes.ends[position] - first.start))
    calls[polling.first].after = last.end - history.lanes.ends[position]
    calls[polling.first].end = last.end
    for call in polling.first + 1..<polling.last + 1
    where trace.hostEvents[calls[call].event].thread == thread {
      calls[call].before = 0
      calls[call].end = trace.hostEvents[calls[call].event].start
    }
  }
}
