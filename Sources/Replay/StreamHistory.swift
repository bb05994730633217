import Traces

/// Why a job began when it did.
struct JobCause {
  /// What decided.
  enum Bound {
    /// Its launch had to come first.
    case launch
    /// The job before it in its lane had to end.
    case predecessor
    /// The node before it of the same graph had to end.
    case node
    /// Something in another lane had to end.
    case dependency
  }

  var bound = Bound.launch
  /// The jobs of other lanes that it waits for, as positions.
  var waits: [Int] = []
  /// From what decided to its begin, nanoseconds.
  var excess: Int64 = 0
  /// When the stream had become idle, before the launch: then the launch alone decided.
  var isOntoIdleStream = false
  /// How long before its predecessor's end it was launched; negative if after.
  var lead: Int64 = 0
}

/// What the streams were given up to some call of the host, and from that, what waited for what.
///
/// A recording may say which stream waits for which event, or leave out the event, or both. What it does say is used; then a
/// job that begins shortly after one of another stream has ended, and had nothing else to wait for, waited for that one.
struct StreamHistory {
  let lanes: DeviceLanes
  private let run: RecordedRun
  private let trace: Trace
  /// Why each position began, of those that were launched.
  private(set) var causes: [JobCause]
  /// By position, the number of the call that launched it; `Int.max` for one that was not yet.
  private var order: [Int]
  /// Positions in the order of their ends.
  private let byEnd: [Int]
  /// By lane, the last position; -1 for none.
  private(set) var tails: [Int]
  /// By lane, when all that it was given had ended.
  private(set) var latestEnds: [Int64]
  /// By thread, the stream that it launched into last, by itself or by a graph's launch.
  private(set) var lastStream: [Int32: Int32] = [:]
  /// By thread, the last positions in each lane of the graphs that it launched since it launched something else.
  private var graphTails: [Int32: [Int: Int]] = [:]
  /// By thread, the last position that it launched into each stream.
  private var threadTails: [Int32: [Int32: Int]] = [:]
  /// By lane, what its next job waits for, as was recorded.
  private var knownWaits: [Int: [Int]] = [:]
  /// By thread, waits of streams that were not recorded.
  private var guessedWaits: [Int32: [GuessedWait]] = [:]
  /// By the number of a call, and by thread, what the last event stands for.
  private var marks: [Int64: [Int]] = [:]
  private var lastMark: [Int32: (stream: Int32, positions: [Int])] = [:]
  /// By two lanes, up to which call the first has waited for the second already.
  private var waited: [LanePair: Int] = [:]

  private struct LanePair: Hashable {
    let waiting: Int
    let other: Int
  }

  /// A stream is told to wait, nobody knows which, for an event of nobody knows what.
  private struct GuessedWait {
    /// What the thread's last event stands for, if any was recorded.
    var mark: (stream: Int32, positions: [Int])?
    /// What the thread had launched last into each stream.
    var tails: [Int32: Int]
    var age = 0
  }

  /// Clocks of host and device differ, and stamps are rounded: 1.5 us.
  private static let slack: Int64 = 1_500
  /// What begins so much later than it could has waited for something: 10 us.
  private static let shortestWait: Int64 = 10_000
  /// From the end of what is waited for to the begin of what waits, at most: 25 us.
  private static let longestLag: Int64 = 25_000

  init(_ run: RecordedRun) {
    self.run = run
    trace = run.trace
    let lanes = DeviceLanes(run)
    self.lanes = lanes
    let count = run.deviceEvents.count
    causes = Array(repeating: JobCause(), count: count)
    order = Array(repeating: .max, count: count)
    byEnd = (0..<count).sorted { (lanes.ends[$0], $0) < (lanes.ends[$1], $1) }
    tails = Array(repeating: -1, count: lanes.streams.count)
    latestEnds = Array(repeating: .min, count: lanes.streams.count)
  }

  // MARK: Launches

  /// How jobs come into their streams.
  struct Entry {
    /// When they do, nanoseconds: when the call returned, or when they began if that was before.
    var time: Int64
    /// When they may have entered at the earliest: a call that waits for its copy has launched it long before it returns.
    var earliest = Int64.max
    /// When the call began: a stream that has been idle since did not hold them up.
    var idleSince: Int64
    /// When the call returned.
    var returned = Int64.min
    /// The call's number, which grows from call to call.
    var number: Int
  }

  /// Jobs from before the recording.
  mutating func launchEarlier(_ positions: [Int]) {
    for position in positions { order[position] = -1 }
    let entry = Entry(time: run.start, idleSince: .min, number: -1)
    for position in positions { launch(position, entry, isNode: false, []) }
  }

  /// A call launches jobs.
  ///
  /// - Parameters:
  ///   - positions: The jobs, by their start.
  ///   - entry: When and by which call they enter their streams.
  ///   - thread: Who calls.
  ///   - isGraph: Whether they are the nodes of a graph.
  mutating func launch(_ positions: ArraySlice<Int>, _ entry: Entry, thread: Int32, isGraph: Bool) {
    for position in positions { order[position] = entry.number }
    if isGraph { return launchGraph(positions, entry, thread) }
    for position in positions {
      launch(position, entry, isNode: false, plainWaits(position, thread) + takeKnownWaits(lanes.lanes[position]))
    }
  }

