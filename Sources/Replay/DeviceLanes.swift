import Traces

/// Device events as a replay runs them: one after the other in each lane.
///
/// A stream is in order, so its events are one lane. But a graph's branches, and kernels of several streams that a recorder
/// gives one number, run side by side: they take further lanes. A kernel that may begin when its predecessor is about to end
/// (programmatic dependent launch) overlaps a little; the predecessor counts until then.
struct DeviceLanes {
  /// Of each position in ``RecordedRun/deviceEvents``, its lane.
  private(set) var lanes: [Int] = []
  /// When it began, not before the part that is looked at.
  private(set) var starts: [Int64] = []
  /// When it ended, or when its successor began.
  private(set) var ends: [Int64] = []
  /// By lane, the recording's stream.
  private(set) var streams: [Int32] = []
  /// By the recording's stream, its lanes; the first is the stream's own.
  private(set) var lanesOfStream: [Int32: [Int]] = [:]

  /// How many of the recording's streams have lanes.
  var streamCount: Int { lanesOfStream.count }

  /// The most lanes of a stream, and of all: the simulator numbers them with 16 bits.
  private static let limit = 64
  private static let totalLimit = 1 << 15
  /// The longest overlap that is a start before the predecessor's end, nanoseconds, and which part of it at most.
  private static let longestOverlap: Int64 = 20_000

  /// - Complexity: O(n × lanes of a stream) for n device events.
  init(_ run: RecordedRun) {
    let count = run.deviceEvents.count
    (lanes, starts, ends) = (
      Array(repeating: 0, count: count), Array(repeating: 0, count: count), Array(repeating: 0, count: count)
    )
    // By lane, the last position.
    var last: [Int] = []
    for position in run.deviceEvents.indices {
      let event = run.trace.deviceEvents[run.deviceEvents[position]]
      starts[position] = max(event.start, run.start)
      ends[position] = max(event.end, starts[position])
      let isGraph = run.isGraphNode[position]
      let lane = lane(of: position, event.stream, isGraph: isGraph, &last)
      lanes[position] = lane
      last[lane] = position
    }
  }

  private mutating func lane(
    of position: Int, _ stream: Int32, isGraph: Bool, _ last: inout [Int]
  ) -> Int {
    var known = lanesOfStream[stream] ?? []
    if known.isEmpty { return open(stream, &last) }
    let start = starts[position]
    if !isGraph, end(last[known[0]]) <= start { return known[0] }
    // A graph's nodes go on where one has just ended, anything else in the stream's own lane.
    if isGraph, let best = lastToEnd(known, last, before: start) { return best }
    for lane in known where overlaps(last[lane], position) {
      ends[last[lane]] = start
      return lane
    }
    if let best = lastToEnd(known, last, before: start) { return best }
    if known.count < Self.limit, streams.count < Self.totalLimit { return open(stream, &last) }
    known.sort { end(last[$0]) < end(last[$1]) }
    ends[last[known[0]]] = start
    return known[0]
  }

  /// The lane of several whose last job ended last, not behind a time.
  private func lastToEnd(_ known: [Int], _ last: [Int], before time: Int64) -> Int? {
    var best: Int?
    for lane in known where end(last[lane]) <= time {
      if best.map({ end(last[lane]) > end(last[$0]) }) ?? true { best = lane }
    }
    return best
  }

  private func end(_ position: Int) -> Int64 { position < 0 ? .min : ends[position] }

  /// Whether one begins shortly before its predecessor ends.
  private func overlaps(_ before: Int, _ position: Int) -> Bool {
    guard before >= 0, starts[position] > starts[before], ends[before] <= ends[position] else { return false }
    let overlap = ends[before] - starts[position]
    let shorter = min(ends[before] - starts[before], ends[position] - starts[position])
    return overlap <= Self.longestOverlap && overlap <= shorter / 2
  }

  private mutating func open(_ stream: Int32, _ last: inout [Int]) -> Int {
    streams.append(stream)
    last.append(-1)
    lanesOfStream[stream, default: []].append(streams.count - 1)
    return streams.count - 1
  }
}
