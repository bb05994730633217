/// Operations per byte moved: the horizontal axis of a roofline.
///
/// Zero for a pure copy and infinite for a kernel that moves no data.
public struct ArithmeticIntensity: Quantity {
  /// The number of FLOPs per byte.
  public let value: Double

  /// Creates a quantity from a number of FLOPs per byte.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "ArithmeticIntensity: not a number")
    self.value = value
  }

  /// The value to four significant digits: `17.44 FLOP/byte`.
  public var description: String { prefixed(value, unit: "FLOP/byte", prefixes: .none) }
}
