import EventEngine
import Roofline

/// Several ranks, each a system of its own with a calendar of its own.
///
/// Ranks touch one another in collectives only. What all ranks of a channel have come to ends on all of them at
///
///     end = max over ranks (start) + max over ranks (duration)
///
/// and takes, among a rank's events of that moment, the place of the rank's coming. So what happens on a rank follows
/// from its own events and these ends alone: in whatever order the ranks' events are handled, the run is the same, as
/// long as no end lies in a rank's past.
///
/// **The order.** A rank runs on until it comes to a collective, and from there on as long as it is before the earliest
/// end that this can have, as if nobody else took part. Where no rank may go on so, the one whose next event is the
/// earliest, of equal ones the lowest, handles that event.
///
/// **No end is in anybody's past.** A rank begins a collective no earlier than the event with which it says so: a
/// stream with others beside it says it at the start itself, a stream alone once the start is decided. What it handles
/// before the earliest end lies before the end. Let it handle an event at t, not before that, while the collective is
/// not over. It was the earliest of all pending ones; what will yet happen follows from those, so the ranks that are
/// missing come at t or later, and the end is no earlier than their start. Hence the end lies behind all that any of
/// its ranks have handled; at t itself only if it takes no time, and then it happens next.
struct RankSystem: Sendable {
  /// One rank, and what is still to happen in it.
  private struct Member: Sendable {
    var model: SystemModel
    var calendar: SystemModel.Calendar
    /// How many collectives it is in, and before when none of them can end.
    private var meetings = 0
    private var earliestEnd = Picoseconds.max

    init(_ model: SystemModel) {
      self.model = model
      calendar = model.startingCalendar()
    }

    /// When the rank is to go on: at once as far as it can, else at its next event; nil if nothing is left to happen.
    var turn: Picoseconds? { calendar.nextTime.map { $0 < earliestEnd ? .zero : $0 } }

    /// Handles events, at least one and at most so many, until the rank comes to a collective or may not go on.
    ///
    /// - Returns: How many.
    mutating func run(upTo limit: Int) -> Int {
      var handled = 0
      while handled < limit, let (event, time) = calendar.next() {
        handled += 1
        model.handle(event, at: time, calendar: &calendar)
        guard model.arrivals.isEmpty, let next = calendar.nextTime, next < earliestEnd, next < RankSystem.end else {
          break
        }
      }
      return handled
    }

    /// Whether the next event, if there is one, may be handled.
    var isOnClock: Bool { calendar.nextTime.map { $0 < RankSystem.end } ?? true }

    /// Tells the channels of what the rank has come to.
    ///
    /// - Returns: The collectives that all have come to now.
    mutating func takeArrivals(of rank: Int, _ channels: inout [RankChannel]) -> [RankMeeting] {
      var over: [RankMeeting] = []
      for arrival in model.arrivals {
        guard model.streams[arrival.stream].isRunning else { continue }
        let index = model.streams[arrival.stream].kernel.cost
        let cost = model.table.costs[Int(index)]
        meetings += 1
        earliestEnd = min(earliestEnd, arrival.start + cost.duration)
        let meeting = channels[Int(model.table.channel(of: index))].add(
          RankArrival(rank: rank, arrival: arrival), model.streams[arrival.stream].account, cost)
        if let meeting { over.append(meeting) }
      }
      model.arrivals.removeAll(keepingCapacity: true)
      return over
    }

    /// All have come to a collective that the rank is in.
    mutating func meet(_ arrival: StreamArrival, in meeting: borrowing RankMeeting) {
      meetings -= 1
      if meetings == 0 { earliestEnd = .max }
      model.meet(arrival, in: meeting, calendar: &calendar)
    }
  }

  private var members: ContiguousArray<Member> = []
  private var channels: [RankChannel] = []
  private var earliest: EarliestRank
  /// How far apart ranks have come to collectives, by how many passes were complete on the one with the fewest.
  private(set) var drifts: [RankDrift]
  private(set) var eventCount = 0

