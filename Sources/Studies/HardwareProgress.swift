import Profiles

/// By how much accelerators get faster each year beyond what their data sheets say, as earlier forecasts of latencies tell:
/// later families make more of their peaks and bandwidths.
///
/// Of hosts nothing is told: most measured rows do not say which host fed them.
struct HardwareProgress: Sendable {
  private let rates: [String: Double]

  /// What the errors tell that were known at a cut-off.
  ///
  /// - Parameters:
  ///   - outcomes: Forecasts without it.
  ///   - cutoff: The cut-off; those whose outcome came later tell nothing.
  ///   - rules: How far a year's progress may lie from none, and errors from it.
  init(_ outcomes: [Hindcast.Outcome], at cutoff: Int, _ rules: TrendRules) {
    let known = outcomes.filter { $0.year <= cutoff }
    rates = Dictionary(grouping: known, by: \.quantity).mapValues { outcomes in
      // The rows of one part share its luck: together they count as one error for each year that they are forecast from.
      let parts = Dictionary(grouping: outcomes) { [$0.line, "\($0.year)", "\($0.cutoff)"] }
      let ratio = rules.progressError / rules.progressDeviation
      var (sum, weight) = (0.0, ratio * ratio)
      for (_, rows) in parts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        let sorted = rows.map(\.error).sorted()
        let years = Double(rows[0].ahead)
        // A part that is forecast from many years is still one part.
        let share =
          1 / Double(Set(outcomes.filter { $0.line == rows[0].line && $0.year == rows[0].year }.map(\.cutoff)).count)
        sum += share * ErrorSummary.quantile(sorted, 0.5) * years
        weight += share * years * years
      }
      return sum / weight
    }
  }

  /// The rate of a quantity, as a logarithm for each year; 0 where nothing is known.
  func rate(of quantity: String) -> Double { rates[quantity] ?? 0 }

  /// Forecasts with the progress that was known at each cut-off, and what is not known of it in their bands.
  static func applied(to outcomes: [Hindcast.Outcome], _ rules: TrendRules) -> [Hindcast.Outcome] {
    let known = Dictionary(Set(outcomes.map(\.cutoff)).map { ($0, HardwareProgress(outcomes, at: $0, rules)) }) {
      first, _ in
      first
    }
    return outcomes.map { outcome in
      guard outcome.quantity == LatencyHindcast.quantity(false) else {
        return outcome.moved(by: 0, deviation: rules.hostDeviation)
      }
      let rate = known[outcome.cutoff]?.rate(of: outcome.quantity) ?? 0
      return outcome.moved(
        by: -rate * Double(outcome.ahead), deviation: rules.progressDeviation * Double(outcome.ahead))
    }
  }
}
