import JSONText
import Profiles
import Roofline
import Simulation

/// What a simulated latency says beside its number: which case it is, by how much, what would change it most, and how far
/// a measurement may lie from it.
package struct LatencyAnswer: Sendable {
  /// What a pass takes.
  package let summary: PassSummary
  /// What host and device each need for it.
  package let load: PassLoad
  /// Which of the two sets the latency, or neither clearly.
  package let regime: LatencyRegime
  /// Between which latencies ``coverage`` of the measurements would lie; nil where no measurements say.
  package let band: (low: Picoseconds, high: Picoseconds)?
  /// What would change the latency most; nil where nothing is known to, or finding out would take too long.
  ///
  /// Efficiencies are left out unless nothing else changes it: nobody can buy one.
  package let strongest: Sensitivity?
  /// How many numbers matter: at least ``Sensitivity/mattersFrom`` each; nil where that was not looked for.
  package let numbersThatMatter: Int?
  /// How many of those are assumed, or have no source; what a user sets is assumed.
  package let assumedNumbers: Int?
  /// Of how many numbers sources have figures that give different latencies, all of which the band counts.
  package let contestedNumbers: Int

  /// The share of measurements that a band holds.
  package static let coverage = 0.9

  /// The answer of a simulated pass.
  ///
  /// - Parameters:
  ///   - scenario: What was simulated.
  ///   - result: What came out.
  ///   - errors: The model's own errors, where they are known.
  ///   - sensitivities: What the latency depends on, the strongest first; nil where that was not looked for.
  ///   - figures: What it would take by other figures of numbers whose sources contradict each other.
  package init(
    _ scenario: Scenario, _ result: PassResult, errors: ErrorBand?, sensitivities: [Sensitivity]?,
    figures: FigureSpread? = nil
  ) {
    summary = result.summary
    load = result.load
    let regime = result.regime
    self.regime = regime
    let latency = result.latency
    band = errors.map { errors in
      let logarithms =
        figures?.logarithms(Self.coverage, errors, regime) ?? errors.logarithms(Self.coverage, regime)
      func scaled(_ logarithm: Double) -> Picoseconds {
        Picoseconds(costInSeconds: latency.seconds * logarithm.exponential)
      }
      return (scaled(logarithms.lowerBound), scaled(logarithms.upperBound))
    }
    contestedNumbers = figures?.numberCount ?? 0
    let matter = sensitivities?.filter(\.matters)
    strongest = sensitivities?.first { !$0.path.contains(".efficiency.") } ?? sensitivities?.first
    numbersThatMatter = matter?.count
    assumedNumbers = matter?.count { sensitivity in
      scenario.system.source(of: sensitivity.path).map { $0.kind == .assumed } ?? true
    }
  }
}

extension Sensitivity {
  /// How strongly a latency follows a number that matters to it: one percent more or less of the number changes the
  /// latency by a fiftieth of a percent at least.
  package static let mattersFrom = 0.02

  /// Whether the number matters.
  package var matters: Bool { max(abs(elasticity), abs(elasticityOfLess)) >= Self.mattersFrom }
}
