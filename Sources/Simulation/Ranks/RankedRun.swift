import Roofline

/// What several ranks have come to that issued passes back to back.
struct RankedRun: Sendable {
  /// What each issued.
  let ranks: [Rank]
  let outcomes: [RankOutcome]
  let drifts: [RankDrift]
  let events: Int

  /// A run that is over.
  init(_ ranks: [Rank], _ system: RankSystem) {
    self.ranks = ranks
    outcomes = ranks.indices.map { system.outcome(of: $0) }
    drifts = system.drifts
    events = system.eventCount
  }

  /// How many passes there were.
  var passes: Int { drifts.count }

  /// When a pass was complete on all ranks, and the rank on which it was last, the lowest of those; before the first pass,
  /// the beginning.
  func mark(_ pass: Int) -> (mark: PassMark, rank: Int) {
    guard pass >= 0 else { return (.start, 0) }
    var last = 0
    for rank in outcomes.indices where outcomes[rank].marks[pass].time > outcomes[last].marks[pass].time { last = rank }
    return (outcomes[last].marks[pass], last)
  }

  /// What each pass took but for the first so many.
  func latencies(from first: Int) -> [Picoseconds] {
    let times = (first - 1..<passes).map { mark($0).mark.time }
    return zip(times, times.dropFirst()).map { $1 - $0 }
  }

  /// Whether the last pass but one and the last are alike.
  var isSteady: Bool {
    let (first, second, third) = (mark(passes - 3).mark, mark(passes - 2).mark, mark(passes - 1).mark)
    return second.time - first.time == third.time - second.time
      && second.account &- first.account == third.account &- second.account
      && outcomes.allSatisfy { rank in
        let busy = rank.marks.suffix(3).map(\.deviceBusy)
        return busy[1] - busy[0] == busy[2] - busy[1]
      }
  }

  /// The mean of all passes but the first so many.
  func timing(from first: Int, with simulator: Simulator) -> RankedTiming {
    let count = passes - first
    let (start, (end, last)) = (mark(first - 1).mark, mark(passes - 1))
    let shares = outcomes.indices.map { share(of: $0, from: first, isRecorded: simulator.recordsTimeline) }
    let summary = PassSummary(
      latency: (end.time - start.time) / count,
      deviceBusy: busy(of: last, from: first, in: end.time - start.time) / count,
      hostBusy: shares[last].hostBusy,
      account: simulator.divided(account(from: start, to: end), by: count, of: end.time - start.time))
    var drift = RankDrift.none
    for pass in drifts[first...] { drift.add(pass) }
    return RankedTiming(summary: summary, lastRank: last, ranks: shares, drift: drift, events: events)
  }

  /// What a path from one mark to another is spent on.
  ///
  /// The difference of two accounts that belong to one path each, through different ranks, may be negative in a part. The
  /// path to the last mark is then taken as a whole, from the beginning of the run on, in proportion.
  private func account(from start: PassMark, to end: PassMark) -> Account {
    let difference = end.account &- start.account
    guard difference.min() < 0, end.account.wrappedSum() == end.time.count else { return difference }
    return Cost(duration: end.time, account: end.account).account(stretchedTo: end.time - start.time)
  }

  /// For how long a rank's device is busy in a time that all ranks' passes take: a rank's own may end sooner than the others',
  /// so it is the share of its own.
  private func busy(of rank: Int, from first: Int, in time: Picoseconds) -> Picoseconds {
    let marks = outcomes[rank].marks
    let start = first > 0 ? marks[first - 1] : .start
    let (own, busy) = (marks[passes - 1].time - start.time, marks[passes - 1].deviceBusy - start.deviceBusy)
    guard own != time, own > 0 else { return busy }
    return Picoseconds(Int64(Int128(busy.count) * Int128(time.count) / Int128(own.count)))
  }

  private func share(of rank: Int, from first: Int, isRecorded: Bool) -> RankShare {
    let (outcome, count) = (outcomes[rank], passes - first)
    let start = first > 0 ? outcome.marks[first - 1] : .start
    var timeline: Timeline?
    if isRecorded {
      timeline = Timeline()
      timeline?.spans = outcome.spans
    }
    return RankShare(
      deviceBusy: (outcome.marks[passes - 1].deviceBusy - start.deviceBusy) / count,
      hostBusy: ranks[rank].table.hostBusy(of: ranks[rank].counts) + outcome.hostExcess / passes,
      collectives: .mean(
        from: first > 0 ? outcome.collectiveTimes[first - 1] : .zero, to: outcome.collectiveTimes[passes - 1],
        passes: count),
      timeline: timeline)
  }
}
