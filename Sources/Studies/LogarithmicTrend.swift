/// A quantity that grows by a constant factor each year: the straight line of least squares through the logarithms of
/// its values.
package struct LogarithmicTrend: Sendable, Equatable {
  /// One value that the line is fitted to.
  package struct Point: Sendable, Equatable {
    /// When, in years: 2017.5 is the middle of 2017.
    package let year: Double
    /// How much; greater than 0.
    package let value: Double

    /// A point.
    package init(year: Double, value: Double) {
      self.year = year
      self.value = value
    }
  }

  /// What the line is fitted to.
  package let points: [Point]
  /// The logarithm's growth each year.
  package let slope: Double
  /// For each point, how far its logarithm lies above the line.
  package let residuals: [Double]
  /// The standard deviation of the residuals, with two degrees of freedom spent on the line.
  package let residualDeviation: Double

  private let meanYear: Double
  private let meanLogarithm: Double
  private let yearSpread: Double

  /// The fewest points that a line is fitted to: two would leave no residual, and three hardly one.
  package static let fewestPoints = 4

  /// Fits a line, or nil with fewer than ``fewestPoints`` points or all of them at one time.
  package init?(_ points: [Point]) {
    guard points.count >= Self.fewestPoints, points.allSatisfy({ $0.value > 0 }) else { return nil }
    let count = Double(points.count)
    let logarithms = points.map(\.value.logarithm)
    let meanYear = points.reduce(0) { $0 + $1.year } / count
    let meanLogarithm = logarithms.reduce(0, +) / count
    let yearSpread = points.reduce(0) { $0 + ($1.year - meanYear) * ($1.year - meanYear) }
    guard yearSpread > 0 else { return nil }
    let covariance = zip(points, logarithms).reduce(0) { $0 + ($1.0.year - meanYear) * ($1.1 - meanLogarithm) }
    let slope = covariance / yearSpread
    let residuals = zip(points, logarithms).map { $1 - meanLogarithm - slope * ($0.year - meanYear) }
    self.points = points
    self.slope = slope
    self.residuals = residuals
    self.meanYear = meanYear
    self.meanLogarithm = meanLogarithm
    self.yearSpread = yearSpread
    residualDeviation = (residuals.reduce(0) { $0 + $1 * $1 } / (count - 2)).squareRoot()
  }

  /// Degrees of freedom of the residuals.
  package var degrees: Int { points.count - 2 }

  /// The factor by which the quantity grows each year.
  package var yearlyFactor: Double { slope.exponential }

  /// The years in which the quantity doubles; negative where it falls, infinite where it stays.
  package var doublingYears: Double { slope == 0 ? .infinity : 2.0.logarithm / slope }

  /// The line's value.
  package func value(at year: Double) -> Double {
    (meanLogarithm + slope * (year - meanYear)).exponential
  }

  /// The standard error of a new value's logarithm, in standard deviations of the residuals: 1 for the value itself, and
  /// more for what is not known of the line, which grows with the distance from the data.
  package func predictionSpread(at year: Double) -> Double {
    let distance = year - meanYear
    return (1 + 1 / Double(points.count) + distance * distance / yearSpread).squareRoot()
  }

  /// The interval that a new value lies in with some probability.
  package func interval(_ share: Double, at year: Double) -> ClosedRange<Double> {
    let width = StudentT(degrees: degrees).halfWidth(of: share) * predictionSpread(at: year) * residualDeviation
    let middle = value(at: year)
    return (middle * (-width).exponential)...(middle * width.exponential)
  }
}
