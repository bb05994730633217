import Roofline

/// Where something happened.
package enum TimelineLane: Sendable, Hashable {
  /// The host's dispatch thread.
  case host
  /// A stream of the device.
  case stream(Int)
}

/// Something that took time.
package struct TimelineSpan: Sendable, Equatable {
  /// Where.
  package var lane: TimelineLane
  /// The thread, on the host.
  package var thread = 0
  /// When it began.
  package var start: Picoseconds
  /// When it ended.
  package var end: Picoseconds
  /// What it was: an index into the program's labels, or -1.
  package var label: Int
  /// Connects a launch with what it launched; 0 for neither.
  package var correlation: Int
  /// What sort of time it is.
  package var category: CostCategory
  /// Which cost it spent, an index into ``Timeline/work``; -1 for none that does work on the device.
  package var cost = -1
  /// How much of it, at its beginning, was spent waiting for other ranks.
  package var waiting: Picoseconds = 0

  /// Something that took time.
  package init(
    lane: TimelineLane, thread: Int = 0, start: Picoseconds, end: Picoseconds, label: Int, correlation: Int = 0,
    category: CostCategory, cost: Int = -1, waiting: Picoseconds = 0
  ) {
    self.lane = lane
    self.thread = thread
    self.start = start
    self.end = end
    self.label = label
    self.correlation = correlation
    self.category = category
    self.cost = cost
    self.waiting = waiting
  }
}

/// What a kernel does.
package struct KernelWork: Sendable, Equatable {
  /// Floating-point operations.
  package var flops: Double
  /// Bytes of memory traffic.
  package var bytes: Double

  /// No work.
  package static let none = KernelWork(flops: 0, bytes: 0)
}

/// Everything that happened in the passes that were recorded.
package struct Timeline: Sendable, Equatable {
  /// In the order in which the simulation decided on them.
  package var spans: [TimelineSpan] = []
  /// What spans are called.
  package var labels: [String] = []
  /// What the costs that spans spend do on the device.
  package var work: [KernelWork] = []

  /// An empty timeline.
  package init() {}
}
