import Traces

/// The ranges that a program named, nested in each thread: modules where they were recorded, and otherwise what
/// `record_function`, NVTX or ROCTX mark.
package struct ProgramRanges: Sendable {
  /// A range by its path from the outermost: all of its uses together.
  package struct Path: Sendable {
    /// Its own name.
    package let name: Int32
    /// The range around it; -1 for none.
    package let parent: Int
    /// How many are around it.
    package let depth: Int
    /// How often it was used.
    package internal(set) var count = 0
    /// Its times in each thread, in the order of the recording, nanoseconds.
    package internal(set) var uses: [(start: Int64, end: Int64)] = []
  }

  /// The paths; those around others before these.
  package private(set) var paths: [Path] = []
  /// Whether they are modules.
  package let areModules: Bool
  /// By thread, the innermost path at each moment.
  private var stretches: [Int32: [(start: Int64, end: Int64, path: Int)]] = [:]

  /// How Kineto marks a module among the functions of Python.
  package static let modulePrefix = "nn.Module: "

  /// Looks at a run.
  ///
  /// - Complexity: O(n log n) for n ranges.
  package init(_ run: RecordedRun) {
    let (annotations, areModules) = Self.annotations(of: run)
    self.areModules = areModules
    var places: [Place: Int] = [:]
    let byThread = Dictionary(grouping: annotations, by: \.thread)
    for (thread, ranges) in byThread.sorted(by: { $0.key < $1.key }) {
      add(ranges.sorted { ($0.start, $1.duration) < ($1.start, $0.duration) }, thread, &places)
    }
  }

  /// What of a run is looked at: modules where there are any, else all ranges that are no steps.
  static func annotations(of run: RecordedRun) -> (annotations: [Annotation], areModules: Bool) {
    let inside = run.trace.annotations.filter { $0.end > run.start && $0.start < run.end && $0.step == nil }
    let modules = inside.filter { run.trace.name($0.name).hasPrefix(modulePrefix) }
    return modules.isEmpty ? (inside, false) : (modules, true)
  }

  /// What a range or module is called, without how Kineto marks a module.
  static func title(_ name: String) -> String {
    name.hasPrefix(modulePrefix) ? String(name.dropFirst(modulePrefix.count)) : name
  }

  private struct Place: Hashable {
    var parent: Int
    var name: Int32
  }

  private mutating func add(_ ranges: [Annotation], _ thread: Int32, _ places: inout [Place: Int]) {
    var open: [(end: Int64, path: Int)] = []
    var time = Int64.min
    var stretches: [(start: Int64, end: Int64, path: Int)] = []
    func append(upTo end: Int64) {
      if let top = open.last, end > time { stretches.append((time, end, top.path)) }
    }
    for range in ranges {
      while let top = open.last, top.end <= range.start {
        append(upTo: top.end)
        time = max(time, top.end)
        open.removeLast()
      }
      append(upTo: range.start)
      time = max(time, range.start)
      let end = min(range.end, open.last?.end ?? .max)
      let path = path(Place(parent: open.last?.path ?? -1, name: range.name), depth: open.count, &places)
      paths[path].count += 1
      paths[path].uses.append((range.start, end))
      open.append((end, path))
    }
    while let top = open.last {
      append(upTo: top.end)
      time = max(time, top.end)
      open.removeLast()
    }
    self.stretches[thread] = stretches
  }

  private mutating func path(_ place: Place, depth: Int, _ places: inout [Place: Int]) -> Int {
    if let known = places[place] { return known }
    places[place] = paths.count
    paths.append(Path(name: place.name, parent: place.parent, depth: depth))
    return paths.count - 1
  }

  /// The innermost path around the start of a host event; nil for none.
  ///
  /// - Complexity: O(log n).
  package func innermost(at event: HostEvent) -> Int? {
    guard let list = stretches[event.thread] else { return nil }
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].start <= event.start { low = middle + 1 } else { high = middle }
    }
    guard low > 0, list[low - 1].end > event.start else { return nil }
    return list[low - 1].path
  }

  /// The name of a path's range.
  package func name(of path: Int) -> Int32 { paths[path].name }

  /// How often a range was used.
  package func count(of path: Int) -> Int { paths[path].count }

  /// The paths in the order of a tree: what is within a range follows it, in the order of first use.
  package var treeOrder: [Int] {
    var children: [Int: [Int]] = [:]
    for (index, path) in paths.enumerated() { children[path.parent, default: []].append(index) }
    var order: [Int] = []
    var pending = Array((children[-1] ?? []).reversed())
    while let next = pending.popLast() {
      order.append(next)
      pending += (children[next] ?? []).reversed()
    }
    return order
  }
}
