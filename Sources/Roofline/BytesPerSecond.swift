/// A bandwidth, in bytes per second.
public struct BytesPerSecond: Quantity {
  /// The number of bytes per second.
  public let value: Double

  /// Creates a quantity from a number of bytes per second.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "BytesPerSecond: not a number")
    self.value = value
  }

  /// Creates a quantity from a number of GB/s (10⁹ bytes per second); not NaN.
  @inlinable public init(gigabytesPerSecond number: Double) { self.init(number * 1e9) }

  /// Creates a quantity from a number of TB/s (10¹² bytes per second); not NaN.
  @inlinable public init(terabytesPerSecond number: Double) { self.init(number * 1e12) }

  /// The number of GB/s (10⁹ bytes per second).
  @inlinable public var gigabytesPerSecond: Double { value / 1e9 }

  /// The number of TB/s (10¹² bytes per second).
  @inlinable public var terabytesPerSecond: Double { value / 1e12 }

  /// The value to four significant digits under a decimal prefix: `900 GB/s`.
  public var description: String { prefixed(value, unit: "B/s", prefixes: .upward) }
}