  private mutating func launchGraph(_ positions: ArraySlice<Int>, _ entry: Entry, _ thread: Int32) {
    // By lane, the last node.
    var last: [Int: Int] = [:]
    let outside = graphEntrance(thread)
    for position in positions {
      let lane = lanes.lanes[position]
      let isFirst = last[lane] == nil
      let waits = isFirst ? outside : joined(position, last)
      launch(position, entry, isNode: !isFirst, waits + takeKnownWaits(lane))
      last[lane] = position
    }
    graphTails[thread, default: [:]].merge(last) { $1 }
    if lastStream[thread] == nil { lastStream[thread] = positions.first.map(stream) }
  }

  private mutating func takeKnownWaits(_ lane: Int) -> [Int] {
    knownWaits.isEmpty ? [] : knownWaits.removeValue(forKey: lane) ?? []
  }

  /// What a job waits for that is launched by itself: the rest of its stream, graphs that were launched into it, and events.
  private mutating func plainWaits(_ position: Int, _ thread: Int32) -> [Int] {
    let stream = stream(position)
    var waits = lanes.streamCount < lanes.streams.count ? branchTails(stream) : []
    if !graphTails.isEmpty, lastStream[thread] == nil || lastStream[thread] == stream {
      waits += (graphTails.removeValue(forKey: thread) ?? [:]).values.sorted()
    }
    if !guessedWaits.isEmpty { waits += guessedWaits(position, stream, thread) }
    lastStream[thread] = stream
    threadTails[thread, default: [:]][stream] = position
    return waits
  }

  /// What the first nodes of a graph wait for: the stream that it is launched into.
  private func graphEntrance(_ thread: Int32) -> [Int] {
    (lastStream[thread].map(laneTails) ?? []) + (graphTails[thread] ?? [:]).values.sorted()
  }

  /// What a node waits for that begins when no other node of its graph runs, and others have ended shortly before.
  private func joined(_ position: Int, _ last: [Int: Int]) -> [Int] {
    guard last.count > 1 else { return [] }
    let start = lanes.starts[position]
    guard last.values.allSatisfy({ lanes.ends[$0] <= start + Self.slack }) else { return [] }
    return last.values.filter { lanes.ends[$0] > start - Self.shortestWait }.sorted()
  }

  private mutating func launch(_ position: Int, _ entry: Entry, isNode: Bool, _ waits: [Int]) {
    let lane = lanes.lanes[position]
    let start = lanes.starts[position]
    let predecessor = tails[lane]
    var cause = JobCause()
    let before = predecessor < 0 ? Int64.min : lanes.ends[predecessor]
    var entry = entry
    if entry.earliest < entry.time {
      // Shortly behind the end of something: it was there before that, if it could be.
      func isBehind(_ end: Int64) -> Bool { end > entry.earliest && end <= start && start - end <= Self.longestLag }
      if isBehind(before) || waits.contains(where: { isBehind(lanes.ends[$0]) }) { entry.time = entry.earliest }
    }
    let bound = isNode ? before : max(entry.time, before)
    cause.bound = isNode ? .node : before > entry.time ? .predecessor : .launch
    cause.lead = before == .min ? .min : before - entry.time
    cause.isOntoIdleStream = before <= entry.idleSince && start >= entry.returned
    cause.excess = start - bound
    if !waits.isEmpty {
      cause.waits = waits.filter { lanes.lanes[$0] != lane && lanes.ends[$0] <= start + Self.slack }
    }
    let latest = cause.waits.max { lanes.ends[$0] < lanes.ends[$1] }
    if let latest, lanes.ends[latest] > bound {
      cause.bound = .dependency
      cause.excess = start - lanes.ends[latest]
    }
    if cause.excess > Self.shortestWait,
      let found = lastToEnd(before: position, after: start - cause.excess, entry.number)
    {
      cause.bound = .dependency
      cause.excess = start - lanes.ends[found]
      cause.waits.append(found)
    }
    cause.excess = max(0, cause.excess)
    keepNewWaits(&cause, lane)
    causes[position] = cause
    tails[lane] = position
    latestEnds[lane] = max(latestEnds[lane], lanes.ends[position])
  }

  /// Leaves out what the lane has waited for before, and of several in a lane all but the last.
  private mutating func keepNewWaits(_ cause: inout JobCause, _ lane: Int) {
    guard !cause.waits.isEmpty else { return }
    var kept: [Int] = []
    for other in cause.waits.sorted(by: { (order[$0], lanes.starts[$0]) > (order[$1], lanes.starts[$1]) }) {
      let pair = LanePair(waiting: lane, other: lanes.lanes[other])
      guard other > waited[pair] ?? -1 else { continue }
      waited[pair] = other
      kept.append(other)
    }
    cause.waits = kept.reversed()
  }

