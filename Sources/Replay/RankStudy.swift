import Kernels
import Profiles
import Roofline
import Traces

/// Recordings of several ranks of one run: how long each waits for the others in their collectives.
///
/// The clocks of hosts are not alike. A collective ends on all of its ranks together, so the median difference of its ends is
/// that of two clocks. A rank then waits from its own start of a collective to that of the last rank; the rest is transfer.
package struct RankStudy: Sendable {
  /// One rank among the others.
  package struct Rank: Sendable {
    /// Its recording.
    package let recording: RankRecording
    /// How far its host's clock is ahead of the first rank's, microseconds; nil where they have no collective in common,
    /// over other ranks either.
    package let clockOffsetUS: Double?
    /// In collectives while all of their ranks were there.
    package let transfer: Picoseconds
    /// In collectives before the last of their ranks was there.
    package let waiting: Picoseconds
    /// In collectives that no other recording has.
    package let unmatched: Picoseconds
    /// How much later than the first of a collective's ranks this one is there: the mean.
    package let meanDrift: Picoseconds
    /// The most.
    package let largestDrift: Picoseconds

    /// In collectives.
    package var communication: Picoseconds { transfer + waiting + unmatched }
  }

  /// The ranks, by number.
  package let ranks: [Rank]
  /// How many collectives at least two of the ranks have in common.
  package let matchedCount: Int
  /// How many of them end on one rank before another is there: with right clocks, of one run, none but for rounding.
  package let disjointCount: Int
  /// The kinds of collectives of which ranks have different numbers, each with the number of each rank.
  package let unequal: [(kind: CollectiveKind?, counts: [Int])]

  /// Compares ranks.
  ///
  /// - Parameter recordings: Their recordings, in any order.
  /// - Complexity: O(n r) for n collectives of r ranks, and sorting them.
  package init(_ recordings: [RankRecording]) {
    let recordings = recordings.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
    let isRunOfTwo = (recordings.compactMap(\.rankCount).max() ?? 2) <= 2
    let matching = CollectiveMatching(
      recordings.map(\.collectives), areTwo: recordings.count == 2 && isRunOfTwo)
    let offsets = Self.offsets(recordings, matching.matches)
    var sums = Array(repeating: Sums(), count: recordings.count)
    var disjoint = 0
    for match in matching.matches where !Self.add(match, recordings, offsets, to: &sums) { disjoint += 1 }
    disjointCount = disjoint
    ranks = recordings.indices.map { index in
      let (recording, sum) = (recordings[index], sums[index])
      let all = recording.collectives.reduce(0) { $0 + $1.end - $1.start }
      let clock = offsets[index].map { Double(recording.origin) - Double(recordings[0].origin) + Double($0) }
      return Rank(
        recording: recording, clockOffsetUS: clock.map { $0 / 1000 }, transfer: Self.time(sum.transfer),
        waiting: Self.time(sum.waiting), unmatched: Self.time(all - sum.transfer - sum.waiting),
        meanDrift: Self.time(sum.count == 0 ? 0 : Int64(sum.drift / Double(sum.count))),
        largestDrift: Self.time(sum.largestDrift))
    }
    matchedCount = matching.matches.count
    unequal = matching.unequal
  }

  /// A time in nanoseconds, 30 days at most, so that sums of a few are integers.
  private static func time(_ nanoseconds: Int64) -> Picoseconds {
    Picoseconds(nanoseconds: min(nanoseconds, TraceLimits.span))
  }

  /// How many ranks the run had, where the recordings say it.
  package var rankCount: Int64? { ranks.compactMap(\.recording.rankCount).max() }

  private struct Sums {
    var (transfer, waiting): (Int64, Int64) = (0, 0)
    var (largestDrift, count): (Int64, Int) = (0, 0)
    /// As many times 30 days as there are collectives are more than an integer holds.
    var drift = 0.0
  }

  /// Adds one collective of several ranks; of ranks whose clocks are not known, nothing.
  ///
  /// - Returns: Whether all were in it at a time.
  private static func add(
    _ match: [Int?], _ recordings: [RankRecording], _ offsets: [Int64?], to sums: inout [Sums]
  ) -> Bool {
    let present = match.indices.filter { match[$0] != nil && offsets[$0] != nil }
    guard present.count > 1 else { return true }
    func start(_ rank: Int) -> Int64 { recordings[rank].collectives[match[rank] ?? 0].start - (offsets[rank] ?? 0) }
    let starts = present.map(start)
    guard let first = starts.min(), let last = starts.max() else { return true }
    var isTogether = true
    for (rank, start) in zip(present, starts) {
      let collective = recordings[rank].collectives[match[rank] ?? 0]
      isTogether = isTogether && start + collective.end - collective.start >= last
      // Clocks are known to some microseconds: none waits longer than it is there.
      let waiting = min(last - start, collective.end - collective.start)
      sums[rank].waiting += waiting
      sums[rank].transfer += collective.end - collective.start - waiting
      sums[rank].drift += Double(start - first)
      sums[rank].largestDrift = max(sums[rank].largestDrift, start - first)
      sums[rank].count += 1
    }
    return isTogether
  }

  /// How far each recording's own time is ahead of the first's, nanoseconds; nil where nothing connects them.
  private static func offsets(_ recordings: [RankRecording], _ matches: [[Int?]]) -> [Int64?] {
    var offsets: [Int64?] = Array(repeating: nil, count: recordings.count)
    if !offsets.isEmpty { offsets[0] = 0 }
    func end(_ rank: Int, _ match: [Int?]) -> Int64? { match[rank].map { recordings[rank].collectives[$0].end } }
    // Ranks that share no collective with the first are reached over others.
    var isAnyNew = true
    while isAnyNew {
      isAnyNew = false
      for rank in recordings.indices where offsets[rank] == nil {
        let differences = matches.compactMap { match -> Int64? in
          guard let own = end(rank, match),
            let other = match.indices.first(where: { match[$0] != nil && offsets[$0] != nil }),
            let end = end(other, match), let offset = offsets[other]
          else { return nil }
          return own - (end - offset)
        }.sorted()
        guard !differences.isEmpty else { continue }
        offsets[rank] = (differences[(differences.count - 1) / 2] + differences[differences.count / 2]) / 2
        isAnyNew = true
      }
    }
    return offsets
  }
}
