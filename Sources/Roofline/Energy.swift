/// An amount of energy, in joules.
public struct Joules: Quantity {
  /// The number of joules.
  public let value: Double

  /// Creates a quantity from a number of joules.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "Joules: not a number")
    self.value = value
  }

  /// Creates a quantity from a number of picojoules; not NaN.
  @inlinable public init(picojoules number: Double) { self.init(number / 1e12) }

  /// The number of picojoules.
  @inlinable public var picojoules: Double { value * 1e12 }

  /// The value to four significant digits under a decimal prefix: `1.5 mJ`.
  public var description: String { prefixed(value, unit: "J", prefixes: .downward) }
}

/// A power, in watts.
public struct Watts: Quantity {
  /// The number of watts.
  public let value: Double

  /// Creates a quantity from a number of watts.
  ///
  /// - Precondition: `value` is not NaN.
  @inlinable public init(_ value: Double) {
    precondition(!value.isNaN, "Watts: not a number")
    self.value = value
  }

  /// The value to four significant digits: `700 W`.
  public var description: String { prefixed(value, unit: "W", prefixes: .upward) }
}

/// The energy that a power takes in a time.
@inlinable public func * (power: Watts, time: Seconds) -> Joules { Joules(power.value * time.value) }

/// The power that takes an energy in a time.
@inlinable public func / (energy: Joules, time: Seconds) -> Watts { Watts(energy.value / time.value) }
