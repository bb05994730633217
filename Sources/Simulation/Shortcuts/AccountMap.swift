/// How the accounts of all clocks follow from what they were a period of the system earlier.
///
/// Where two clocks meet, the account of one of them is taken over whole, and which one depends on times alone. So if
/// the times of a system come back, moved by a period, then what happens to the accounts is the same in each period: every
/// clock ends it with the account that some clock, its source, began it with, and with what a path from there to here adds.
/// That path is a piece of one path through the system, so no lane of an addition is negative if costs have none.
struct AccountMap: Sendable {
  /// For each clock, which one's account it has taken over.
  private(set) var sources: [Int]
  /// For each clock, what has been added since.
  private(set) var additions: ContiguousArray<Account>

  /// The map of one period.
  ///
  /// - Parameters:
  ///   - sources: For each clock, its source.
  ///   - before: The accounts at the beginning of the period.
  ///   - after: The accounts at its end.
  init(sources: [Int], from before: ContiguousArray<Account>, to after: ContiguousArray<Account>) {
    self.sources = sources
    additions = ContiguousArray(sources.indices.map { after[$0] &- before[sources[$0]] })
  }

  /// The accounts behind so many more periods.
  ///
  /// - Complexity: O(clocks x log(periods)).
  func applied(to accounts: ContiguousArray<Account>, times: Int) -> ContiguousArray<Account> {
    var (accounts, power, left) = (accounts, self, times)
    while left > 0 {
      if left & 1 == 1 { accounts = power.applied(to: accounts) }
      left >>= 1
      if left > 0 { power = power.twice }
    }
    return accounts
  }

  /// What the account of a clock grows by in the long run.
  ///
  /// Followed from clock to source, a path comes back to a clock that it has gone through, since there are only so many.
  /// From there on it goes in circles, and one circle is a piece of a path: it takes as many periods as it has clocks.
  ///
  /// - Returns: What a circle adds, and how many periods it takes.
  func circle(from clock: Int) -> (addition: Account, periods: Int) {
    var start = clock
    for _ in sources { start = sources[start] }
    var (addition, periods, place) = (additions[start], 1, sources[start])
    while place != start {
      addition &+= additions[place]
      periods += 1
      place = sources[place]
    }
    return (addition, periods)
  }

  private func applied(to accounts: ContiguousArray<Account>) -> ContiguousArray<Account> {
    ContiguousArray(sources.indices.map { accounts[sources[$0]] &+ additions[$0] })
  }

  /// The map of two periods.
  private var twice: AccountMap {
    var map = self
    for clock in sources.indices {
      map.sources[clock] = sources[sources[clock]]
      map.additions[clock] = additions[clock] &+ additions[sources[clock]]
    }
    return map
  }
}
