extension Quantity {
  /// How a quantity differs from the one that is expected, in words that name both; `nil` where it does not.
  ///
  /// ```swift
  /// #expect(found.difference(from: product.flops) == nil)
  /// // Expectation failed: "found 68.72 GFLOP, expected 137.4 GFLOP: 0.5 times" == nil
  /// ```
  ///
  /// - Parameters:
  ///   - expected: What it should be.
  ///   - tolerance: How far off it may be, as a fraction of `expected`; by default the rounding of a few operations.
  /// - Returns: Both, and their ratio.
  public func difference(from expected: Self, tolerance: Double = 1e-12) -> String? {
    if self == expected || abs(value - expected.value) <= tolerance * abs(expected.value) { return nil }
    let both = "found \(self), expected \(expected)"
    return expected.value == 0 || !isFinite || !expected.isFinite ? both : "\(both): \(value / expected.value) times"
  }
}
