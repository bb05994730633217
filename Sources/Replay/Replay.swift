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

  /// The part of the span that waits for nothing that was recorded: what no category of the account has.
  public var unexplainedWait: Picoseconds { span - Picoseconds(account.wrappedSum()) }
}

/// What a picosecond of a replay's span was spent on.
package enum ReplayPart: Sendable, Hashable, CaseIterable {
  /// What passes are spent on too.
  case category(CostCategory)
  /// Waiting for nothing that was recorded.
  case unexplainedWait

  /// Every category, and what none explains.
  package static var allCases: [ReplayPart] { CostCategory.allCases.map(ReplayPart.category) + [.unexplainedWait] }

  /// The key in JSON, before its unit.
  package var key: String {
    switch self {
    case .category(let category): category.key
    case .unexplainedWait: "unexplained_wait"
    }
  }

  /// What people read.
  package var title: String {
    switch self {
    case .category(let category): category.title
    case .unexplainedWait: "unexplained waiting"
    }
  }
}

extension ReplayResult {
  /// What of the span is spent on a part; all parts sum to it.
  package func time(in part: ReplayPart) -> Picoseconds {
    switch part {
    case .category(let category): time(in: category)
    case .unexplainedWait: unexplainedWait
    }
  }
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
    try replay(table(prices), timelineNames: names)
  }

  /// Replays the plan with a table that stands: ``table(_:)``.
  func replay(_ table: CostTable, timelineNames names: [String]?) throws(SimulationFault) -> ReplayResult {
    var timing = try Simulator(recordsTimeline: names != nil).replay(program, table)
    if let names { timing.timeline?.labels = names }
    return ReplayResult(timing: timing)
  }
}
