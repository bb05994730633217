/// A duration, in seconds.
public struct Seconds: Quantity {
  /// The number of seconds.
  public let value: Double

  /// Creates a quantity from a number of seconds.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "Seconds: not a number")
    self.value = value
  }

  /// Creates a quantity from a number of milliseconds; not NaN.
  @inlinable public init(milliseconds number: Double) { self.init(number / 1e3) }

  /// Creates a quantity from a number of microseconds; not NaN.
  @inlinable public init(microseconds number: Double) { self.init(number / 1e6) }

  /// Creates a quantity from a number of nanoseconds; not NaN.
  @inlinable public init(nanoseconds number: Double) { self.init(number / 1e9) }

  /// Creates a quantity from a number of picoseconds; not NaN.
  @inlinable public init(picoseconds number: Double) { self.init(number / 1e12) }

  /// The number of milliseconds.
  @inlinable public var milliseconds: Double { value * 1e3 }

  /// The number of microseconds.
  @inlinable public var microseconds: Double { value * 1e6 }

  /// The number of nanoseconds.
  @inlinable public var nanoseconds: Double { value * 1e9 }

  /// The number of picoseconds.
  @inlinable public var picoseconds: Double { value * 1e12 }

  /// The value to four significant digits under a decimal prefix: `12.3 µs`.
  public var description: String { prefixed(value, unit: "s", prefixes: .downward) }
}
