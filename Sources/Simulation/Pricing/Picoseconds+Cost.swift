import Roofline

extension Picoseconds {
  /// The longest single cost: the end of the clock, 53 days.
  ///
  /// The sum of a run is checked before it starts, so that no run begins with a cost that was cut off here.
  static let longestCost = Picoseconds(1 << 62)

  /// A cost as the simulation counts it: the nearest whole picosecond, from 0 to ``longestCost``, which makes every run
  /// that has it too long; that as well for what is no number.
  package init(costInMicroseconds microseconds: Double) {
    let count = (microseconds * 1e6).rounded()
    self = count < Double(Self.longestCost.count) ? Picoseconds(Int64(Swift.max(0, count))) : .longestCost
  }

  /// A cost as kernel models and links count it.
  package init(costInSeconds seconds: Double) { self.init(costInMicroseconds: seconds * 1e6) }
}
