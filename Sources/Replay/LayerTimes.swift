import Roofline
import Traces

/// What a module, or a range that the program named, costs: all of its uses together.
package struct LayerTime: Sendable {
  /// Its own name.
  package let name: String
  /// The names from the outermost to its own, with slashes between them.
  package let path: String
  /// How many are around it.
  package let depth: Int
  /// How often it was used.
  package let count: Int
  /// Host time, with that of what is within it.
  package internal(set) var host = Picoseconds.zero
  /// The part of it in which the device did nothing.
  package internal(set) var exposedHost = Picoseconds.zero
  /// Its share of the device's busy time, with that of what is within it.
  package internal(set) var device = Picoseconds.zero
  /// Its share without what is within it.
  package internal(set) var ownDevice = Picoseconds.zero
  /// The part of its share that the backward pass launched for it, with that of what is within it.
  package internal(set) var backwardDevice = Picoseconds.zero
  /// Kernels, copies and sets, with those of what is within it.
  package internal(set) var deviceCount = 0
}

/// The modules of a recording, as a tree.
package struct LayerTimes: Sendable {
  /// The modules in the order of the tree; the last row is what belongs to none.
  package private(set) var rows: [LayerTime] = []
  /// Whether they are modules, and not ranges of other kinds.
  package let areModules: Bool
  /// Whether there are any.
  package var isEmpty: Bool { rows.count <= 1 }

  /// Sums up a run.
  ///
  /// - Complexity: O(n log n) for n events.
  package init(_ run: RecordedRun, _ shares: DeviceShares) {
    let ranges = ProgramRanges(run)
    areModules = ranges.areModules
    let order = ranges.treeOrder
    var places = [Int](repeating: 0, count: ranges.paths.count)
    var pathTexts = [String](repeating: "", count: ranges.paths.count)
    for (place, index) in order.enumerated() {
      let path = ranges.paths[index]
      let name = ProgramRanges.title(run.trace.name(path.name))
      pathTexts[index] = path.parent >= 0 ? pathTexts[path.parent] + "/" + name : name
      places[index] = place
      var row = LayerTime(name: name, path: pathTexts[index], depth: path.depth, count: path.count)
      for use in path.uses {
        // Of a step, what is in it counts.
        let use = run.step == nil ? use : (start: max(use.start, run.start), end: min(use.end, run.end))
        row.host += Picoseconds(nanoseconds: max(0, use.end - use.start))
        row.exposedHost += Picoseconds(nanoseconds: shares.idleTime(from: use.start, to: use.end))
      }
      rows.append(row)
    }
    rows.append(LayerTime(name: "(outside)", path: "(outside)", depth: 0, count: 0))
    let backward = BackwardRanges(run, ranges)
    for (position, launcher) in run.launchers.enumerated() {
      let share = shares.shares[position]
      let direct = launcher >= 0 ? ranges.innermost(at: run.trace.hostEvents[launcher]) : nil
      guard var index = direct ?? backward.range(of: launcher) else {
        rows[rows.count - 1].ownDevice += share
        rows[rows.count - 1].device += share
        rows[rows.count - 1].deviceCount += 1
        continue
      }
      rows[places[index]].ownDevice += share
      while index >= 0 {
        rows[places[index]].device += share
        rows[places[index]].deviceCount += 1
        if direct == nil { rows[places[index]].backwardDevice += share }
        index = ranges.paths[index].parent
      }
    }
  }
}
