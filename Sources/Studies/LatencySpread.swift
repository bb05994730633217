import Profiles
import Roofline
import Simulation

/// How the latency of many passes is spread where the host's costs scatter.
package struct LatencySpread: Sendable, Equatable {
  /// How many passes.
  package let passes: Int
  /// What the costs were drawn from.
  package let seed: UInt64
  /// The mean over the passes.
  package let mean: Picoseconds
  /// What half of the passes take at most.
  package let median: Picoseconds
  /// What nine of ten take at most.
  package let ninety: Picoseconds
  /// What 99 of a hundred take at most.
  package let ninetyNine: Picoseconds
  /// What ranks wait for one another; nil where there is one.
  package private(set) var ranks: RankSpread?

  /// The spread of some passes' times.
  ///
  /// - Parameters:
  ///   - times: What each pass took, at least one.
  ///   - seed: What the costs were drawn from.
  package init?(_ times: [Picoseconds], seed: UInt64) {
    guard !times.isEmpty else { return nil }
    let sorted = times.sorted()
    /// The smallest time that so large a share of the passes does not exceed: the nearest rank.
    func quantile(_ share: Double) -> Picoseconds {
      sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
    }
    passes = times.count
    self.seed = seed
    mean = times.reduce(.zero, +) / times.count
    median = quantile(0.5)
    ninety = quantile(0.9)
    ninetyNine = quantile(0.99)
  }

  /// Simulates passes whose host costs scatter as the host's profile says.
  ///
  /// - Throws: `SimulationFault`.
  package init?(_ scenario: Scenario, _ plan: ProgramPlan, _ costs: CostTable, passes: Int, seed: UInt64)
    throws(SimulationFault)
  {
    guard scenario.rankCount == 1 else {
      let ranked = try Simulator().scattered(
        scenario.ranks(plan, costs, seed: seed), scenario.latencyKind, passes: passes)
      self.init(ranked.latencies, seed: seed)
      ranks = RankSpread(ranked.mean, passes: passes)
      return
    }
    let jitter = JitterSource(scenario.system.host.jitter, seed: seed)
    self.init(
      try Simulator().scattered(plan, costs, scenario.latencyKind, by: jitter, passes: passes), seed: seed)
  }
}
