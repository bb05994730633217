import Profiles

/// What would have been forecast in each year of the past, of what has come since.
///
/// For every cut-off only the parts are fitted that had come by the end of that year; each part of the years after it is
/// forecast for the month in which it came. Bands are scaled by the errors of those forecasts whose outcome was known at the
/// cut-off. What came later changes nothing.
package struct Hindcast: Sendable {
  /// One forecast and what came.
  package struct Outcome: Sendable {
    /// The number's path, or the name of what was measured.
    package let quantity: String
    /// The line of products.
    package let line: String
    /// The last year that was known.
    package let cutoff: Int
    /// How many calendar years later the part came.
    package let ahead: Int
    /// The logarithm of what was forecast.
    package let forecast: Double
    /// Half the width of the band that holds half, as a logarithm.
    package let half: Double
    /// Half the width of the band that holds nine of ten.
    package let most: Double
    /// The logarithm of what came.
    package let actual: Double
    /// The logarithms of what naive forecasters say.
    package let naive: [NaiveForecast: Double]

    /// The year in which it came.
    package var year: Int { cutoff + ahead }

    /// The forecast less what came.
    var error: Double { forecast - actual }

    /// The same with bands of another width.
    func scaled(by scale: BandScale) -> Outcome {
      Outcome(
        quantity: quantity, line: line, cutoff: cutoff, ahead: ahead, forecast: forecast, half: half * scale.half,
        most: max(most * scale.most, half * scale.half), actual: actual, naive: naive)
    }

    /// The same moved, with bands that also hold a normal error.
    func moved(by shift: Double, deviation: Double) -> Outcome {
      func wider(_ width: Double, _ share: Double) -> Double {
        // So many degrees of freedom are a normal number's.
        let own = StudentT(degrees: 1000).halfWidth(of: share) * deviation
        return (width * width + own * own).squareRoot()
      }
      return Outcome(
        quantity: quantity, line: line, cutoff: cutoff, ahead: ahead, forecast: forecast + shift,
        half: wider(half, BandScale.shares.half), most: wider(most, BandScale.shares.most), actual: actual, naive: naive
      )
    }

    /// The error over the half-width of each band.
    var ratios: (half: Double, most: Double) {
      func ratio(_ width: Double) -> Double { width > 0 ? abs(error) / width : error == 0 ? 0 : 1 }
      return (ratio(half), ratio(most))
    }
  }

  /// Every forecast, with its bands as they would have been given.
  package let outcomes: [Outcome]
  /// What the bands of a forecast of today are scaled by.
  package let scale: BandScales
  /// What those of each cut-off were scaled by.
  private let scales: [Int: BandScales]

  /// Forecasts every number that has a trend.
  ///
  /// - Parameters:
  ///   - lines: The history.
  ///   - ahead: For how many years ahead.
  package init(_ lines: HardwareLines, ahead: Int = 6) {
    let cutoffs = lines.years.map { Array($0.lowerBound..<$0.upperBound) } ?? []
    let histories = lines.rules.numbers.map(lines.histories)
    let outcomes = parallelMap(cutoffs) { cutoff in
      let trends = TrendSet(lines.known(at: cutoff))
      var widths = HalfWidths()
      return zip(lines.rules.numbers, histories).flatMap { number, histories in
        Self.outcomes(number, histories, trends, cutoff, ahead, &widths)
      }
    }.flatMap { $0 }
    let stepwise = Set(lines.rules.numbers.filter(\.isStepwise).map(\.path))
    let usual = Self.scaling(outcomes.filter { !stepwise.contains($0.quantity) }, lines.rules)
    let steps = Self.scaling(outcomes.filter { stepwise.contains($0.quantity) }, lines.rules)
    self.outcomes = usual.outcomes + steps.outcomes
    scale = BandScales(usual: usual.scale, stepwise: steps.scale)
    scales = Dictionary(
      cutoffs.map { ($0, BandScales(usual: usual.scales[$0] ?? .none, stepwise: steps.scales[$0] ?? .none)) }
    ) { first, _ in first }
  }

  /// What the bands of a cut-off were scaled by.
  func scale(at cutoff: Int) -> BandScales { scales[cutoff] ?? .none }

  private static func outcomes(
    _ number: TrendRules.Number, _ histories: [LineHistory], _ trends: TrendSet, _ cutoff: Int, _ ahead: Int,
    _ widths: inout HalfWidths
  ) -> [Outcome] {
    guard let trend = trends.trend(of: number.path) else { return [] }
    var outcomes: [Outcome] = []
    for history in histories {
      guard let known = trend.history(of: history.line), let naive = NaiveForecasts(known) else { continue }
      for point in history.points where Int(point.time) > cutoff && Int(point.time) <= cutoff + ahead {
        guard let forecast = trend.forecast(history.line, at: point.time) else { continue }
        let width = widths.of(degrees: forecast.degrees)
        outcomes.append(
          Outcome(
            quantity: number.path, line: history.line, cutoff: cutoff, ahead: Int(point.time) - cutoff,
            forecast: forecast.logarithm, half: width.half * forecast.deviation,
            most: width.most * forecast.deviation, actual: point.logarithm,
            naive: naive.all(at: point.time)))
      }
    }
    return outcomes
  }

  /// Scales the bands of each forecast by the errors that were known at its cut-off.
  ///
  /// - Returns: The forecasts, the scale that all of them together justify, and that of each cut-off.
  static func scaling(
    _ outcomes: [Outcome], _ rules: TrendRules
  ) -> (outcomes: [Outcome], scale: BandScale, scales: [Int: BandScale]) {
    let scales = Dictionary(Set(outcomes.map(\.cutoff)).map { ($0, scale(outcomes, at: $0, rules)) }) { first, _ in
      first
    }
    return (
      outcomes.map { $0.scaled(by: scales[$0.cutoff] ?? .none) },
      scale(outcomes, at: outcomes.map(\.year).max() ?? 0, rules), scales
    )
  }

  /// The scale that the errors justify that were known at a cut-off.
  private static func scale(_ outcomes: [Outcome], at cutoff: Int, _ rules: TrendRules) -> BandScale {
    BandScale(
      outcomes.filter { $0.year <= cutoff }.map { outcome in
        let (half, most) = outcome.ratios
        return BandScale.Error(age: Double(cutoff - outcome.year), half: half, most: most)
      }, rules)
  }
}

