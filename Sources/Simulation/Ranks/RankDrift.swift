import Roofline

/// How far apart ranks come to what they do together: from the start of the first to that of the last.
package struct RankDrift: Sendable, Equatable {
  /// Over how many collectives, each counted once for all its ranks.
  package private(set) var count: Int
  /// Their drifts, added up.
  package private(set) var sum: Picoseconds
  /// The largest.
  package private(set) var largest: Picoseconds

  /// Of no collective.
  static let none = RankDrift(count: 0, sum: 0, largest: 0)

  /// Of collectives that all come to at once.
  static func none(count: Int) -> RankDrift { RankDrift(count: count, sum: 0, largest: 0) }

  /// The mean of a collective's drift; zero where there is none.
  package var mean: Picoseconds { count > 0 ? sum / count : 0 }

  mutating func add(_ drift: Picoseconds) {
    count += 1
    sum += drift
    largest = max(largest, drift)
  }

  mutating func add(_ other: RankDrift) {
    count += other.count
    sum += other.sum
    largest = max(largest, other.largest)
  }
}
