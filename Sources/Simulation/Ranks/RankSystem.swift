import EventEngine
import Roofline

/// Several ranks, each a system of its own, in one order of events: by time, then by rank, then first in, first out.
///
/// Ranks touch one another in collectives only. What all ranks of a channel have come to ends on all of them at
///
///     end = max over ranks (start) + max over ranks (duration)
///
/// **No end is in anybody's past.** A rank is told of when it handles an event at some time t, and its collective begins
/// at t or later: a stream with others beside it tells at the start itself, a stream alone once the start is decided. When the
/// last is told of, at T, no rank has handled anything later than T, since events are handled in the order of their
/// times; and the end is no earlier than that rank's start, which is no earlier than T.
struct RankSystem: Sendable {
  /// One rank, and what is still to happen in it.
  private struct Member: Sendable {
    var model: SystemModel
    var calendar = EventCalendar<SystemModel.Event>()

    /// Handles the next event.
    mutating func handleNext() {
      guard let (event, time) = calendar.next() else { return }
      model.handle(event, at: time, calendar: &calendar)
    }

    /// All have come to what a stream runs.
    mutating func meet(on stream: Int, _ meeting: borrowing RankMeeting) {
      model.meet(
        on: stream, latestStart: meeting.latestStart, end: meeting.end, meeting.account, calendar: &calendar)
    }
  }

  private var members: ContiguousArray<Member> = []
  private var channels: [RankChannel] = []
  private var earliest: EarliestRank
  /// How far apart ranks have come to collectives, by how many passes were complete on the last of them.
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
        program: rank.program, table: table, passCount: passes, recordsFromPass: recordFrom)
      model.jitter = rank.jitter
      model.link = RankLink()
      model.spendPassCost()
      var member = Member(model: model)
      member.calendar.schedule(SystemModel.Event(kind: .hostContinues), at: model.hostClock)
      for thread in rank.program.threadStarts.indices.dropFirst() {
        member.calendar.schedule(SystemModel.Event(kind: .hostContinues, stream: UInt16(thread)), at: 0)
      }
      earliest.update(index, member.calendar.nextTime)
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
  /// - Complexity: O(log(ranks)) for each event beside what the event costs.
  mutating func run(eventLimit: Int) throws(SimulationFault) {
    while let (rank, time) = earliest.next {
      guard eventCount < eventLimit else { throw .eventLimitReached(limit: eventLimit) }
      guard time < Self.end else { throw .tooLong(estimatedSeconds: time.seconds) }
      eventCount += 1
      members[rank].handleNext()
      if members[rank].model.link?.arrivals.isEmpty == false { takeArrivals(of: rank) }
      earliest.update(rank, members[rank].calendar.nextTime)
    }
    guard members.allSatisfy({ $0.model.marks.count == drifts.count }) else { throw .neverEnds }
  }

  /// No event is handled from here on: a host that runs ahead of it by all that it spends is still on the clock.
  static let end = Picoseconds(1 << 61)

  /// Tells the channels of what a rank has come to.
  private mutating func takeArrivals(of rank: Int) {
    let arrivals = members[rank].model.link?.arrivals ?? []
    members[rank].model.link?.arrivals.removeAll(keepingCapacity: true)
    for (stream, start) in arrivals {
      guard let cost = members[rank].model.streams[stream].running?.cost else { continue }
      let arrival = RankArrival(
        rank: rank, stream: stream, start: start, account: members[rank].model.streams[stream].account,
        cost: members[rank].model.table.costs[Int(cost)])
      let channel = Int(members[rank].model.table.channel(of: cost))
      if let meeting = channels[channel].add(arrival) { end(meeting) }
    }
  }

  /// All ranks have come: lets the collective end on each.
  private mutating func end(_ meeting: RankMeeting) {
    for arrival in meeting.arrivals {
      members[arrival.rank].meet(on: arrival.stream, meeting)
      earliest.update(arrival.rank, members[arrival.rank].calendar.nextTime)
    }
    let passes = meeting.arrivals.map { members[$0.rank].model.marks.count }.min() ?? 0
    drifts[min(passes, drifts.count - 1)].add(meeting.latestStart - meeting.earliestStart)
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
