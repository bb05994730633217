import Kernels
import Profiles
import Roofline

/// Which collectives of several ranks are the same.
///
/// Those of a kind and a process group are told apart by the group's own count of them, or else by their order; without
/// recorded groups, each communication stream stands for one.
struct CollectiveMatching {
  /// Collectives that are compared with those of other ranks by their order or number.
  struct Line: Hashable {
    var kind: CollectiveKind?
    /// The group, or the place of the stream.
    var group: String
  }

  /// For each collective that several ranks have, its place among the collectives of each rank; nil for ranks without it.
  private(set) var matches: [[Int?]] = []
  /// The lines of which the ranks that have any have different numbers, with the number of each rank, in order of name.
  private(set) var unequal: [(kind: CollectiveKind?, counts: [Int])] = []

  private struct Key: Hashable {
    var line: Line
    /// The group's count, or -1 where the order counts.
    var sequence: Int64
    /// Which of those with this count.
    var occurrence: Int
  }

  /// - Parameters:
  ///   - ranks: The collectives of each rank, by their start.
  ///   - areTwo: Whether these are two ranks, and the run had no others: what one sends, the other receives.
  init(_ ranks: [[RankCollective]], areTwo: Bool) {
    let all = ranks.joined()
    let hasGroups = all.allSatisfy { $0.group != nil }
    let hasStreams = Set(ranks.map { ($0.map(\.stream).max() ?? 0) }).count == 1
    let unnumbered = Set(
      all.lazy.filter { $0.sequence == nil }.map { Self.line(of: $0, hasGroups: hasGroups, hasStreams: hasStreams) })
    var places: [Key: Int] = [:]
    var counts: [Line: [Int]] = [:]
    for (rank, collectives) in ranks.enumerated() {
      var occurrences: [Key: Int] = [:]
      for (place, collective) in collectives.enumerated() {
        let line = Self.line(of: collective, hasGroups: hasGroups, hasStreams: hasStreams)
        // Of more than two ranks it is not known which two one was between.
        if collective.kind == .sendReceive, !areTwo { continue }
        counts[line, default: Array(repeating: 0, count: ranks.count)][rank] += 1
        var key = Key(line: line, sequence: unnumbered.contains(line) ? -1 : collective.sequence ?? -1, occurrence: 0)
        let occurrence = occurrences[key, default: 0]
        occurrences[key] = occurrence + 1
        key.occurrence = occurrence
        let match = places[key] ?? matches.count
        if match == matches.count {
          places[key] = match
          matches.append(Array(repeating: nil, count: ranks.count))
        }
        matches[match][rank] = place
      }
    }
    matches.removeAll { match in match.count { $0 != nil } < 2 }
    unequal = counts.filter { line, counts in
      Set(hasGroups ? counts.filter { $0 > 0 } : counts).count > 1
    }.sorted { first, second in
      (first.key.kind?.rawValue ?? "", first.key.group) < (second.key.kind?.rawValue ?? "", second.key.group)
    }.map { ($0.key.kind, $0.value) }
  }

  private static func line(of collective: RankCollective, hasGroups: Bool, hasStreams: Bool) -> Line {
    Line(
      kind: collective.kind, group: hasGroups ? collective.group ?? "" : hasStreams ? String(collective.stream) : "")
  }
}
