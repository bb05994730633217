import Roofline

/// Times of any number, of which the mean is exact and quantiles are within a thousandth, in memory that does not grow.
///
/// Each time is counted in one of 1,024 equal parts of its octave (as in HdrHistogram, Tene 2012).
package struct TimeDistribution: Sendable {
  /// How many times.
  package private(set) var count: Int64 = 0
  private var sum = 0.0
  private var least = Picoseconds.max
  private var most = Picoseconds.zero
  private var counts: [Int64] = []

  private static let partBits: UInt64 = 10

  /// No times.
  package init() {}

  /// Adds a time, so often.
  package mutating func add(_ time: Picoseconds, times: Int64 = 1) {
    if counts.isEmpty { counts = Array(repeating: 0, count: 64 << Self.partBits) }
    count += times
    sum += Double(time.count) * Double(times)
    least = min(least, time)
    most = max(most, time)
    counts[Self.part(of: time.count)] += times
  }

  /// The part of an octave that a time lies in; those below a nanosecond share the first.
  private static func part(of time: Int64) -> Int {
    guard time >= 1024 else { return 0 }
    let octave = UInt64(63 - time.leadingZeroBitCount)
    return Int((octave << partBits) + ((UInt64(time) >> (octave - partBits)) & (1 << partBits - 1)))
  }

  /// The middle of a part.
  private static func middle(of part: Int) -> Double {
    let octave = part >> Int(partBits)
    guard octave >= 10 else { return 0 }
    let width = Double(UInt64(1) << UInt64(octave - 10))
    return (Double(1024 + part & 1023) + 0.5) * width
  }

  /// The mean; nil of none.
  package var mean: Double? { count == 0 ? nil : sum / Double(count) * 1e-9 }

  /// The least time that a share of all do not exceed, in milliseconds; nil of none.
  ///
  /// - Parameter share: From 0 to 1.
  /// - Returns: Milliseconds.
  package func quantile(_ share: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = max(1, Int64((Double(count) * share).rounded(.up)))
    var seen: Int64 = 0
    for (part, own) in counts.enumerated() where own > 0 {
      seen += own
      if seen >= rank {
        return min(max(Self.middle(of: part), Double(least.count)), Double(most.count)) * 1e-9
      }
    }
    return most.milliseconds
  }

  /// Milliseconds, and the share of times up to them: as many points as a chart has room for.
  package func curve(points: Int = 128) -> [(milliseconds: Double, share: Double)] {
    guard count > 0 else { return [] }
    return (1...points).compactMap { point in
      let share = Double(point) / Double(points)
      return quantile(share).map { ($0, share) }
    }
  }
}
