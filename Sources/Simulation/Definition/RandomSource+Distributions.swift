#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension RandomSource {
  /// A number of the exponential distribution with mean 1, by inversion.
  package mutating func exponential() -> Double { -log(1 - uniform()) }

  /// A number of the gamma distribution with mean 1.
  ///
  /// Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 2000; below shape 1 by their
  /// section 6, gamma(a) = gamma(a + 1) u^(1/a).
  ///
  /// - Parameter shape: The shape, above 0; the variance is 1 / shape, and 1 is the exponential distribution.
  /// - Returns: The number.
  package mutating func gamma(shape: Double) -> Double {
    if shape == 1 { return exponential() }
    let boost = shape < 1 ? pow(1 - uniform(), 1 / shape) : 1
    let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(1 - uniform()) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube * boost / shape }
    }
  }

  /// A number whose logarithm is normal.
  ///
  /// - Parameters:
  ///   - median: The median, above 0.
  ///   - ninetieth: The 90th percentile, at least the median.
  /// - Returns: The number.
  package mutating func logNormal(median: Double, ninetieth: Double) -> Double {
    // 90 % of the standard normal distribution lie below this.
    let deviation = log(ninetieth / median) / 1.2815515655446004
    return median * exp(deviation * normal())
  }
}
