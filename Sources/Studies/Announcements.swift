/// What has been announced of a line's parts to come: evidence, and not sure.
struct Announcements: Sendable {
  /// What is expected of a line without them: a walk with a drift, from its newest generation on.
  struct Walk {
    /// The variance of a year's growth.
    let scatter: Double
    /// The variance of the yearly rate.
    let rateVariance: Double
    /// The variance that a generation has of its own, however soon it comes.
    let ownVariance: Double
    /// The logarithm that is expected after so many years.
    let expected: (Double) -> Double

    /// How what comes after some years goes with what comes after some others.
    func covariance(_ one: Double, _ other: Double) -> Double {
      scatter * min(one, other) + rateVariance * one * other
    }
  }

  private let points: [(years: Double, logarithm: Double)]
  private let variance: Double

  /// Announcements; none where it is not known how far they may be off.
  ///
  /// - Parameters:
  ///   - points: For how many years after the newest generation, and what.
  ///   - deviation: How far a part may come out from what was announced of it, a standard deviation.
  init(_ points: [(years: Double, logarithm: Double)], deviation: Double?) {
    self.points = deviation == nil ? [] : points
    variance = (deviation ?? 0) * (deviation ?? 0)
  }

  /// What is to be expected after some years, given what was announced: normal numbers conditioned on one after the other.
  func told(after years: Double, _ walk: Walk) -> (logarithm: Double, variance: Double) {
    let times = points.map(\.years) + [years]
    var means = times.map(walk.expected)
    var covariances = times.map { one in times.map { walk.covariance(one, $0) } }
    for index in times.indices { covariances[index][index] += walk.ownVariance }
    for (index, point) in points.enumerated() {
      let row = covariances[index]
      let surprise = point.logarithm - means[index]
      for place in times.indices {
        let gain = covariances[place][index] / (row[index] + variance)
        means[place] += gain * surprise
        for other in times.indices { covariances[place][other] -= gain * row[other] }
      }
    }
    return (means[points.count], max(0, covariances[points.count][points.count]))
  }
}
