import EventEngine
import Roofline

/// What passes come to in the long run.
struct PassPeriod: Sendable {
  /// How many passes.
  var passes: Int
  /// What they take.
  var time: Picoseconds
  /// The account of a path through them.
  var account: Account
  /// The part in which the device is busy.
  var busy: Picoseconds
}

/// Where a run that only follows accounts ends.
enum ProbeEnd: Sendable {
  /// Behind a round of the loop in so many others of which so many rounds are left.
  case round(depth: Int, roundsLeft: Int)
  /// Behind so many passes.
  case passes(Int)
}

/// Leaving loops, and passes, once the state of the system comes back: the rest is a multiplication.
extension SystemModel {
  /// Below so many rounds to go a loop is run out.
  private static let fewRounds = 8

  /// Finds the loops whose rounds are all alike.
  mutating func findLoopRounds() {
    guard skipsRepeats else { return }
    hostRounds = LoopRound.ofHost(instructions, table)
    nodeRounds = LoopRound.ofNodes(instructions, table)
  }

  /// Takes note that a loop has been entered.
  mutating func beginWatch() {
    guard skipsRepeats, cursor.depth > 0 else { return }
    while watches.count < cursor.depth { watches.append(StateWatch()) }
    watches[cursor.depth - 1] = StateWatch()
  }

  /// At the end of a round: leaves out those to come that are like rounds that were.
  ///
  /// - Returns: True where a probe ends here.
  mutating func endRound(calendar: inout Calendar) -> Bool {
    if case .round(let depth, let left) = probeEnd, cursor.depth == depth, cursor.roundsLeft == left {
      hasStopped = true
      return true
    }
    if let round = hostRounds[cursor.index] {
      spend(round.times(cursor.roundsLeft - 1))
      cursor.skipRounds(cursor.roundsLeft - 1)
    } else if cursor.roundsLeft > Self.fewRounds {
      skipRounds(calendar: &calendar)
    }
    return false
  }

  /// Spends rounds in which only the host does anything.
  private mutating func spend(_ rounds: LoopRound) {
    hostClock += rounds.cost.duration
    hostAccount &+= rounds.cost.account
    deviceBusy += rounds.busy
  }

  /// Multiplies rounds out if the state has come back.
  private mutating func skipRounds(calendar: inout Calendar) {
    let place = cursor.depth - 1
    // An event costs as much as some ten numbers: looking for the state to come back costs little beside running.
    var budget = comparisonBudget + 64 * (1 + correlation - budgetedLaunches)
    budgetedLaunches = correlation
    var watch = watches[place]
    watches[place] = StateWatch()
    let period = watch.endRound(&self, calendar, budget: &budget)
    watches[place] = watch
    comparisonBudget = budget
    guard let period, let snapshot = watch.snapshot else { return }
    let times = (cursor.roundsLeft - 1) / period
    guard times > 0 else { return }
    let before = accounts(now: calendar.now)
    let after: ContiguousArray<Account>
    if let addition = snapshot.commonAddition(to: before) {
      after = ContiguousArray(before.map { $0 &+ addition &* Int64(times) })
    } else {
      let end = ProbeEnd.round(depth: cursor.depth, roundsLeft: cursor.roundsLeft - period)
      guard let sources = sources(at: end, calendar)?.clocks else { return }
      after = AccountMap(sources: sources, from: snapshot.accounts, to: before).applied(to: before, times: times)
    }
    var clock = 0
    forEachClock(now: calendar.now) { account in
      account = after[clock]
      clock += 1
    }
    let time = (hostClock - snapshot.hostClock) * times
    let busy = (busy(until: calendar.now) - snapshot.busy) * times
    let launches = streams.indices.map { times * (streams[$0].launched - snapshot.launched[$0]) }
    advance(by: time, launches: launches, busy: busy)
    calendar.advance(by: time)
    cursor.skipRounds(times * period)
    watches[place] = StateWatch()
  }

  /// Behind a pass: stops if the state has come back, with what the passes of a period come to.
  mutating func endWatchedPass(calendar: Calendar) {
    if case .passes(let left) = probeEnd {
      probeEnd = .passes(left - 1)
      hasStopped = left == 1
      return
    }
    guard var watch = passWatch else { return }
    var budget = Int.max
    passWatch = nil
    let found = watch.endRound(&self, calendar, budget: &budget)
    passWatch = watch
    guard let passes = found, let snapshot = watch.snapshot else { return }
    period = longRun(of: passes, since: snapshot, calendar)
    hasStopped = period != nil
  }

  /// What passes come to in the long run whose times have come back.
  private mutating func longRun(
    of passes: Int, since snapshot: SystemSnapshot, _ calendar: Calendar
  ) -> PassPeriod? {
    let accounts = accounts(now: calendar.now)
    let time = hostClock - snapshot.hostClock
    let busy = busy(until: calendar.now) - snapshot.busy
    if let addition = snapshot.commonAddition(to: accounts) {
      return PassPeriod(passes: passes, time: time, account: addition, busy: busy)
    }
    guard let sources = sources(at: .passes(passes), calendar), let mark = sources.mark else { return nil }
    let map = AccountMap(sources: sources.clocks, from: snapshot.accounts, to: accounts)
    let (addition, periods) = map.circle(from: mark)
    return PassPeriod(
      passes: periods * passes, time: time * periods, account: addition, busy: busy * periods)
  }

  /// From which clock of now each clock at a later place will have taken its account over, and the last mark before it.
  ///
  /// A copy of the system goes there with accounts of another meaning: costs add nothing to them, and each clock of now has
  /// its number in the first lane.
  private func sources(
    at end: ProbeEnd, _ calendar: Calendar
  ) -> (clocks: [Int], mark: Int?)? {
    var probe = self
    var calendar = calendar
    probe.streams.makeUnique()
    calendar.makeUnique()
    probe.table.replaceAccounts { _ in .zero }
    probe.findLoopRounds()
    probe.watches = probe.watches.map { _ in StateWatch() }
    probe.passWatch = nil
    probe.probeEnd = end
    probe.marks = []
    probe.passesToIssue = .max
    var number: Int64 = 0
    probe.forEachClock(now: calendar.now) { account in
      number += 1
      account = .zero
      account[0] = number
    }
    probe.goOn(calendar: &calendar)
    var engine = Engine(model: probe, calendar: calendar, eventLimit: eventLimit)
    do { try engine.run() } catch { return nil }
    guard engine.model.hasStopped else { return nil }
    let clocks = engine.model.accounts(now: engine.calendar.now).map { Int($0[0]) - 1 }
    guard clocks.count == Int(number), clocks.allSatisfy({ $0 >= 0 }) else { return nil }
    let mark = engine.model.marks.last.map { Int($0.account[0]) - 1 }
    return (clocks, mark.flatMap { $0 >= 0 ? $0 : nil })
  }

  /// Goes on from the end of a round or pass at which a probe was made.
  private mutating func goOn(calendar: inout Calendar) {
    switch probeEnd {
    case .round: cursor.endLoop(length: Int(instructions[cursor.index].operand))
    case .passes: beginNextPass()
    case nil: break
    }
    runHost(now: calendar.now, calendar: &calendar)
  }
}
