/// How good the forecasts of one quantity would have been, so many years ahead.
package struct HindcastSummary: Sendable {
  /// The number's path, or the name of what was measured.
  package let quantity: String
  /// How many calendar years ahead.
  package let ahead: Int
  /// How many forecasts.
  package let count: Int
  /// The share of them whose band of 50 % held what came.
  package let halfCoverage: Double
  /// The share of them whose band of 90 % did.
  package let mostCoverage: Double
  /// The median of the errors' sizes, each relative to what came.
  package let medianError: Double
  /// By how much forecasts were too high, as a fraction of what came: the mean of the logarithms' errors.
  package let bias: Double
  /// By how much smaller the errors are than a naive forecaster's: 1 for none, 0 for the same, negative for larger ones.
  ///
  /// Errors are differences of logarithms, and their sizes averaged.
  package let skill: [NaiveForecast: Double]

  /// Summarizes forecasts; nil without any.
  init?(_ outcomes: [Hindcast.Outcome]) {
    guard let first = outcomes.first else { return nil }
    (quantity, ahead, count) = (first.quantity, first.ahead, outcomes.count)
    let total = Double(outcomes.count)
    func share(_ holds: (Hindcast.Outcome) -> Bool) -> Double { Double(outcomes.filter(holds).count) / total }
    // A band that has no width still holds what lies on it.
    halfCoverage = share { abs($0.error) <= $0.half + 1e-9 }
    mostCoverage = share { abs($0.error) <= $0.most + 1e-9 }
    medianError = ErrorSummary.quantile(outcomes.map { abs($0.error.exponential - 1) }.sorted(), 0.5)
    bias = (outcomes.reduce(0) { $0 + $1.error } / total).exponential - 1
    skill = Dictionary(
      NaiveForecast.allCases.map { naive in
        var (own, other) = (0.0, 0.0)
        for outcome in outcomes {
          // Some things only the model can say something of.
          guard let said = outcome.naive[naive] else { continue }
          own += abs(outcome.error)
          other += abs(said - outcome.actual)
        }
        return (naive, other > 0 ? 1 - own / other : 0)
      }
    ) { first, _ in first }
  }
}

extension HindcastSummary {
  /// A summary for each quantity and number of years ahead, of the cut-offs from a year on.
  package static func all(_ outcomes: [Hindcast.Outcome], from year: Int) -> [HindcastSummary] {
    let chosen = outcomes.filter { $0.cutoff >= year }
    return unique(chosen.map(\.quantity)).flatMap { quantity in
      let own = chosen.filter { $0.quantity == quantity }
      return Set(own.map(\.ahead)).sorted().compactMap { ahead in
        HindcastSummary(own.filter { $0.ahead == ahead })
      }
    }
  }
}
