import Roofline
import Simulation
import Traces

/// What a replay says: how long the recorded program takes at some prices.
public struct ReplayResult: Sendable, PassSummarized {
  /// Times and their account.
  public let timing: PassTiming

  /// What the recorded program takes.
  public var summary: PassSummary { timing.summary }

  /// From the first event to the end of the last.
  public var span: Picoseconds { latency }
}

extension ReplayPlan {
  /// Replays the plan.
  ///
  /// - Parameters:
  ///   - prices: The times.
  ///   - names: What the timeline calls what happens, if it is to be kept.
  /// - Returns: What it takes.
  /// - Throws: `SimulationFault`.
  /// - Complexity: O(instructions).
  package func replay(_ prices: ReplayPrices, timelineNames names: [String]? = nil) throws(SimulationFault)
    -> ReplayResult
  {
    var timing = try Simulator(recordsTimeline: names != nil).replay(program, table(prices))
    if let names { timing.timeline?.labels = names }
    return ReplayResult(timing: timing)
  }
}
