import EventEngine
import Profiles
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("Laws of ranks", .tags(.slow))
struct RankLawTests {
  static let shapes: [ProgramShape] = [.oneStream, .severalStreams]
  static let allShapes: [ProgramShape] = shapes + [.sharing, .longLoops]

  /// Random ranks of every shape and range of durations, each with its seed.
  private func forRandomRanks(
    _ count: UInt64, _ shapes: [ProgramShape] = Self.shapes, areAlike: Bool = false, atLeast least: Int = 1,
    _ body: (_ ranks: [Rank], _ seed: UInt64) throws -> Void
  ) rethrows {
    for seed in LawSeeds.range(count) {
      let durations = DurationRange.allCases[Int(seed) / shapes.count % 3]
      let random = RandomRanks(
        seed: seed, shapes[Int(seed) % shapes.count], durations, count: least + Int(seed / 7 % 4), areAlike: areAlike)
      guard random.ranks[0].counts.instructions < 3_000 else { continue }
      try body(random.ranks, seed)
    }
  }

  /// The same ranks, whose hosts scatter, each by draws of its own.
  private func scattered(_ ranks: [Rank], seed: UInt64, by deviation: Double = 0.3) -> [Rank] {
    var jitter = HostJitter()
    (jitter.deviation, jitter.stallProbability, jitter.stallMean) = (deviation, 0.02, 3)
    return ranks.enumerated().map { index, rank in
      var rank = rank
      rank.jitter = JitterSource(jitter, seed: seed, rank: UInt64(index))
      return rank
    }
  }

  /// Short enough for a jitter that may make costs 64 times as long.
  private func shortened(_ ranks: [Rank]) -> [Rank] {
    ranks.map { rank in
      var rank = rank
      guard rank.table.allCosts.contains(where: { $0.duration > 1_000_000_000 }) else { return rank }
      rank.table = rank.table.mapCosts { cost in
        Cost(cost.duration / 1_000, cost.mainCategory ?? .dispatch)
      }
      return rank
    }
  }

  @Test("Ranks that are alike are each what one rank is alone: every pass, to the picosecond")
  func oneStandsForAll() throws {
    try forRandomRanks(160, Self.allShapes, areAlike: true) { ranks, seed in
      #expect(ranks.areAlike)
      let alone = try Simulator(method: .events).marks(ranks[0].program, ranks[0].table, passes: 4)
      let run = try Simulator().run(ranks, passes: 4)
      for (rank, outcome) in run.outcomes.enumerated() where outcome.marks != alone {
        Issue.record("seed \(seed), rank \(rank): \(outcome.marks), not \(alone)")
      }
      #expect(run.outcomes.allSatisfy { $0.collectiveTimes.allSatisfy { $0.waiting == 0 } }, "seed \(seed)")
      #expect(run.drifts.allSatisfy { $0.sum == 0 && $0.largest == 0 }, "seed \(seed)")
    }
  }

