/// An amount of data moved or held, in bytes; prefixes are decimal, as in the bandwidth of a datasheet.
public struct Bytes: Quantity {
  /// The number of bytes.
  public let value: Double

  /// Creates a quantity from a number of bytes.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "Bytes: not a number")
    self.value = value
  }

  /// Creates a quantity from a number of kilobytes (10³ bytes); not NaN.
  @inlinable public init(kilobytes number: Double) { self.init(number * 1e3) }

  /// Creates a quantity from a number of megabytes (10⁶ bytes); not NaN.
  @inlinable public init(megabytes number: Double) { self.init(number * 1e6) }

  /// Creates a quantity from a number of gigabytes (10⁹ bytes); not NaN.
  @inlinable public init(gigabytes number: Double) { self.init(number * 1e9) }

  /// The number of kilobytes (10³ bytes).
  @inlinable public var kilobytes: Double { value / 1e3 }

  /// The number of megabytes (10⁶ bytes).
  @inlinable public var megabytes: Double { value / 1e6 }

  /// The number of gigabytes (10⁹ bytes).
  @inlinable public var gigabytes: Double { value / 1e9 }

  /// The value to four significant digits under a decimal prefix: `12.58 MB`.
  public var description: String { prefixed(value, unit: "B", prefixes: .upward) }
}
