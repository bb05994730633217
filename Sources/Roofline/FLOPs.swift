/// An amount of arithmetic: floating-point operations, a multiply-add counting as two.
public struct FLOPs: Quantity {
  /// The number of floating-point operations.
  public let value: Double

  /// Creates a quantity from a number of floating-point operations.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "FLOPs: not a number")
    self.value = value
  }

  /// Creates a quantity from a number of billions (10⁹) of operations; not NaN.
  @inlinable public init(giga number: Double) { self.init(number * 1e9) }

  /// Creates a quantity from a number of trillions (10¹²) of operations; not NaN.
  @inlinable public init(tera number: Double) { self.init(number * 1e12) }

  /// The number of billions (10⁹) of operations.
  @inlinable public var giga: Double { value / 1e9 }

  /// The number of trillions (10¹²) of operations.
  @inlinable public var tera: Double { value / 1e12 }

  /// The value to four significant digits under a decimal prefix: `2.147 GFLOP`.
  public var description: String { prefixed(value, unit: "FLOP", prefixes: .upward) }
}
