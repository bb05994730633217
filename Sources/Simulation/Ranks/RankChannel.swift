import Roofline

/// A rank that has come to a collective.
struct RankArrival: Sendable {
  var rank: Int
  /// Where and when the collective begins on its device.
  var arrival: StreamArrival
}

/// One collective, for which ranks wait.
struct RankMeeting: Sendable {
  private(set) var arrivals: [RankArrival] = []
  private(set) var earliestStart = Picoseconds.max
  /// When the rank that came last begins it, which rank that is, and the account of that moment.
  private(set) var latestStart = Picoseconds.zero
  private var latestRank = Int.max
  private var latestAccount = Account.zero
  /// What it takes where it takes longest, and on which rank.
  private var cost = Cost(duration: -1, account: .zero)
  private var costRank = Int.max

  /// A collective that nobody has come to.
  init(of ranks: Int) { arrivals.reserveCapacity(ranks) }

  /// A rank has come.
  ///
  /// In whatever order they do: of several that are last, or whose collective takes longest, the lowest counts.
  mutating func add(_ arrival: RankArrival, _ account: Account, _ cost: Cost) {
    arrivals.append(arrival)
    let (rank, start) = (arrival.rank, arrival.arrival.start)
    earliestStart = min(earliestStart, start)
    if start > latestStart || (start == latestStart && rank < latestRank) {
      (latestStart, latestRank, latestAccount) = (start, rank, account)
    }
    if cost.duration > self.cost.duration || (cost.duration == self.cost.duration && rank < costRank) {
      (self.cost, costRank) = (cost, rank)
    }
  }

  /// When the collective ends on all ranks.
  var end: Picoseconds { latestStart + cost.duration }
  /// The account of that moment: that of the rank that came last, and what the collective adds.
  var account: Account { latestAccount &+ cost.account }
}

/// Ranks that do something together, again and again.
struct RankChannel: Sendable {
  /// The ranks, in ascending order, and how often each has come.
  private var members: [(rank: Int, arrivals: Int)] = []
  /// The collectives that not all have come to, in order; how many are over.
  private var meetings: [RankMeeting] = []
  private var over = 0

  /// A rank takes part; the ranks in ascending order.
  mutating func addMember(_ rank: Int) { members.append((rank, 0)) }

  /// A rank has come to its next collective.
  ///
  /// Since each comes to them in order, the first is the first that all have come to.
  ///
  /// - Returns: The collective, if the rank was the last to be told of.
  /// - Complexity: O(log(ranks)).
  mutating func add(_ arrival: RankArrival, _ account: Account, _ cost: Cost) -> RankMeeting? {
    let member = place(of: arrival.rank)
    let meeting = members[member].arrivals - over
    members[member].arrivals += 1
    if meeting == meetings.count { meetings.append(RankMeeting(of: members.count)) }
    meetings[meeting].add(arrival, account, cost)
    guard meetings[meeting].arrivals.count == members.count else { return nil }
    over += 1
    return meetings.removeFirst()
  }

  /// The place of a rank among the members.
  private func place(of rank: Int) -> Int {
    var (low, high) = (0, members.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if members[middle].rank <= rank { low = middle } else { high = middle }
    }
    return low
  }
}
