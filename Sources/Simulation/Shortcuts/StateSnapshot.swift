import Roofline

/// The state of a recurrence as far as the future depends on it.
///
/// Only differences matter: how far the stream and the ends in the queue lie behind the host's clock, in time and in
/// account. What ended before the host's clock decides nothing any more, since every maximum with it is the host's. If the
/// state behind one round of a loop is that behind an earlier round, every later stretch of as many rounds adds the same
/// time and the same account to all clocks: the rest of the loop is a multiplication, exactly.
struct StateSnapshot {
  private let host: Picoseconds
  private let hostAccount: Account
  private let busy: Picoseconds
  private let launchAndQueueTime: Int128
  private let stream: (lag: Picoseconds, account: Account)?
  /// The ends in the queue that the host may still wait for, the latest first: relative to the host.
  private var pendingLags: ContiguousArray<Picoseconds> = []
  private var pendingAccounts: ContiguousArray<Account> = []

  /// The state now.
  ///
  /// - Complexity: O(places of the queue whose jobs end after the host's clock).
  init(_ state: borrowing StreamRecurrence) {
    host = state.host
    hostAccount = state.hostAccount
    busy = state.busy
    launchAndQueueTime = state.launchAndQueueTime
    stream = Self.stream(state)
    Self.forEachPending(state) { lag, account in
      pendingLags.append(lag)
      pendingAccounts.append(account)
      return true
    }
  }

  /// Whether the future from another state on is that from this one, moved in time.
  func isSame(as state: borrowing StreamRecurrence) -> Bool {
    let other = Self.stream(state)
    guard stream?.lag == other?.lag, stream?.account == other?.account else { return false }
    var count = 0
    let isPrefix = Self.forEachPending(state) { lag, account in
      guard count < pendingLags.count, pendingLags[count] == lag, pendingAccounts[count] == account else {
        return false
      }
      count += 1
      return true
    }
    return isPrefix && count == pendingLags.count
  }

  /// Moves a state on by what has been added since, so many times over.
  func advance(_ state: inout StreamRecurrence, times: Int) {
    let time = (state.host - host) * times
    let account = (state.hostAccount &- hostAccount) &* Int64(times)
    state.busy += (state.busy - busy) * times
    state.launchAndQueueTime += (state.launchAndQueueTime - launchAndQueueTime) * Int128(times)
    if Self.stream(state) != nil {
      state.end += time
      state.endAccount &+= account
    }
    for index in state.ends.indices where state.ends[index].time >= state.host {
      state.ends[index].time += time
      state.ends[index].account &+= account
    }
    state.host += time
    state.hostAccount &+= account
  }

  /// How far the stream is ahead of the host, if that can matter: if the gap behind its last job is not over.
  private static func stream(_ state: borrowing StreamRecurrence) -> (lag: Picoseconds, account: Account)? {
    guard state.end + state.table.launch.kernelGap.duration >= state.host else { return nil }
    return (state.end - state.host, state.endAccount &- state.hostAccount)
  }

  /// Calls back with the ends in the queue, the latest first, down to the first before the host's clock.
  ///
  /// - Returns: Whether every call returned true.
  @discardableResult
  private static func forEachPending(
    _ state: borrowing StreamRecurrence, _ body: (Picoseconds, Account) -> Bool
  ) -> Bool {
    let count = state.ends.count
    var index = state.place
    for _ in 0..<count {
      index = index == 0 ? count - 1 : index - 1
      guard state.ends[index].time >= state.host else { return true }
      guard body(state.ends[index].time - state.host, state.ends[index].account &- state.hostAccount) else {
        return false
      }
    }
    return true
  }
}

/// A loop that a recurrence is in.
struct RunningLoop {
  /// Rounds still to run.
  var remaining: Int
  private var rounds = 0
  private var snapshot: StateSnapshot?
  private var snapshotRound = 0

  init(remaining: Int) { self.remaining = remaining }

  /// Below so many rounds to go a loop is run out.
  private static let fewRounds = 8

  /// Behind a round: multiplies the rest of the loop out if the state has come back.
  ///
  /// Snapshots are taken behind rounds 1, 2, 4, 8 and so on, as in Brent's search for a cycle, so that any period is
  /// found and copying costs little beside running.
  mutating func skipRepeats(_ state: inout StreamRecurrence) {
    rounds += 1
    guard remaining >= Self.fewRounds else { return }
    if let snapshot, snapshot.isSame(as: state) {
      let period = rounds - snapshotRound
      snapshot.advance(&state, times: remaining / period)
      remaining %= period
      self.snapshot = nil
      return
    }
    if rounds & (rounds - 1) == 0 {
      snapshot = StateSnapshot(state)
      snapshotRound = rounds
    }
  }
}