  @Test(
    "And so is what is said of a pass, whether one stands for all or all are simulated", arguments: LatencyKind.allCases
  )
  func representative(kind: LatencyKind) throws {
    try forRandomRanks(80, areAlike: true) { ranks, seed in
      guard kind == .synchronized || ranks[0].program.streamCount == 1 else { return }
      let alone = try Simulator().time(ranks[0].program, ranks[0].table, kind)
      let one = try Simulator().time(ranks, kind)
      let all = try Simulator(method: .events).time(ranks, kind)
      #expect(one.summary == alone.summary && all.summary == alone.summary, "seed \(seed)")
      // A steady state whose passes differ is a mean: parts of a picosecond are lost on the way.
      for (rank, share) in all.ranks.enumerated() where kind == .synchronized && share != one.ranks[rank] {
        Issue.record("seed \(seed), rank \(rank): \(share), not \(one.ranks[rank])")
      }
      if kind == .synchronized { #expect(all.drift == one.drift, "seed \(seed)") }
    }
  }

  @Test("A mean over passes that differ is that of one rank")
  func meanOfAPeriod() throws {
    var uneven = 0
    for seed in LawSeeds.range(600) {
      var shape = ProgramShape.oneStream
      shape.queueDepths = [2, 3, 5]
      shape.length = 2...6
      let ranks = RandomRanks(seed: seed, shape, .tiny, count: 2, areAlike: true).ranks
      let marks = try Simulator().marks(ranks[0].program, ranks[0].table, passes: 24)
      if Set(zip(marks[18...], marks[19...]).map { ($1.time - $0.time).count }).count > 1 { uneven += 1 }
      let alone = try Simulator().time(ranks[0].program, ranks[0].table, .steadyState)
      #expect(try Simulator(method: .events).time(ranks, .steadyState).summary == alone.summary, "seed \(seed)")
    }
    #expect(uneven > 0)
  }

  @Test("One rank is none: it meets nobody")
  func oneRank() throws {
    try forRandomRanks(80) { ranks, seed in
      var table = ranks[0].table
      table.channels = []
      let none = try Simulator(method: .events).marks(ranks[0].program, table, passes: 3)
      let run = try Simulator().run([ranks[0]], passes: 3)
      #expect(run.outcomes[0].marks == none, "seed \(seed)")
      #expect(run.outcomes[0].collectiveTimes.allSatisfy { $0.waiting == 0 }, "seed \(seed)")
    }
  }

  @Test("One rank that scatters is that rank alone, pass by pass", arguments: LatencyKind.allCases)
  func oneScatteredRank(kind: LatencyKind) throws {
    try forRandomRanks(20) { ranks, seed in
      let rank = shortened(ranks)[0]
      let scattered = scattered([rank], seed: seed)
      let passes = try Simulator().scattered(scattered, kind, passes: 5).latencies
      let program = kind == .synchronized ? rank.program.synchronized : rank.program
      let counts = ProgramCounts(program)
      let warmUp = kind == .synchronized ? 0 : Simulator().warmUpPasses(counts, rank.table)
      let marks = try Simulator(method: .events).run(
        program, counts, rank.table, passes: warmUp + 5, recordFrom: .max, jitter: scattered[0].jitter
      ).model.marks.map(\.time)
      let times = ([.zero] + marks).suffix(6)
      #expect(passes == zip(times, times.dropFirst()).map { $1 - $0 }, "seed \(seed)")
    }
  }

  @Test("Ranks in another order take the same")
  func permuted() throws {
    try forRandomRanks(60, Self.allShapes, atLeast: 2) { ranks, seed in
      let ranks = scattered(shortened(ranks), seed: seed)
      var random = SeededGenerator(seed: seed)
      let order = ranks.indices.shuffled(using: &random)
      let run = try Simulator().run(ranks, passes: 3)
      let other = try Simulator().run(order.map { ranks[$0] }, passes: 3)
      for (place, rank) in order.enumerated() {
        let (one, same) = (run.outcomes[rank], other.outcomes[place])
        #expect(one.marks.map(\.time) == same.marks.map(\.time), "seed \(seed)")
        #expect(one.marks.map(\.deviceBusy) == same.marks.map(\.deviceBusy), "seed \(seed)")
        #expect(one.collectiveTimes == same.collectiveTimes, "seed \(seed)")
        // Where two paths are of one length, either account is right.
        if seed / 4 % 3 == 2 { #expect(one.marks == same.marks, "seed \(seed)") }
      }
      // Which pass a collective of no time belongs to, at the moment at which one ends, depends on the order of ranks.
      let drifts = [run, other].map { $0.drifts.reduce(into: RankDrift.none) { $0.add($1) } }
      #expect(drifts[0] == drifts[1], "seed \(seed)")
    }
  }

  @Test("Longer transfers, and a slower host of any rank, make no pass of any rank faster")
  func monotone() throws {
    try forRandomRanks(30, atLeast: 2) { ranks, seed in
      func times(_ ranks: [Rank]) throws -> [Picoseconds] {
        try Simulator().run(ranks, passes: 3).outcomes.flatMap { $0.marks.map(\.time) }
      }
      let base = try times(ranks)
      let costs = [0, 10, 14, 15]
      for rank in ranks.indices {
        for cost in costs {
          var slower = ranks
          slower[rank].table.costs[cost].duration += 1 + ranks[rank].table.costs[cost].duration / 3
          if try zip(base, times(slower)).contains(where: { $0 > $1 }) {
            Issue.record("seed \(seed), rank \(rank), cost \(cost)")
          }
        }
      }
    }
  }

  @Test("Others never make a rank faster")
  func company() throws {
    try forRandomRanks(60, atLeast: 2) { ranks, seed in
      let together = try Simulator().run(ranks, passes: 3)
      for (rank, outcome) in together.outcomes.enumerated() {
        let alone = try Simulator(method: .events).marks(ranks[rank].program, ranks[rank].table, passes: 3)
        if zip(alone, outcome.marks).contains(where: { $0.time > $1.time }) { Issue.record("seed \(seed), \(rank)") }
      }
    }
  }

  @Test(
    "The parts sum to the latency, none is negative, and no device is busy for longer", arguments: LatencyKind.allCases)
  func breakdown(kind: LatencyKind) throws {
    try forRandomRanks(80, Self.allShapes) { ranks, seed in
      guard ranks[0].counts.instructions < 400 else { return }
      let ranks = seed % 3 == 0 ? ranks : scattered(shortened(ranks), seed: seed)
      let timing = try Simulator().time(ranks, kind)
      if timing.account.wrappedSum() != timing.latency.count || timing.account.min() < 0 {
        Issue.record("seed \(seed): \(timing.summary)")
      }
      if timing.deviceBusy < 0 || timing.deviceBusy > timing.latency { Issue.record("seed \(seed): \(timing.summary)") }
      for share in timing.ranks {
        #expect(share.collectives.waiting >= 0 && share.collectives.transfer >= 0, "seed \(seed)")
      }
      #expect(timing.drift.mean <= timing.drift.largest, "seed \(seed)")
      let passes = try Simulator().scattered(ranks, kind, passes: 7)
      let sum = passes.latencies.reduce(0, +)
      #expect(passes.latencies.count == 7 && passes.mean.latency == sum / 7, "seed \(seed)")
      #expect(passes.mean.account.wrappedSum() == passes.mean.latency.count, "seed \(seed)")
    }
  }

  @Test("What a device waits is the drift of others: over the ranks, the earliest waits for the latest")
  func waiting() throws {
    try forRandomRanks(40, atLeast: 2) { ranks, seed in
      let run = try Simulator().run(scattered(shortened(ranks), seed: seed), passes: 1)
      let drift = run.drifts[0]
      let waits = run.outcomes.map { $0.collectiveTimes[0].waiting }
      #expect(waits.reduce(0, +) >= drift.sum && waits.allSatisfy { $0 <= drift.sum }, "seed \(seed)")
      #expect(Set(run.outcomes.map { $0.collectiveTimes[0].transfer.count }).count == 1, "seed \(seed)")
    }
  }

  @Test("A host that scatters is busy for what its spans last")
  func hostBusy() throws {
    try forRandomRanks(20) { ranks, seed in
      let ranks = scattered(shortened(ranks), seed: seed)
      let timing = try Simulator(recordsTimeline: true).time(ranks, .synchronized)
      for share in timing.ranks {
        let spans = share.timeline?.spans.filter { $0.lane == .host } ?? []
        #expect(share.hostBusy == spans.reduce(0) { $0 + ($1.end - $1.start) }, "seed \(seed)")
      }
    }
  }

  @Test("A seed gives its run again, on any thread; another seed gives another")
  func determinism() async throws {
    let ranks = shortened(RandomRanks(seed: 11, .severalStreams, .tieFree, count: 5).ranks)
    let simulator = Simulator(recordsTimeline: true)
    let (one, other) = (scattered(ranks, seed: 1), scattered(ranks, seed: 2))
    let first = try simulator.scattered(one, .steadyState, passes: 6)
    #expect(try simulator.scattered(other, .steadyState, passes: 6) != first)
    try await withThrowingTaskGroup(of: RankedPasses.self) { group in
      for _ in 0..<4 { group.addTask { try simulator.scattered(one, .steadyState, passes: 6) } }
      for try await passes in group { #expect(passes == first) }
    }
  }

  @Test("Drift is there eagerly, and none under a graph but at its first collective")
  func graphs() throws {
    let table = RankSpeedTests.table
    let layers = 20
    let eager = RankSpeedTests.decoder(layers: layers)
    var graph = Program([Instruction(.launchGraph, operand: 4), Instruction(.beginLoop, operand: layers)])
    graph.instructions += [Instruction(.node, operand: 0), Instruction(.node, operand: 2)]
    graph.instructions.append(Instruction(.endLoop, operand: 2))
    func drift(_ program: Program) throws -> RankDrift {
      let ranks = scattered((0..<8).map { _ in Rank(program, table) }, seed: 5, by: 0.1)
      return try Simulator().scattered(ranks, .synchronized, passes: 1).mean.drift
    }
    let (free, captured) = (try drift(eager), try drift(graph))
    #expect(free.count == layers && captured.count == layers)
    #expect(captured.largest > 0 && captured.sum == captured.largest, "only the first")
    #expect(free.sum > free.largest * 5)
  }
}
