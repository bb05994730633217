/// One pass's share of a simulated run.
public struct PassTiming: Sendable, Equatable, PassSummarized {
  /// What the pass takes.
  public var summary: PassSummary
  /// Events that the engine handled for it; zero where the time was had without events.
  public var events = 0
  /// What happened, if it was recorded.
  package var timeline: Timeline?
}
