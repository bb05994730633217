import Profiles

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

  /// An earlier forecast whose outcome is known.
  struct Error {
    /// How many years ago it became known.
    let age: Double
    /// The error's size over half the width of the band of 50 %.
    let half: Double
    /// The same of the band of 90 %.
    let most: Double
  }

  /// The scale that would have made bands hold what they promise.
  ///
  /// - Parameters:
  ///   - errors: Those of earlier forecasts.
  ///   - rules: What the bands' own width counts for, and how soon an error counts for less.
  init(_ errors: [Error], _ rules: TrendRules) {
    let weights = errors.map { (-$0.age / rules.bandMemoryYears).exponential }
    let count = weights.reduce(0, +)
    func scale(_ ratio: (Error) -> Double, _ share: Double) -> Double {
      guard count > 0 else { return 1 }
      let pairs = zip(errors.map(ratio), weights).sorted { $0.0 < $1.0 }
      // A wild history is believed within limits.
      let found = min(max(Self.quantile(pairs, share), 0.2), 5)
      return (found.logarithm * count / (count + rules.bandPriorErrors)).exponential
    }
    half = scale(\.half, Self.shares.half)
    // The wider band never lies within the other.
    most = max(scale(\.most, Self.shares.most), half / 2)
  }

  /// A quantile of sorted values with weights, linear between the middles of their weights.
  private static func quantile(_ pairs: [(value: Double, weight: Double)], _ share: Double) -> Double {
    let total = pairs.reduce(0) { $0 + $1.weight }
    var (sum, before) = (0.0, (place: 0.0, value: pairs[0].value))
    for (value, weight) in pairs {
      let place = (sum + weight / 2) / total
      if place >= share {
        guard place > before.place else { return value }
        return before.value + (value - before.value) * (share - before.place) / (place - before.place)
      }
      (sum, before) = (sum + weight, (place, value))
    }
    return before.value
  }

  /// The factor for a band of any share: that of the two known ones, and between them on the way from one to the other.
  package func factor(_ share: Double) -> Double {
    let way = (share - Self.shares.half) / (Self.shares.most - Self.shares.half)
    return half + (most - half) * min(1, max(0, way))
  }
}

/// What the bands of a projection's numbers are scaled by.
package struct BandScales: Sendable, Equatable {
  /// Those of most numbers.
  package let usual: BandScale
  /// Those of numbers that move in rare steps.
  package let stepwise: BandScale

  /// Bands as they are.
  package static let none = BandScales(usual: .none, stepwise: .none)
}
