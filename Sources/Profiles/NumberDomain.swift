import JSONText

/// What values a number may have: its unit, its range, and what sort of number it is.
public struct NumberDomain: Sendable, Equatable {
  /// The sorts of numbers.
  public enum Kind: String, Sendable {
    /// Any value of the range; a little more changes a little.
    case continuous
    /// Whole things, one more or one fewer.
    case count
    /// A bound that decides between cases: a little more changes nothing, or all.
    case threshold
  }

  /// What it is counted in.
  public let unit: NumberUnit
  /// The values that make sense.
  public let range: NumberRange
  /// Its sort.
  public let kind: Kind

  /// A domain.
  init(_ unit: NumberUnit, _ range: NumberRange, _ kind: Kind = .continuous) {
    self.unit = unit
    self.range = range
    self.kind = kind
  }
}

/// The domains of physical numbers.
///
/// Each range reaches far beyond what anybody builds or will build in fifty years, so that no question is turned away. And
/// each ends where every equation of the model still gives finite times: the fastest device over the smallest kernel, and
/// the slowest over the largest, stay within what a `Double` holds.
extension NumberDomain {
  /// From a kilobyte to an exabyte in a microsecond.
  static let gigabytesPerSecond = NumberDomain(.gigabytesPerSecond, .between(1e-3, 1e9))
  /// From a pocket calculator to a million times today's largest part.
  static let teraflops = NumberDomain(.teraflops, .between(1e-6, 1e9))
  /// Clocks.
  static let gigahertz = NumberDomain(.gigahertz, .between(1e-3, 1e3))
  /// Memories.
  static let gigabytes = NumberDomain(.gigabytes, .between(1e-3, 1e9))
  /// Caches and workspaces that there are.
  static let megabytes = NumberDomain(.megabytes, .between(1e-6, 1e9))
  /// Caches and workspaces that may be none.
  static let megabytesOrNone = NumberDomain(.megabytes, .between(0, 1e9))
  /// Times of single calls, pauses and copies, up to ten seconds.
  static let microseconds = NumberDomain(.microseconds, .between(0, 1e7))
  /// Fixed times within a kernel, up to a millisecond.
  static let kernelMicroseconds = NumberDomain(.microseconds, .between(0, 1000))
  /// Compute units of a device.
  static let computeUnits = NumberDomain(.count, .wholeBetween(1, 1e6), .count)
  /// Cores of a chip, and threads on them.
  static let cores = NumberDomain(.count, .wholeBetween(1, 1e5), .count)
  /// Launches that a queue holds.
  static let threads = NumberDomain(.count, .wholeBetween(0, 1e5), .threshold)
  /// Launches that may be unfinished.
  static let queueDepth = NumberDomain(.count, .wholeBetween(1, 1e6), .threshold)
  /// Elements that something is a multiple of; zero for nothing.
  static let alignment = NumberDomain(.elements, .wholeBetween(0, 256), .threshold)
  /// Positions that something is a multiple of.
  static let positions = NumberDomain(.count, .wholeBetween(1, 256), .threshold)
  /// FLOPs in a clock of one core or compute unit.
  static let flopsPerClock = NumberDomain(.flopsPerClock, .between(1e-3, 1e6))
  /// Bytes in a clock of one compute unit.
  static let bytesPerClock = NumberDomain(.bytesPerClock, .between(1e-3, 1e6))
  /// Weights that a compute unit converts in a clock.
  static let conversionsPerClock = NumberDomain(.resultsPerClock, .between(1e-3, 1e6))
  /// Requests and tokens of a step.
  static let stepSize = NumberDomain(.count, .wholeBetween(1, 1e9), .threshold)
  /// Memory that may be none.
  static let gigabytesOrNone = NumberDomain(.gigabytes, .between(0, 1e9))
  /// Power of a board.
  static let watts = NumberDomain(.watts, .between(1e-3, 1e9))

  /// Prices of a part.
  static let dollars = NumberDomain(.dollars, .between(0.01, 1e9))
  /// Prices of an hour with it.
  static let dollarsPerHour = NumberDomain(.dollarsPerHour, .between(1e-4, 1e6))

  /// A part of a whole, within limits; what is measured may exceed what a data sheet says.
  static func fraction(_ low: Double, _ high: Double) -> NumberDomain { NumberDomain(.fraction, .between(low, high)) }

  /// One number to another, within limits.
  static func ratio(_ low: Double, _ high: Double) -> NumberDomain { NumberDomain(.ratio, .between(low, high)) }
}
