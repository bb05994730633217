import Profiles

/// The trend of a number for one line of products, as a projection follows it.
package struct LineTrend: Sendable {
  private let trend: PooledTrend
  /// The line.
  package let line: String
  /// What its bands are widened or narrowed by.
  let scale: BandScale

  /// The trend of a line; nil where nothing is known of it.
  init?(_ trend: PooledTrend?, line: String, scale: BandScale) {
    guard let trend, trend.history(of: line) != nil else { return nil }
    self.trend = trend
    self.line = line
    self.scale = scale
  }

  /// How many generations of the line tell it.
  package var generationCount: Int { trend.history(of: line)?.points.count ?? 0 }

  /// The factor by which the number grows each year.
  package var yearlyFactor: Double { (trend.yearlyRate(of: line) ?? 0).exponential }

  /// The years in which the number doubles; negative where it falls, infinite where it stays.
  package var doublingYears: Double {
    let rate = trend.yearlyRate(of: line) ?? 0
    return rate == 0 ? .infinity : 2.0.logarithm / rate
  }

  /// The standard deviation of a year's growth, as a logarithm.
  package var yearlyDeviation: Double { trend.yearlyDeviation }

  /// Where the number will be, or was, without what may come between.
  package func value(at time: Double) -> Double { (trend.forecast(line, at: time)?.logarithm ?? 0).exponential }

  /// The standard error of its logarithm, for a standardized value of ``standardized(_:)``.
  func deviation(at time: Double) -> Double { trend.forecast(line, at: time)?.deviation ?? 0 }

  /// The degrees of freedom of the bands, from 3 to 30.
  var degrees: Int { trend.degreesOfFreedom }

  /// The interval that the number lies in with some probability.
  package func interval(_ share: Double, at time: Double) -> ClosedRange<Double> {
    let width = StudentT(degrees: degrees).halfWidth(of: share) * scale.factor(share) * deviation(at: time)
    let middle = value(at: time)
    return (middle * (-width).exponential)...(middle * width.exponential)
  }

  /// How far each generation after the first came out above where the one before it led to, by its month.
  var surprises: [(released: String, value: Double)] { trend.surprises(of: line) }

  /// Student's t as the bands have it: so that the share of values that a band promises lies in it.
  func standardized(_ value: Double) -> Double {
    value * scale.factor(StudentT(degrees: degrees).probability(within: value))
  }
}
