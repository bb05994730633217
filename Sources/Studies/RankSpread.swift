import Roofline
import Simulation

/// How far ranks drift apart whose hosts' costs scatter, and what they wait for one another.
package struct RankSpread: Sendable, Equatable {
  /// How many ranks.
  package let ranks: Int
  /// How many collectives a pass has, each counted once for all its ranks.
  package let collectives: Double
  /// Device time of a pass in collectives, of the mean rank: from the moment at which the last has come.
  package let transfer: Picoseconds
  /// The same until then: waiting for others.
  package let waiting: Picoseconds
  /// From the first rank's start of a collective to the last's: the mean, and the largest.
  package let meanDrift: Picoseconds
  package let largestDrift: Picoseconds

  /// The spread of some passes.
  init(_ timing: RankedTiming, passes: Int) {
    ranks = timing.ranks.count
    collectives = Double(timing.drift.count) / Double(max(1, passes))
    func mean(_ time: (RankShare) -> Picoseconds) -> Picoseconds {
      timing.ranks.reduce(.zero) { $0 + time($1) } / timing.ranks.count
    }
    transfer = mean { $0.collectives.transfer }
    waiting = mean { $0.collectives.waiting }
    meanDrift = timing.drift.mean
    largestDrift = timing.drift.largest
  }
}
