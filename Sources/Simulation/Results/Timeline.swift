import EventEngine

/// Where something happened.
public enum TimelineLane: Sendable, Hashable {
  /// The host's dispatch thread.
  case host
  /// A stream of the device.
  case stream(Int)
}

/// Something that took time.
public struct TimelineSpan: Sendable, Equatable {
  /// Where.
  public var lane: TimelineLane
  /// The thread, on the host.
  public var thread = 0
  /// When it began, picoseconds.
  public var start: Ticks
  /// When it ended, picoseconds.
  public var end: Ticks
  /// What it was: an index into the program's labels, or -1.
  public var label: Int
  /// Connects a launch with what it launched; 0 for neither.
  public var correlation: Int
  /// What sort of time it is.
  public var category: CostCategory
  /// Which cost it spent, an index into ``Timeline/work``; -1 for none that does work on the device.
  public var cost = -1
}

/// What a kernel does.
public struct KernelWork: Sendable, Equatable {
  /// Floating-point operations.
  public var flops: Double
  /// Bytes of memory traffic.
  public var bytes: Double

  /// No work.
  public static let none = KernelWork(flops: 0, bytes: 0)
}

/// Everything that happened in the passes that were recorded.
public struct Timeline: Sendable, Equatable {
  /// In the order in which the simulation decided on them.
  public var spans: [TimelineSpan] = []
  /// What spans are called.
  public var labels: [String] = []
  /// What the costs that spans spend do on the device.
  public var work: [KernelWork] = []

  /// An empty timeline.
  public init() {}
}
