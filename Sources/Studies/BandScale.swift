/// What bands are widened or narrowed by, as the errors of earlier forecasts justify.
package struct BandScale: Sendable, Equatable {
  /// The shares that a scale is known for.
  static let shares = (half: 0.5, most: 0.9)

  /// The factor for the band that holds half.
  package let half: Double
  /// The factor for the band that holds nine of ten.
  package let most: Double

  /// Bands as they are.
  package static let none = BandScale(half: 1, most: 1)

  /// Given factors.
  package init(half: Double, most: Double) {
    self.half = half
    self.most = most
  }

  /// The scale that would have made bands hold what they promise.
  ///
  /// - Parameters:
  ///   - errors: For each earlier forecast, its error over the half-width of its band of each share.
  ///   - priorErrors: How many errors the bands' own width counts for.
  package init(_ errors: [(half: Double, most: Double)], priorErrors: Double) {
    func scale(_ ratios: [Double], _ share: Double) -> Double {
      guard !ratios.isEmpty else { return 1 }
      let count = Double(ratios.count)
      // A wild history is believed within limits.
      let ratio = min(max(ErrorSummary.quantile(ratios.sorted(), share), 0.2), 5)
      return (ratio.logarithm * count / (count + priorErrors)).exponential
    }
    half = scale(errors.map(\.half), Self.shares.half)
    most = max(scale(errors.map(\.most), Self.shares.most), half / 2)
  }

  /// The factor for a band of any share: that of the two known ones, and between them on the way from one to the other.
  package func factor(_ share: Double) -> Double {
    let way = (share - Self.shares.half) / (Self.shares.most - Self.shares.half)
    return half + (most - half) * min(1, max(0, way))
  }
}
