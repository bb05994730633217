/// How far predictions lie from measurements.
package struct ErrorSummary: Sendable, Equatable {
  /// How many.
  package let count: Int
  /// The median of the absolute relative errors.
  package let median: Double
  /// Their mean.
  package let mean: Double
  /// The one that nine of ten do not exceed.
  package let ninetieth: Double
  /// The median of the signed errors: positive where predictions are too long.
  package let bias: Double

  /// A summary of relative errors, or nil without any.
  package init?(_ errors: [Double]) {
    guard !errors.isEmpty else { return nil }
    let sizes = errors.map(abs).sorted()
    let signed = errors.sorted()
    count = errors.count
    median = Self.quantile(sizes, 0.5)
    mean = sizes.reduce(0, +) / Double(sizes.count)
    ninetieth = Self.quantile(sizes, 0.9)
    bias = Self.quantile(signed, 0.5)
  }

  /// A quantile of sorted numbers, linear between neighbors.
  static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
    let place = fraction * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}
