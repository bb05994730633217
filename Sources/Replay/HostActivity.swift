import JSONText
import Traces

/// What the host does at a moment, as far as a recording says.
package enum HostDoing: Sendable, Equatable {
  /// Dispatches operators.
  case operators
  /// Is in a call that launches.
  case launching
  /// Is in a call that waits for the device.
  case synchronizing
  /// Waits for data, or makes it.
  case loadingData
  /// Collects garbage.
  case collectingGarbage
  /// Waits for other ranks.
  case waitingForRanks
  /// Allocates memory, or gives it back.
  case managingMemory
}

extension HostDoing {
  /// Whether what happens within it is part of it: operators that load data do nothing else.
  fileprivate var isForAllWithin: Bool {
    self == .loadingData || self == .collectingGarbage || self == .waitingForRanks
  }
}

/// What each thread of the host does at each moment: the innermost of what was recorded, without gaps inside of it.
package struct HostActivity: Sendable {
  /// A stretch of time of a thread.
  package struct Stretch: Sendable {
    /// From when on, nanoseconds.
    package var start: Int64
    /// Until when, nanoseconds.
    package var end: Int64
    /// The innermost host event; -1 inside a range of the program without one.
    package var event: Int32
    /// What it is spent on.
    package var doing: HostDoing
  }

  /// By thread, its stretches in the order of time.
  package private(set) var stretches: [Int32: [Stretch]] = [:]
  /// The threads in the order of their numbers.
  private var threads: [Int32] = []

  /// Looks at a run.
  ///
  /// - Complexity: O(n log n) for n host events.
  package init(_ run: RecordedRun) {
    var items: [Int32: [Item]] = [:]
    var doings: [Int32: HostDoing?] = [:]
    func doing(_ name: Int32) -> HostDoing? {
      if let known = doings[name] { return known }
      let found = Self.doing(run.trace.name(name))
      doings[name] = found
      return found
    }
    for index in run.hostEvents {
      let event = run.trace.hostEvents[index]
      let own = event.kind == .call ? Self.doing(call: run.trace.name(event.name)) : doing(event.name)
      items[event.thread, default: []].append(
        Item(start: event.start, end: min(event.end, run.end), event: Int32(index), doing: own))
    }
    for annotation in run.trace.annotations where annotation.end > run.start && annotation.start < run.end {
      guard let doing = doing(annotation.name) else { continue }
      items[annotation.thread, default: []].append(
        Item(
          start: max(annotation.start, run.start), end: min(annotation.end, run.end), event: -1, doing: doing))
    }
    for (thread, list) in items { stretches[thread] = Self.flattened(list) }
    threads = stretches.keys.sorted()
  }

  /// Something that takes time, and what it means for all within it.
  private struct Item {
    var start: Int64
    var end: Int64
    var event: Int32
    /// What it does; nil where its name does not say.
    var doing: HostDoing?
  }

  /// The innermost of nested items at each moment.
  private static func flattened(_ items: [Item]) -> [Stretch] {
    let sorted = items.sorted { ($0.start, $1.end, $0.event) < ($1.start, $0.end, $1.event) }
    var stretches: [Stretch] = []
    var open: [Item] = []
    var time = Int64.min
    func append(upTo end: Int64) {
      guard let top = open.last, end > time else { return }
      stretches.append(Stretch(start: time, end: end, event: top.event, doing: top.doing ?? .operators))
    }
    for var item in sorted {
      while let top = open.last, top.end <= item.start {
        append(upTo: top.end)
        time = max(time, top.end)
        open.removeLast()
      }
      append(upTo: item.start)
      time = max(time, item.start)
      // What only overlaps is cut.
      if let around = open.last {
        item.end = min(item.end, around.end)
        if let doing = around.doing { item.doing = doing.isForAllWithin ? doing : item.doing ?? doing }
      }
      if item.end > item.start { open.append(item) }
    }
    while let top = open.popLast() {
      open.append(top)
      append(upTo: top.end)
      time = max(time, top.end)
      open.removeLast()
    }
    return stretches
  }

  // MARK: Names

  /// What an operator or a range does by its name, where that says more than that it is one.
  private static func doing(_ name: String) -> HostDoing? {
    let lower = name.lowercased()
    if lower.contains("dataloader") || lower.contains("data_load") || lower.contains("data loading") {
      return .loadingData
    }
    if lower.contains("garbage") || lower.contains("python gc") || lower.hasPrefix("gc.collect") {
      return .collectingGarbage
    }
    if lower.hasPrefix("gloo:") || lower.hasPrefix("c10d::barrier") || lower.hasPrefix("c10d::monitored_barrier") {
      return .waitingForRanks
    }
    return nil
  }

  private static func doing(call name: String) -> HostDoing? {
    switch RuntimeCall(name: name) {
    case .launch, .graphLaunch, .set, .copy: .launching
    case .synchronizeDevice, .synchronizeStream, .synchronizeEvent: .synchronizing
    case .free: .managingMemory
    default: ["Malloc", "MemAlloc", "HostAlloc"].contains(where: name.contains) ? .managingMemory : nil
    }
  }

  // MARK: Questions

  /// What a thread did in a stretch of time, and the others where it did nothing.
  ///
  /// - Parameters:
  ///   - start: From when on, nanoseconds.
  ///   - end: Until when, nanoseconds.
  ///   - thread: The thread that is asked first.
  ///   - body: Is given each part, and what was done; nil where no thread did anything that was recorded. The parts cover
  ///     the stretch.
  package func parts(
    from start: Int64, to end: Int64, of thread: Int32, _ body: (_ nanoseconds: Int64, HostDoing?) -> Void
  ) {
    var missing = [(start: start, end: end)]
    for thread in [thread] + threads.filter({ $0 != thread }) {
      guard !missing.isEmpty else { return }
      var rest: [(start: Int64, end: Int64)] = []
      for stretch in missing { cover(stretch, of: thread, &rest, body) }
      missing = rest
    }
    for stretch in missing { body(stretch.end - stretch.start, nil) }
  }

  private func cover(
    _ stretch: (start: Int64, end: Int64), of thread: Int32, _ rest: inout [(start: Int64, end: Int64)],
    _ body: (Int64, HostDoing?) -> Void
  ) {
    guard let list = stretches[thread], stretch.end > stretch.start else {
      if stretch.end > stretch.start { rest.append(stretch) }
      return
    }
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].end <= stretch.start { low = middle + 1 } else { high = middle }
    }
    var time = stretch.start
    while low < list.count, list[low].start < stretch.end {
      let part = list[low]
      if part.start > time { rest.append((time, part.start)) }
      let (from, to) = (max(part.start, time), min(part.end, stretch.end))
      if to > from { body(to - from, part.doing) }
      time = max(time, to)
      low += 1
    }
    if time < stretch.end { rest.append((time, stretch.end)) }
  }
}
