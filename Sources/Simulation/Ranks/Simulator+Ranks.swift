import Roofline

/// Several ranks in one simulation.
extension Simulator {
  /// Simulates a pass of several ranks.
  ///
  /// Without jitter one rank stands for all if they are alike, except in the method ``Method/events`` and where what
  /// happened is kept. Else the steady state is what one pass adds behind those that fill the launch queues, or the
  /// mean of sixteen if those differ, as they do with jitter.
  ///
  /// - Parameters:
  ///   - ranks: The ranks, at least one.
  ///   - kind: Which latency.
  /// - Returns: What one pass takes of all ranks and of each.
  /// - Throws: ``SimulationFault``; ``SimulationFault/neverEnds`` if the ranks disagree on what they do together.
  /// - Complexity: O(instructions executed by all ranks), event by event.
  package func time(_ ranks: [Rank], _ kind: LatencyKind) throws(SimulationFault) -> RankedTiming {
    if method != .events, !recordsTimeline, ranks.areAlike {
      let pass = try time(ranks[0].program, ranks[0].table, kind, counts: ranks[0].counts)
      return timing(of: ranks, like: pass)
    }
    guard kind == .steadyState else { return try replay(ranks.map(\.synchronized)) }
    let warmUp = warmUpPasses(ranks)
    if ranks.allSatisfy({ $0.jitter == nil }) {
      let run = try run(ranks, passes: warmUp + 2)
      if warmUp == 0 || run.isSteady { return run.lastPass(with: self) }
    }
    return try run(ranks, passes: warmUp + 16).timing(from: warmUp, with: self)
  }

  /// Simulates many passes of several ranks, each after the other on every rank.
  ///
  /// - Parameters:
  ///   - ranks: The ranks, at least one.
  ///   - kind: Which latency.
  ///   - count: How many passes, at least one; those that fill the launch queues are left out.
  /// - Returns: What each took, and their mean; what happened in the last two is kept, if anything is.
  /// - Throws: ``SimulationFault``.
  /// - Complexity: O(instructions executed by all ranks), event by event.
  package func scattered(
    _ ranks: [Rank], _ kind: LatencyKind, passes count: Int
  ) throws(SimulationFault) -> RankedPasses {
    let isAlone = kind == .synchronized
    let warmUp = isAlone ? 0 : warmUpPasses(ranks)
    let run = try run(isAlone ? ranks.map(\.synchronized) : ranks, passes: warmUp + count)
    return RankedPasses(latencies: run.latencies(from: warmUp), mean: run.timing(from: warmUp, with: self))
  }

  /// Simulates one pass of several ranks from an idle system, as it stands: no synchronization is added, and nothing
  /// follows.
  ///
  /// - Throws: ``SimulationFault``; ``SimulationFault/neverEnds`` if ranks, threads or streams wait for one another.
  /// - Complexity: O(instructions executed by all ranks).
  package func replay(_ ranks: [Rank]) throws(SimulationFault) -> RankedTiming {
    try run(ranks, passes: 1).timing(from: 0, with: self)
  }

  /// Runs passes back to back on every rank.
  func run(_ ranks: [Rank], passes: Int) throws(SimulationFault) -> RankedRun {
    var instructions = 0.0
    for rank in ranks {
      let length = length(rank.counts, rank.table) * Double(passes) * (rank.jitter == nil ? 1 : JitterSource.longest)
      guard length < Double(RankSystem.end.count) else { throw .tooLong(estimatedSeconds: length * 1e-12) }
      instructions += rank.counts.instructions * Double(passes)
    }
    guard instructions <= Double(eventLimit) else { throw .eventLimitReached(limit: eventLimit) }
    var system = RankSystem(ranks, passes: passes, recordFrom: recordsTimeline ? max(0, passes - 2) : .max)
    try system.run(eventLimit: eventLimit)
    return RankedRun(ranks, system)
  }

  /// How many passes fill the launch queues of all ranks.
  private func warmUpPasses(_ ranks: [Rank]) -> Int {
    ranks.reduce(0) { max($0, warmUpPasses($1.counts, $1.table)) }
  }

  /// What ranks take of which one stands for all.
  private func timing(of ranks: [Rank], like pass: PassTiming) -> RankedTiming {
    let share = RankShare(
      deviceBusy: pass.deviceBusy, hostBusy: pass.hostBusy,
      collectives: CollectiveTime(transfer: ranks[0].transfer, waiting: 0))
    return RankedTiming(
      summary: pass.summary, lastRank: 0, ranks: ranks.map { _ in share },
      drift: .none(count: ranks.meetingsOfAPass), events: pass.events)
  }
}
