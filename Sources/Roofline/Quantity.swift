/// A number with a unit, so that FLOPs cannot be added to bytes nor a time passed for a rate.
///
/// ```swift
/// FLOPs(giga: 15.7) / FLOPsPerSecond(teraflops: 15.7)  // Seconds: 1 ms
/// Bytes(megabytes: 9) + Seconds(milliseconds: 1)        // does not compile
/// ```
///
/// A quantity holds any `Double` but NaN: NaN is refused by a precondition, in every build, because it would break the
/// order and the equality that `Comparable` and `Hashable` promise. Negative and infinite values are allowed, since a
/// difference may be negative and a kernel that moves no byte has an infinite intensity. Which values make sense is
/// decided where they are used, as `Roofline` does for its peak and its bandwidth.
///
/// Prefixes are decimal throughout: a gigabyte is 10⁹ bytes.
public protocol Quantity: Comparable, Hashable, Sendable, CustomStringConvertible {
  /// The number in the base unit: FLOPs, bytes, seconds and their quotients, never a multiple of them.
  var value: Double { get }

  /// Creates a quantity from a number in the base unit.
  ///
  /// - Precondition: `value` is not NaN.
  init(_ value: Double)
}

extension Quantity {
  /// Nothing of this quantity.
  @inlinable public static var zero: Self { Self(0) }

  /// Whether the value is neither infinite nor its negation.
  @inlinable public var isFinite: Bool { value.isFinite }

  /// Orders two quantities by value.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

  /// The sum of two quantities of one unit.
  @inlinable public static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }

  /// The difference of two quantities of one unit, which may be negative.
  @inlinable public static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }

  /// Adds a quantity of the same unit in place.
  @inlinable public static func += (left: inout Self, right: Self) { left = left + right }

  /// Subtracts a quantity of the same unit in place.
  @inlinable public static func -= (left: inout Self, right: Self) { left = left - right }

  /// The quantity scaled by a pure number.
  @inlinable public static func * (left: Self, factor: Double) -> Self { Self(left.value * factor) }

  /// The quantity scaled by a pure number.
  @inlinable public static func * (factor: Double, right: Self) -> Self { Self(factor * right.value) }

  /// The quantity divided by a pure number.
  @inlinable public static func / (left: Self, divisor: Double) -> Self { Self(left.value / divisor) }

  /// How many times one quantity holds another of the same unit: a pure number.
  @inlinable public static func / (left: Self, right: Self) -> Double { left.value / right.value }
}
