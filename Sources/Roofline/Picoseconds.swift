/// A moment or a length of simulated time: a whole number of picoseconds.
///
/// Simulated time is an integer so that the clock is exact and its sums are associative: the same model gives the same
/// bytes on any machine and any number of threads. 64 bits hold 106 days of it. Arithmetic that leaves them is a defect and
/// traps, as it does for integers.
///
/// A time is no key of a dictionary: were it hashable, `time == 2 + 3` could be read as a comparison of a time and an integer
/// under `AnyHashable`, which is always false.
///
/// ```swift
/// let pass = Picoseconds(1_500_000)
/// pass.microseconds        // 1.5
/// pass + 250               // 1,500,250 ps: an integer literal counts picoseconds
/// (pass * 3).fraction(of: pass)  // 3, a pure number
/// ```
@frozen
public struct Picoseconds: Comparable, AdditiveArithmetic, BitwiseCopyable, Sendable {
  /// How many picoseconds.
  public var count: Int64

  /// So many picoseconds.
  @inlinable public init(_ count: Int64) { self.count = count }

  /// So many nanoseconds, as recordings count them.
  @inlinable package init(nanoseconds: Int64) { count = nanoseconds * 1000 }

  /// No time, or the start of a run.
  @inlinable public static var zero: Picoseconds { Picoseconds(0) }

  /// The end of the clock.
  @inlinable package static var max: Picoseconds { Picoseconds(.max) }

  /// The number of seconds.
  @inlinable public var seconds: Double { Double(count) * 1e-12 }

  /// The number of milliseconds.
  @inlinable public var milliseconds: Double { Double(count) / 1e9 }

  /// The number of microseconds.
  @inlinable public var microseconds: Double { Double(count) / 1e6 }

  /// The number of whole nanoseconds, rounded toward zero.
  @inlinable package var nanoseconds: Int64 { count / 1000 }

  /// The earlier moment, the shorter time.
  @inlinable public static func < (left: Picoseconds, right: Picoseconds) -> Bool { left.count < right.count }

  /// The sum of two times.
  @inlinable public static func + (left: Picoseconds, right: Picoseconds) -> Picoseconds {
    Picoseconds(left.count + right.count)
  }

  /// The time from one moment to another; negative where the first is the later one.
  @inlinable public static func - (left: Picoseconds, right: Picoseconds) -> Picoseconds {
    Picoseconds(left.count - right.count)
  }

  /// So many times a time.
  @inlinable public static func * (left: Picoseconds, times: Int) -> Picoseconds {
    Picoseconds(left.count * Int64(times))
  }

  /// A part of a time, rounded toward zero.
  @inlinable public static func / (left: Picoseconds, parts: Int) -> Picoseconds {
    Picoseconds(left.count / Int64(parts))
  }

  /// Leaves a part of a time, rounded toward zero.
  @inlinable package static func /= (left: inout Picoseconds, parts: Int) { left = left / parts }

  /// How many whole times one time holds another.
  @inlinable package static func / (left: Picoseconds, right: Picoseconds) -> Int { Int(left.count / right.count) }

  /// A time's share of another: a pure number.
  @inlinable public func fraction(of whole: Picoseconds) -> Double { Double(count) / Double(whole.count) }
}

extension Picoseconds: ExpressibleByIntegerLiteral {
  /// So many picoseconds.
  @inlinable public init(integerLiteral count: Int64) { self.init(count) }
}

extension Picoseconds: CustomStringConvertible {
  /// The number with its unit: `1500000 ps`.
  public var description: String { "\(count) ps" }
}
