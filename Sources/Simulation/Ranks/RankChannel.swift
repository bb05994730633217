import Roofline

/// A rank that has come to a collective.
struct RankArrival: Sendable {
  var rank: Int
  var stream: Int
  /// When the collective begins on its device, and the account of that moment.
  var start: Picoseconds
  var account: Account
  /// What it takes by the rank's table.
  var cost: Cost
}

/// One collective, for which ranks wait.
struct RankMeeting: Sendable {
  private(set) var arrivals: [RankArrival] = []
  private var latest = 0
  private var longest = 0
  private(set) var earliestStart = Picoseconds.max

  /// A rank has come.
  ///
  /// In whatever order they do: of several that are last, or whose collective takes longest, the lowest counts.
  mutating func add(_ arrival: RankArrival) {
    arrivals.append(arrival)
    let place = arrivals.count - 1
    earliestStart = min(earliestStart, arrival.start)
    let (last, long) = (arrivals[latest], arrivals[longest])
    if (arrival.start, -arrival.rank) > (last.start, -last.rank) { latest = place }
    if (arrival.cost.duration, -arrival.rank) > (long.cost.duration, -long.rank) { longest = place }
  }

  var latestStart: Picoseconds { arrivals[latest].start }
  /// When the collective ends on all ranks.
  var end: Picoseconds { latestStart + arrivals[longest].cost.duration }
  /// The account of that moment: that of the rank that came last, and what the collective adds.
  var account: Account { arrivals[latest].account &+ arrivals[longest].cost.account }
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
  mutating func add(_ arrival: RankArrival) -> RankMeeting? {
    let member = place(of: arrival.rank)
    let meeting = members[member].arrivals - over
    members[member].arrivals += 1
    if meeting == meetings.count { meetings.append(RankMeeting()) }
    meetings[meeting].add(arrival)
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
