import Roofline

extension Double {
  /// Whether two numbers agree but for the rounding of a few operations: 4 units in the last place.
  func isWithinRounding(of other: Double) -> Bool {
    self == other || abs(self - other) <= 4 * max(abs(self), abs(other)).ulp
  }
}

extension Quantity {
  /// Whether two quantities agree but for the rounding of a few operations.
  func isWithinRounding(of other: Self) -> Bool { value.isWithinRounding(of: other.value) }
}
