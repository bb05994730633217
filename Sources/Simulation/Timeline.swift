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
}

/// Everything that happened in the passes that were recorded.
public struct Timeline: Sendable, Equatable {
  /// In the order in which the simulation decided on them.
  public var spans: [TimelineSpan] = []
  /// What spans are called.
  public var labels: [String] = []

  /// An empty timeline.
  public init() {}
}