  /// The position of another lane of the same device that ended last before one began, launched before it.
  ///
  /// - Complexity: O(log n), and the events that end within the longest lag.
  private func lastToEnd(before position: Int, after bound: Int64, _ number: Int) -> Int? {
    let start = lanes.starts[position]
    let device = trace.streams[Int(stream(position))].device
    var (low, high) = (0, byEnd.count)
    while low < high {
      let middle = (low + high) / 2
      if lanes.ends[byEnd[middle]] <= start + Self.slack { low = middle + 1 } else { high = middle }
    }
    let longestLag = min(Self.longestLag, (start - bound) * 3 / 4)
    for other in byEnd[max(0, low - 256)..<low].reversed() {
      guard lanes.ends[other] > bound, start - lanes.ends[other] <= longestLag else { return nil }
      guard lanes.lanes[other] != lanes.lanes[position], order[other] <= number, other != position else { continue }
      if order[other] == number, lanes.starts[other] >= start { continue }
      if trace.streams[Int(stream(other))].device == device { return other }
    }
    return nil
  }

  // MARK: Events

  /// The stream of a position.
  func stream(_ position: Int) -> Int32 { lanes.streams[lanes.lanes[position]] }

  /// The last positions of a stream's lanes, where it has several.
  private func branchTails(_ stream: Int32) -> [Int] {
    lanes.lanesOfStream[stream]?.count ?? 0 > 1 ? laneTails(stream) : []
  }

  /// The last positions of a stream's lanes.
  private func laneTails(_ stream: Int32) -> [Int] {
    (lanes.lanesOfStream[stream] ?? []).map { tails[$0] }.filter { $0 >= 0 }
  }

  /// What everything means that a stream was given so far, by a thread.
  func given(_ stream: Int32, _ thread: Int32) -> [Int] {
    var positions = laneTails(stream)
    if lastStream[thread] == stream { positions += (graphTails[thread] ?? [:]).values.sorted() }
    return positions
  }

  /// An event is recorded.
  ///
  /// - Parameters:
  ///   - stream: The stream, where it is known.
  ///   - correlation: The call's.
  ///   - thread: Who calls.
  mutating func record(_ stream: Int32?, correlation: Int64, thread: Int32) {
    guard let stream = stream ?? lastStream[thread] else { return }
    let positions = given(stream, thread)
    if correlation >= 0 { marks[correlation] = positions }
    lastMark[thread] = (stream, positions)
  }

  /// What an event stands for, by the call that recorded it; nil where that was not recorded.
  func mark(_ correlation: Int64) -> [Int]? { correlation < 0 ? nil : marks[correlation] }

  /// A stream is told to wait for positions.
  mutating func wait(_ stream: Int32, for positions: [Int]) {
    guard let lane = lanes.lanesOfStream[stream]?.first else { return }
    knownWaits[lane, default: []] += positions
  }

  /// Some stream is told to wait for an event of some other.
  mutating func waitForSomething(_ thread: Int32) {
    let wait = GuessedWait(mark: lastMark[thread], tails: threadTails[thread] ?? [:])
    guessedWaits[thread, default: []].append(wait)
    if guessedWaits[thread].map({ $0.count > 16 }) ?? false { guessedWaits[thread]?.removeFirst() }
  }

  /// What unrecorded waits mean for a job that is launched next: what the thread's last event stands for, or else what it
  /// launched last into another stream, if that had ended when the job began.
  private mutating func guessedWaits(_ position: Int, _ stream: Int32, _ thread: Int32) -> [Int] {
    guard var guesses = guessedWaits[thread], !guesses.isEmpty else { return [] }
    var waits: [Int] = []
    guesses.removeAll { guess in
      var positions: [Int] = []
      if let mark = guess.mark {
        positions = mark.stream == stream ? [] : mark.positions
      } else if let last = guess.tails.filter({ $0.key != stream }).max(by: { order[$0.value] < order[$1.value] }) {
        positions = [last.value]
      }
      guard !positions.isEmpty,
        positions.allSatisfy({ lanes.ends[$0] <= lanes.starts[position] + Self.slack })
      else { return false }
      waits += positions
      return true
    }
    for index in guesses.indices { guesses[index].age += 1 }
    guesses.removeAll { $0.age >= 8 }
    guessedWaits[thread] = guesses.isEmpty ? nil : guesses
    return waits
  }

  // MARK: What the host waits for

  /// The position that ended last before a time, not before another, of those that were launched before a call.
  func lastToEnd(after start: Int64, notAfter time: Int64, launchedBefore number: Int) -> Int? {
    var (low, high) = (0, byEnd.count)
    while low < high {
      let middle = (low + high) / 2
      if lanes.ends[byEnd[middle]] <= time { low = middle + 1 } else { high = middle }
    }
    for other in byEnd[max(0, low - 256)..<low].reversed() {
      guard lanes.ends[other] > start else { return nil }
      if order[other] < number { return other }
    }
    return nil
  }
}
