import Traces

/// Watches how many launches of a stream are unfinished when another is made, and which of those that took long returned
/// as soon as one had ended: they had to wait for a place in the queue.
struct QueueWatch {
  /// A launch that may have been blocked.
  struct Blocked {
    var call: Int
    /// Launches into its stream that were unfinished.
    var unfinished: Int
  }

  private(set) var blocked: [Blocked] = []
  /// By lane, when launches end, and how many of them are known to be over.
  private var ends: [[Int64]]
  private var over: [Int]
  /// The most launches that were unfinished without blocking the next one.
  private var most = 0

  /// So many unfinished launches block the next one whatever the times look like: CUDA's queue holds 1,024.
  private static let surelyFull = 1000
  /// So many times as long as a short launch is one that waits, if it returns when a job has ended.
  private static let blockedTimes: Int64 = 4
  /// Fewer than these are no queue.
  private static let shortest = 8

  init(laneCount: Int) {
    ends = Array(repeating: [], count: laneCount)
    over = Array(repeating: 0, count: laneCount)
  }

  /// Looks at a launch before its jobs are added.
  mutating func look(
    _ positions: ArraySlice<Int>, _ event: HostEvent, _ call: Int, shortest: Int64, _ lanes: DeviceLanes
  ) {
    guard let first = positions.first else { return }
    let lane = lanes.lanes[first]
    while over[lane] < ends[lane].count, ends[lane][over[lane]] <= event.start { over[lane] += 1 }
    let unfinished = ends[lane].count - over[lane]
    guard event.duration > Self.blockedTimes * shortest else {
      most = max(most, unfinished)
      return
    }
    let isReleased =
      unfinished > 0
      && ends[lane][over[lane]...].prefix { $0 <= event.end }.last.map {
        event.end - $0 <= max(10_000, Self.blockedTimes * shortest)
      }
        == true
    guard unfinished >= Self.surelyFull || (isReleased && unfinished >= Self.shortest) else { return }
    blocked.append(Blocked(call: call, unfinished: unfinished))
  }

  /// Adds a launch's jobs.
  mutating func add(_ positions: ArraySlice<Int>, _ lanes: DeviceLanes) {
    // Nearly all launch one.
    if positions.count == 1, let only = positions.first { return add(lanes.ends[only], to: lanes.lanes[only]) }
    var last: [Int: Int64] = [:]
    for position in positions { last[lanes.lanes[position]] = lanes.ends[position] }
    for (lane, end) in last { add(end, to: lane) }
  }

  private mutating func add(_ end: Int64, to lane: Int) { ends[lane].append(max(end, ends[lane].last ?? .min)) }

  /// How many launches the queue holds; nil where none was seen to be blocked by it.
  var depth: Int? {
    // A queue blocks at its depth and nowhere else: other calls take long with fewer that are unfinished.
    guard let deepest = blocked.map(\.unfinished).max(), deepest >= most else { return nil }
    let alike = blocked.count { isFull($0, depth: deepest) }
    return alike >= Self.fewest || deepest >= Self.surelyFull ? deepest : nil
  }

  /// Whether a launch found a queue of some depth full, as far as clocks tell.
  func isFull(_ launch: Blocked, depth: Int) -> Bool { launch.unfinished >= depth - 2 }

  /// So many launches that were blocked show a queue.
  private static let fewest = 3
}
