import Roofline
import Traces

/// The host's time by what called what: modules or ranges that the program named, operators within them, calls of the
/// driver within these; the same calls from the same callers are one.
package struct FlameTree: Sendable {
  /// What a node is.
  package enum Sort: Int, CaseIterable, Sendable {
    /// A module, or a range that the program named.
    case range
    /// An operator of the framework.
    case operation
    /// A call of the driver.
    case call
  }

  /// All calls of one name from the same callers.
  package struct Node: Sendable, Equatable {
    /// What was called.
    package let name: String
    /// What it is.
    package let sort: Sort
    /// How many callers are above it.
    package let depth: Int
    /// How often it was called.
    package internal(set) var count: Int
    /// Its time with that of what it called.
    package internal(set) var time: Picoseconds
    /// The time of those that lie left of it: of its caller's begin, and of what the caller called and took longer.
    package internal(set) var start: Picoseconds
  }

  /// The nodes in the order of the tree; of one caller those that take longest first.
  package let nodes: [Node]
  /// The time of all that nothing calls, of all threads.
  package let total: Picoseconds

  /// Looks at a run.
  ///
  /// - Complexity: O(n log n) for n events.
  package init(_ run: RecordedRun) {
    var builder = Builder()
    for (_, items) in Dictionary(grouping: Self.items(run), by: \.thread).sorted(by: { $0.key < $1.key }) {
      builder.add(items.sorted { ($0.start, $1.end, $0.sort.rawValue) < ($1.start, $0.end, $1.sort.rawValue) })
    }
    (nodes, total) = builder.finished { run.trace.name($0) }
  }

  private struct Item {
    let thread: Int32
    let name: Int32
    let sort: Sort
    let start: Int64
    let end: Int64
  }

  private static func items(_ run: RecordedRun) -> [Item] {
    let ranges = ProgramRanges.annotations(of: run).annotations.map {
      Item(
        thread: $0.thread, name: $0.name, sort: .range, start: max($0.start, run.start), end: min($0.end, run.end))
    }
    return ranges
      + run.hostEvents.map { index in
        let event = run.trace.hostEvents[index]
        return Item(
          thread: event.thread, name: event.name, sort: event.kind == .call ? .call : .operation, start: event.start,
          end: event.end)
      }
  }

  /// A tree that grows call by call.
  private struct Builder {
    private struct Place: Hashable {
      let parent: Int
      let name: Int32
      let sort: Sort
    }

    private var places: [Place: Int] = [:]
    private var calls: [(place: Place, depth: Int, count: Int, time: Int64)] = []

    /// Adds the calls of a thread, by begin, and those around others before these.
    mutating func add(_ items: [Item]) {
      var open: [(node: Int, end: Int64)] = []
      for item in items {
        while let top = open.last, top.end <= item.start { open.removeLast() }
        // What runs on after its caller counts up to its end.
        let end = min(item.end, open.last?.end ?? item.end)
        let place = Place(parent: open.last?.node ?? -1, name: item.name, sort: item.sort)
        let node = places[place] ?? calls.count
        if node == calls.count {
          places[place] = node
          calls.append((place, open.count, 0, 0))
        }
        calls[node].count += 1
        calls[node].time += max(0, end - item.start)
        open.append((node, end))
      }
    }

    /// The nodes, each caller's from the longest on.
    func finished(_ name: (Int32) -> String) -> ([Node], Picoseconds) {
      var children: [Int: [Int]] = [:]
      for index in calls.indices { children[calls[index].place.parent, default: []].append(index) }
      var nodes: [Node] = []
      func order(_ parent: Int) -> [Int] {
        (children[parent] ?? []).sorted { (calls[$1].time, $0) < (calls[$0].time, $1) }
      }
      // Callers may be nested deeper than a stack of ours: what is left to lay out is kept in a list.
      var left: [(node: Int, start: Int64)] = []
      func layOut(_ parent: Int, from start: Int64) {
        var place = start
        var row: [(Int, Int64)] = []
        for child in order(parent) {
          row.append((child, place))
          place += calls[child].time
        }
        left += row.reversed()
      }
      layOut(-1, from: 0)
      while let (index, start) = left.popLast() {
        let call = calls[index]
        nodes.append(
          Node(
            name: ProgramRanges.title(name(call.place.name)), sort: call.place.sort, depth: call.depth,
            count: call.count, time: Picoseconds(nanoseconds: call.time),
            start: Picoseconds(nanoseconds: start)))
        layOut(index, from: start)
      }
      let total = order(-1).reduce(0) { $0 + calls[$1].time }
      return (nodes, Picoseconds(nanoseconds: total))
    }
  }
}