/// How wide bands are in deviations, by degrees of freedom: found once for each of them, since few differ.
private struct HalfWidths {
  private var known: [Int: (half: Double, most: Double)] = [:]

  mutating func of(degrees: Int) -> (half: Double, most: Double) {
    if let found = known[degrees] { return found }
    let distribution = StudentT(degrees: degrees)
    let widths = (
      half: distribution.halfWidth(of: BandScale.shares.half), most: distribution.halfWidth(of: BandScale.shares.most)
    )
    known[degrees] = widths
    return widths
  }
}

/// Who forecasts without a model.
package enum NaiveForecast: String, CaseIterable, Sendable {
  /// It stays as it is.
  case lastValue = "last_value"
  /// It doubles every two years.
  case doubling
  /// It goes on as from the generation before the last to the last.
  case lastTwo = "last_two"
}

/// What naive forecasters say of a line; they need two generations of it.
struct NaiveForecasts {
  private let before: LineHistory.Point
  private let last: LineHistory.Point

  /// Nil where a line has no two generations at different times.
  init?(_ history: LineHistory) {
    last = history.last
    let time = last.time
    guard let before = history.points.last(where: { $0.time < time - 1e-9 }) else { return nil }
    self.before = before
  }

  /// The logarithms of all of them.
  func all(at time: Double) -> [NaiveForecast: Double] {
    let years = time - last.time
    let rate = (last.logarithm - before.logarithm) / (last.time - before.time)
    return [
      .lastValue: last.logarithm, .doubling: last.logarithm + 2.0.logarithm / 2 * years,
      .lastTwo: last.logarithm + rate * years,
    ]
  }
}
