import EventEngine
import Roofline

/// The state of a system as far as the future depends on it, for a host of one thread and several streams.
///
/// Times count from the host's clock, and jobs of a stream from those that it has finished: if these numbers come back,
/// then everything that follows is what has followed before, moved in time. Accounts do not decide anything; they are kept
/// beside the numbers, in an order that the numbers fix.
struct SystemSnapshot: Sendable {
  /// The numbers, see `SystemModel.forEachStateNumber`.
  private let numbers: ContiguousArray<Int64>
  /// The accounts of all clocks that a later path can go through, the host's first.
  let accounts: ContiguousArray<Account>
  let hostClock: Picoseconds
  /// Device busy time up to the snapshot.
  let busy: Picoseconds
  /// How many jobs of each stream had been launched.
  let launched: [Int]

  /// The state now.
  ///
  /// - Complexity: O(streams + waiting jobs + pending events).
  init(_ model: inout SystemModel, _ calendar: SystemModel.Calendar) {
    var numbers: ContiguousArray<Int64> = []
    _ = model.forEachStateNumber(calendar) { number in
      numbers.append(number)
      return true
    }
    self.numbers = numbers
    accounts = model.accounts(now: calendar.now)
    hostClock = model.hostClock
    busy = model.busy(until: calendar.now)
    launched = model.launchedCounts
  }

  /// How many numbers the state has.
  var size: Int { numbers.count }

  /// Compares the times of a later state.
  ///
  /// - Returns: Whether they are those of the snapshot, and how many numbers it took to see it.
  func isSame(
    as model: borrowing SystemModel, _ calendar: SystemModel.Calendar
  ) -> (isSame: Bool, compared: Int) {
    var place = 0
    let isPrefix = model.forEachStateNumber(calendar) { number in
      guard place < numbers.count, numbers[place] == number else { return false }
      place += 1
      return true
    }
    return (isPrefix && place == numbers.count, place + 1)
  }

  /// Whether all clocks have spent the same since: the difference, if so.
  func commonAddition(to later: ContiguousArray<Account>) -> Account? {
    let addition = later[0] &- accounts[0]
    for index in accounts.indices where later[index] &- accounts[index] != addition { return nil }
    return addition
  }
}
