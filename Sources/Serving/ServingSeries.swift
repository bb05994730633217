import Roofline

/// What a replica does over time, in at most 512 equal intervals, which are joined in pairs when there are more.
package struct ServingSeries: Sendable {
  /// Means over an interval.
  package struct Interval: Sendable {
    /// Requests that are worked on.
    package fileprivate(set) var running = 0.0
    /// Requests that wait.
    package fileprivate(set) var waiting = 0.0
    /// The share of the cache that is taken.
    package fileprivate(set) var cache = 0.0
  }

  /// The length of an interval.
  package private(set) var width = Picoseconds(1_000_000_000)
  /// Integrals over each.
  private var sums: [Interval] = []

  private static let limit = 512

  /// Nothing yet.
  package init() {}

  /// Says what was so from a time on for so long.
  mutating func add(from start: Picoseconds, to end: Picoseconds, running: Int, waiting: Int, cache: Double) {
    while Double(end.count) > Double(width.count) * Double(Self.limit) { joinPairs() }
    var time = start
    while time < end {
      let index = time / width
      let next = min(end, width * (index + 1))
      while sums.count <= index { sums.append(Interval()) }
      let length = (next - time).seconds
      sums[index].running += Double(running) * length
      sums[index].waiting += Double(waiting) * length
      sums[index].cache += cache * length
      time = next
    }
  }

  private mutating func joinPairs() {
    width = width * 2
    sums = stride(from: 0, to: sums.count, by: 2).map { index in
      var sum = sums[index]
      guard index + 1 < sums.count else { return sum }
      sum.running += sums[index + 1].running
      sum.waiting += sums[index + 1].waiting
      sum.cache += sums[index + 1].cache
      return sum
    }
  }

  /// The means, each with the middle of its interval in seconds; the last interval may be shorter.
  package func means(until end: Picoseconds) -> [(seconds: Double, interval: Interval)] {
    sums.enumerated().map { index, sum in
      let start = width * index
      let length = (min(end, start + width) - start).seconds
      guard length > 0 else { return (start.seconds, Interval()) }
      return (
        start.seconds + length / 2,
        Interval(running: sum.running / length, waiting: sum.waiting / length, cache: sum.cache / length)
      )
    }
  }
}