  /// Ranks at time zero.
  ///
  /// - Parameters:
  ///   - ranks: The ranks.
  ///   - passes: How many passes each issues.
  ///   - recordFrom: The first pass whose spans are kept; `Int.max` for none.
  init(_ ranks: [Rank], passes: Int, recordFrom: Int) {
    earliest = EarliestRank(count: ranks.count)
    drifts = Array(repeating: .none, count: passes)
    var numbers: [Int32: Int32] = [:]
    for (index, rank) in ranks.enumerated() {
      var table = rank.table
      table.channels = numbered(rank.table.channels, of: index, &numbers)
      var model = SystemModel(
        program: rank.program, table: table, passCount: passes, recordsFromPass: recordFrom, jitter: rank.jitter,
        link: RankLink())
      model.spendPassCost()
      let member = Member(model)
      earliest.update(index, member.turn)
      members.append(member)
    }
  }

  /// A rank's channels, numbered from 0 on over all ranks; the rank becomes a member of each.
  private mutating func numbered(_ channels: [Int32], of rank: Int, _ numbers: inout [Int32: Int32]) -> [Int32] {
    var own: Set<Int32> = []
    return channels.map { channel in
      guard channel >= 0 else { return -1 }
      let number = numbers[channel, default: Int32(numbers.count)]
      numbers[channel] = number
      if Int(number) == self.channels.count { self.channels.append(RankChannel()) }
      if own.insert(number).inserted { self.channels[Int(number)].addMember(rank) }
      return number
    }
  }

  /// Handles events until none is left.
  ///
  /// - Parameter eventLimit: The largest number of events of all ranks.
  /// - Throws: ``SimulationFault``; ``SimulationFault/neverEnds`` where ranks wait for one another for ever.
  /// - Complexity: O(log(ranks)) for each time that a rank comes to a collective, or goes on within one, beside what
  ///   its events cost.
  mutating func run(eventLimit: Int) throws(SimulationFault) {
    while let rank = earliest.rank {
      guard eventCount < eventLimit else { throw .eventLimitReached(limit: eventLimit) }
      guard members[rank].isOnClock else { throw .tooLong(estimatedSeconds: Self.end.seconds) }
      eventCount += members[rank].run(upTo: eventLimit - eventCount)
      for meeting in members[rank].takeArrivals(of: rank, &channels) { end(meeting) }
      earliest.update(rank, members[rank].turn)
    }
    guard members.allSatisfy({ $0.model.marks.count == drifts.count }) else { throw .neverEnds }
  }

  /// No event is handled from here on: a host that runs ahead of it by all that it spends is still on the clock.
  static let end = Picoseconds(1 << 61)

  /// All ranks have come: lets the collective end on each.
  private mutating func end(_ meeting: RankMeeting) {
    var pass = drifts.count - 1
    for part in meeting.arrivals {
      members[part.rank].meet(part.arrival, in: meeting)
      earliest.update(part.rank, members[part.rank].turn)
      pass = min(pass, part.arrival.pass)
    }
    drifts[pass].add(meeting.latestStart - meeting.earliestStart)
  }

  /// What a rank has come to.
  func outcome(of rank: Int) -> RankOutcome {
    let model = members[rank].model
    let link = model.link ?? RankLink()
    return RankOutcome(
      marks: model.marks, collectiveTimes: link.timeAtMarks, hostExcess: link.hostExcess, spans: model.spans)
  }

  /// How many ranks there are.
  var rankCount: Int { members.count }
}

/// What one of several ranks has come to.
struct RankOutcome: Sendable {
  /// When each pass was complete on it.
  var marks: [PassMark]
  /// How its device's time in collectives had been spent up to each mark.
  var collectiveTimes: [CollectiveTime]
  /// How much longer its host's costs have taken than they do on the whole.
  var hostExcess: Picoseconds
  var spans: [TimelineSpan]
}
