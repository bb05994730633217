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

  /// When a pass was complete on all ranks, and the rank on which it was last, the lowest of those; before the first
  /// pass, the beginning.
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

  /// Whether the last two passes were alike on every rank.
  var isSteady: Bool {
    passes > 2
      && outcomes.allSatisfy { rank in
        let marks = rank.marks.suffix(3).map { $0 }
        return marks[1].time - marks[0].time == marks[2].time - marks[1].time
          && marks[1].account &- marks[0].account == marks[2].account &- marks[1].account
          && marks[1].deviceBusy - marks[0].deviceBusy == marks[2].deviceBusy - marks[1].deviceBusy
      }
  }

  /// What every further pass takes if the last is like all that follow: that of the slowest rank, which may not be the
  /// last yet.
  func lastPass(with simulator: Simulator) -> RankedTiming {
    var slowest = mark(passes - 1).rank
    for rank in outcomes.indices where lastPass(of: rank) > lastPass(of: slowest) { slowest = rank }
    let marks = outcomes[slowest].marks
    return timing(from: passes - 1, (marks[passes - 2], marks[passes - 1], slowest), with: simulator)
  }

  private func lastPass(of rank: Int) -> Picoseconds {
    outcomes[rank].marks[passes - 1].time - outcomes[rank].marks[passes - 2].time
  }

  /// The mean of all passes but the first so many.
  func timing(from first: Int, with simulator: Simulator) -> RankedTiming {
    let end = mark(passes - 1)
    return timing(from: first, (mark(first - 1).mark, end.mark, end.rank), with: simulator)
  }

  /// The mean of passes between two marks, of which the second is that of a rank.
  private func timing(
    from first: Int, _ span: (start: PassMark, end: PassMark, rank: Int), with simulator: Simulator
  ) -> RankedTiming {
    let (count, time) = (passes - first, span.end.time - span.start.time)
    let shares = outcomes.indices.map { share(of: $0, from: first, isRecorded: simulator.recordsTimeline) }
    let summary = PassSummary(
      latency: time / count, deviceBusy: busy(of: span.rank, from: first, in: time) / count,
      hostBusy: shares[span.rank].hostBusy,
      account: account(from: span.start, to: span.end).divided(by: count, of: time))
    var drift = RankDrift.none
    for pass in drifts[first...] { drift.add(pass) }
    return RankedTiming(summary: summary, lastRank: span.rank, ranks: shares, drift: drift, events: events)
  }

  /// What a path from one mark to another is spent on.
  ///
  /// The difference of two accounts that belong to one path each, through different ranks, may be negative in a part.
  /// The path to the last mark is then taken as a whole, from the beginning of the run on, in proportion.
  private func account(from start: PassMark, to end: PassMark) -> Account {
    let difference = end.account &- start.account
    guard difference.min() < 0, end.account.wrappedSum() == end.time.count else { return difference }
    return Cost(duration: end.time, account: end.account).account(stretchedTo: end.time - start.time)
  }

  /// For how long a rank's device is busy in a time that all ranks' passes take: a rank's own may end sooner than the
  /// others', so it is the share of its own.
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
