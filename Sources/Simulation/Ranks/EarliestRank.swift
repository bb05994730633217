import Roofline

/// Which of many ranks has the earliest turn, of equal ones the lowest rank.
///
/// A tournament: every inner node of a binary tree knows the earlier of its two. Where a rank's time changes, only the
/// nodes above it play again.
struct EarliestRank: Sendable {
  /// The next turn of each rank, up to a power of two; the end of the clock for none.
  private var times: [Picoseconds]
  /// The winners, the root at 1, the children of n at 2n and 2n + 1; the last half are the ranks.
  private var winners: [Int32]

  /// Ranks without turns.
  init(count: Int) {
    var leaves = 1
    while leaves < count { leaves *= 2 }
    times = Array(repeating: .max, count: leaves)
    winners = (0..<2 * leaves).map { Int32($0 & (leaves - 1)) }
    for node in stride(from: leaves - 1, to: 0, by: -1) { winners[node] = winners[2 * node] }
  }

  /// The rank whose turn is next; nil where no rank has any.
  var rank: Int? {
    let rank = Int(winners[1])
    return times[rank] == .max ? nil : rank
  }

  /// A rank's next turn is another.
  ///
  /// - Complexity: O(log(ranks)).
  mutating func update(_ rank: Int, _ time: Picoseconds?) {
    times[rank] = time ?? .max
    var node = (times.count + rank) / 2
    while node > 0 {
      let (left, right) = (winners[2 * node], winners[2 * node + 1])
      winners[node] = times[Int(left)] <= times[Int(right)] ? left : right
      node /= 2
    }
  }
}
