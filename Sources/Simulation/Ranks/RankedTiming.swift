import Roofline

/// One pass's share of a simulated run of several ranks.
///
/// A pass is complete when it is on every rank; what it takes is read off the rank on which it is last, the lowest of
/// those.
package struct RankedTiming: Sendable, Equatable, PassSummarized {
  /// What the pass takes, until the last rank is done.
  ///
  /// Its account is that of the path through all ranks that leads there, and holds no waits in collectives, but what
  /// others waited for. Busy times are those of the last rank.
  package var summary: PassSummary
  /// The rank on which the last pass was complete last.
  package var lastRank: Int
  /// What the pass takes of each rank.
  package var ranks: [RankShare]
  /// How far apart the ranks came to the collectives of the measured passes.
  package var drift: RankDrift
  /// Events that were handled for it, of all ranks.
  package var events = 0

  /// The last rank's share, as if it were alone.
  package var timing: PassTiming {
    PassTiming(summary: summary, events: events, timeline: ranks[lastRank].timeline)
  }
}

/// What a pass takes of one of several ranks: means over the passes that were measured.
package struct RankShare: Sendable, Equatable {
  /// Picoseconds in which at least one kernel or collective runs, or a collective waits for other ranks.
  package var deviceBusy: Picoseconds
  /// Picoseconds that the host spends on work and in calls.
  package var hostBusy: Picoseconds
  /// How the device's time in collectives is spent.
  package var collectives: CollectiveTime
  /// What happened, if it was recorded.
  package var timeline: Timeline?
}

/// Many passes of several ranks, each after the other.
package struct RankedPasses: Sendable, Equatable {
  /// What each pass took, in their order: from when the one before was complete on all ranks.
  package var latencies: [Picoseconds]
  /// Their mean.
  package var mean: RankedTiming
}
