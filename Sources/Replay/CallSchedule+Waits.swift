import Traces

/// What calls of the host wait for, and how long by themselves.
extension CallSchedule {
  /// Clocks of host and device differ: a call that returns up to 20 us before something ends may have waited for it.
  private static let slack: Int64 = 20_000
  /// A call that returns later than this after something has ended may have waited for something else: 25 us.
  private static let promptReturn: Int64 = 25_000

  /// The lanes that a call's process has launched into, and when what they were given has ended.
  private func givenLanes(_ event: HostEvent) -> [Int] {
    let process = trace.threads[Int(event.thread)].process
    return history.tails.indices.filter { lane in
      guard history.tails[lane] >= 0 else { return false }
      guard let owner = owners[trace.streams[Int(history.lanes.streams[lane])].device] else { return true }
      return owner == process
    }
  }

  /// A call that waits for the device, or for the one of several that was the present one.
  mutating func waitForDevice(_ event: HostEvent, _ call: Int) {
    let lanes = givenLanes(event)
    let limit = event.end + Self.slack
    if lanes.allSatisfy({ history.latestEnds[$0] <= limit }) {
      return wait(lanes, event, call, isAll: owners.isEmpty)
    }
    // Several devices, of which one is waited for; or a call that returns without waiting.
    var devices: [String: [Int]] = [:]
    for lane in lanes { devices[trace.streams[Int(history.lanes.streams[lane])].device, default: []].append(lane) }
    let done = devices.values.filter { $0.allSatisfy { history.latestEnds[$0] <= limit } }.flatMap { $0 }
    wait(done.isEmpty ? lanes.filter { history.latestEnds[$0] <= limit } : done.sorted(), event, call)
  }

  /// A call that waits for a stream: the one that is named, or the thread's last, or the one whose work ended before it
  /// returned.
  mutating func waitForStream(_ event: HostEvent, _ call: Int, named: Int32?) {
    if let named, named >= 0 { return wait(lanes(given: named, event.thread), event, call) }
    let own = history.lastStream[event.thread].map { lanes(given: $0, event.thread) } ?? []
    let limit = event.end + Self.slack
    let ownEnd = own.map { history.latestEnds[$0] }.max() ?? .min
    let returns = ownEnd > event.start && ownEnd <= limit && event.end - ownEnd <= Self.promptReturn
    if returns || (ownEnd <= event.start && event.duration <= 5 * typicalCall) { return wait(own, event, call) }
    // Something else of the same process ended while it waited.
    let others = givenLanes(event).filter {
      history.latestEnds[$0] > event.start && history.latestEnds[$0] <= limit
    }
    let found = others.max { history.latestEnds[$0] < history.latestEnds[$1] }
    if let found, ownEnd > limit || history.latestEnds[found] > ownEnd {
      return wait(lanes(given: history.lanes.streams[found], event.thread), event, call)
    }
    wait(ownEnd <= limit ? own : [], event, call)
  }

  /// The lanes of what a stream was given.
  private func lanes(given stream: Int32, _ thread: Int32) -> [Int] {
    Set(history.given(stream, thread).map { history.lanes.lanes[$0] }).sorted()
  }

  /// A call that waits for an event.
  mutating func waitForEvent(_ event: HostEvent, _ call: Int, known: [Int]?) {
    var position = known?.max { history.lanes.ends[$0] < history.lanes.ends[$1] }
    if known == nil {
      position = history.lastToEnd(after: event.start, notAfter: event.end, launchedBefore: call)
    }
    calls[call].before = 0
    calls[call].after = event.duration
    guard let position else { return }
    calls[call].wait = .position(position)
    note(end: history.lanes.ends[position], event, call)
  }

  /// A call that waits for lanes, with what is left of its duration.
  private mutating func wait(_ lanes: [Int], _ event: HostEvent, _ call: Int, isAll: Bool = false) {
    calls[call].wait = isAll ? .device : lanes.isEmpty ? .nothing : .lanes(lanes)
    calls[call].before = 0
    calls[call].after = event.duration
    note(end: lanes.map { history.latestEnds[$0] }.max() ?? .min, event, call)
  }

  /// Takes the waiting out of a call's duration.
  private mutating func note(end: Int64, _ event: HostEvent, _ call: Int) {
    guard end > event.start else { return }
    calls[call].after = max(0, event.end - end)
    waited.append((call, calls[call].after))
  }

  /// A copy from or to pageable memory has ended, or nearly so, when its call returns.
  mutating func waitForCopy(_ event: HostEvent, _ call: Int) {
    guard let position = calls[call].positions.last else { return }
    let (start, end) = (history.lanes.starts[position], history.lanes.ends[position])
    guard event.end >= end - (end - start) / 2, event.end > start else { return }
    calls[call].wait = .position(position)
    // Onto an idle stream, it was copied as soon as the call had come so far.
    calls[call].before =
      history.causes[position].bound == .launch
      ? max(0, start - event.start) : min(max(0, event.duration - (end - start)), typicalCall)
    calls[call].after = max(0, event.end - end)
  }
}
