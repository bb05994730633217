/// A rate of arithmetic: what a datasheet calls TFLOPS.
public struct FLOPsPerSecond: Quantity {
  /// The number of floating-point operations per second.
  public let value: Double

  /// Creates a quantity from a number of floating-point operations per second.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "FLOPsPerSecond: not a number")
    self.value = value
  }

  /// Creates a quantity from a number of GFLOP/s (10⁹ operations per second); not NaN.
  @inlinable public init(gigaflops number: Double) { self.init(number * 1e9) }

  /// Creates a quantity from a number of TFLOP/s (10¹² operations per second); not NaN.
  @inlinable public init(teraflops number: Double) { self.init(number * 1e12) }

  /// Creates a quantity from a number of PFLOP/s (10¹⁵ operations per second); not NaN.
  @inlinable public init(petaflops number: Double) { self.init(number * 1e15) }

  /// The number of GFLOP/s (10⁹ operations per second).
  @inlinable public var gigaflops: Double { value / 1e9 }

  /// The number of TFLOP/s (10¹² operations per second).
  @inlinable public var teraflops: Double { value / 1e12 }

  /// The number of PFLOP/s (10¹⁵ operations per second).
  @inlinable public var petaflops: Double { value / 1e15 }

  /// ``gigaflops``, by the name that it had before.
  @inlinable public var gflops: Double { gigaflops }

  /// ``teraflops``, by the name that it had before.
  @inlinable public var tflops: Double { teraflops }

  /// ``petaflops``, by the name that it had before.
  @inlinable public var pflops: Double { petaflops }

  /// The value to four significant digits under a decimal prefix: `15.7 TFLOP/s`.
  public var description: String { prefixed(value, unit: "FLOP/s", prefixes: .upward) }
}
