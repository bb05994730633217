import Roofline
import Traces

/// How the device's time is shared among what ran at the same time.
///
/// A moment at which several pieces of work ran belongs to each of them in equal parts, so that the shares of all of them
/// sum to the time in which the device was busy, to the last picosecond.
package struct DeviceShares: Sendable {
  /// For each of ``RecordedRun/deviceEvents``, its share of the busy time.
  package private(set) var shares: [Picoseconds] = []
  /// For each of them, how long nothing else ran beside it.
  package private(set) var alone: [Picoseconds] = []
  /// When nothing ran, between the run's start and end, nanoseconds.
  package private(set) var idle: [(start: Int64, end: Int64)] = []
  /// The idle time before each of ``idle``, nanoseconds.
  private var idleBefore: [Int64] = []
  /// The busy time by what ran.
  package private(set) var busy: [BusyKind: Picoseconds] = [:]

  /// Shares the time of a run.
  ///
  /// - Complexity: O(n log n) for n device events.
  package init(_ run: RecordedRun) {
    let kinds = Self.kinds(run)
    let bounds = Self.bounds(run)
    var sweep = Sweep(count: run.deviceEvents.count)
    var time = run.start
    for (moment, position, begins) in bounds {
      if moment > time {
        if sweep.activeCount == 0 {
          idle.append((time, moment))
        } else {
          busy[sweep.kind, default: .zero] += Picoseconds(nanoseconds: moment - time)
        }
        sweep.pass(moment - time)
        time = moment
      }
      if begins { sweep.begin(position, kinds[position]) } else { sweep.end(position, kinds[position]) }
    }
    if run.end > time { idle.append((time, run.end)) }
    shares = sweep.shares.map { Picoseconds($0) }
    alone = sweep.alone.map { Picoseconds($0) }
    var sum: Int64 = 0
    for gap in idle {
      idleBefore.append(sum)
      sum += gap.end - gap.start
    }
  }

  /// How much of a stretch of time the device did nothing, nanoseconds.
  ///
  /// - Complexity: O(log n).
  package func idleTime(from start: Int64, to end: Int64) -> Int64 {
    max(0, idleTime(until: end) - idleTime(until: start))
  }

  private func idleTime(until time: Int64) -> Int64 {
    var (low, high) = (0, idle.count)
    while low < high {
      let middle = (low + high) / 2
      if idle[middle].start <= time { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return 0 }
    return idleBefore[low - 1] + min(time, idle[low - 1].end) - idle[low - 1].start
  }

  /// When what begins and ends, what ends before what begins.
  private static func bounds(_ run: RecordedRun) -> [(moment: Int64, position: Int, begins: Bool)] {
    var bounds: [(moment: Int64, position: Int, begins: Bool)] = []
    bounds.reserveCapacity(2 * run.deviceEvents.count)
    for (position, index) in run.deviceEvents.enumerated() {
      let event = run.trace.deviceEvents[index]
      let start = max(event.start, run.start)
      guard event.end > start else { continue }
      bounds.append((start, position, true))
      bounds.append((event.end, position, false))
    }
    bounds.sort { first, second in
      if first.moment != second.moment { return first.moment < second.moment }
      return first.begins != second.begins ? !first.begins : first.position < second.position
    }
    return bounds
  }

  /// What sort of work each device event is.
  private static func kinds(_ run: RecordedRun) -> [BusyKind] {
    var known: [Int32: Bool] = [:]
    return run.deviceEvents.map { index in
      let event = run.trace.deviceEvents[index]
      guard event.kind == .kernel else { return .copies }
      let isCollective = known[event.name] ?? KernelName(run.trace.name(event.name)).isCollective
      known[event.name] = isCollective
      return isCollective ? .communication : .compute
    }
  }
}

/// What the device does while it is busy.
package enum BusyKind: Int, CaseIterable, Sendable {
  /// Kernels, and whatever runs beside them but collectives.
  case compute
  /// Kernels, and collectives beside them: communication that is hidden.
  case overlapped
  /// Collectives without kernels beside them: communication that is exposed, the waiting for other ranks included.
  case communication
  /// Copies and sets alone.
  case copies

  /// The key in JSON.
  package var key: String {
    switch self {
    case .compute: "compute"
    case .overlapped: "communication_hidden"
    case .communication: "communication_exposed"
    case .copies: "copies"
    }
  }

  /// What people read.
  package var title: String {
    switch self {
    case .compute: "kernels"
    case .overlapped: "kernels beside collectives"
    case .communication: "collectives alone, with waiting for ranks"
    case .copies: "copies and sets alone"
    }
  }
}

/// Passes over the bounds of events in the order of time.
private struct Sweep {
  private(set) var shares: [Int64]
  private(set) var alone: [Int64]
  private(set) var activeCount = 0
  private var counts = [Int](repeating: 0, count: BusyKind.allCases.count)
  private var isActive: [Bool]
  /// What began, the last on top; what has ended is taken off when it comes to the top.
  private var began: [Int] = []
  /// The share of one that ran all the time, and the time in which only one ran, picoseconds.
  private var sharedTime: Int64 = 0
  private var aloneTime: Int64 = 0

  init(count: Int) {
    shares = Array(repeating: 0, count: count)
    alone = Array(repeating: 0, count: count)
    isActive = Array(repeating: false, count: count)
  }

  /// What runs now.
  var kind: BusyKind {
    let (compute, communication) = (counts[BusyKind.compute.rawValue], counts[BusyKind.communication.rawValue])
    if compute > 0 { return communication > 0 ? .overlapped : .compute }
    return communication > 0 ? .communication : .copies
  }

  mutating func begin(_ position: Int, _ kind: BusyKind) {
    isActive[position] = true
    activeCount += 1
    counts[kind.rawValue] += 1
    began.append(position)
    shares[position] -= sharedTime
    alone[position] -= aloneTime
  }

  mutating func end(_ position: Int, _ kind: BusyKind) {
    isActive[position] = false
    activeCount -= 1
    counts[kind.rawValue] -= 1
    shares[position] += sharedTime
    alone[position] += aloneTime
  }

  /// Lets some nanoseconds go by.
  mutating func pass(_ nanoseconds: Int64) {
    guard activeCount > 0 else { return }
    let time = nanoseconds * 1000
    sharedTime += time / Int64(activeCount)
    if activeCount == 1 { aloneTime += time }
    // What does not divide goes to the one that began last.
    while let last = began.last, !isActive[last] { began.removeLast() }
    if let last = began.last { shares[last] += time % Int64(activeCount) }
  }
}
