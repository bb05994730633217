import EventEngine
import Simulation
import Traces

/// What a replay says: how long the recorded program takes at some prices.
public struct ReplayResult: Sendable {
  /// Times and their account.
  public let timing: PassTiming

  /// Picoseconds from the first event to the end of the last.
  public var span: Ticks { timing.latency }

  /// Picoseconds in which at least one kernel or copy runs.
  public var deviceBusy: Ticks { timing.deviceBusy }

  /// The share of the span in which the device does not work.
  public var frameworkTaxFraction: Double {
    span == 0 ? 0 : Double(span - deviceBusy) / Double(span)
  }

  /// The critical path's own account: each picosecond of the span in one category.
  public func time(in category: CostCategory) -> Ticks { timing.account[category.rawValue] }

  /// What the span is waiting for.
  public var bound: LatencyBound { LatencyBound(account: timing.account) }
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
  public func replay(_ prices: ReplayPrices, timelineNames names: [String]? = nil) throws(SimulationFault)
    -> ReplayResult
  {
    var timing = try Simulator(recordsTimeline: names != nil).replay(program, table(prices))
    if let names { timing.timeline?.labels = names }
    return ReplayResult(timing: timing)
  }
}
