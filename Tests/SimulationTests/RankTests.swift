import EventEngine
import Profiles
import Roofline
import SampleModels
import TestSupport
import Testing
import Workloads

@testable import Simulation

/// Several ranks that meet in collectives, computed by hand.
@Suite("Ranks")
struct RankTests {
  /// Call 3, latency 2, gap 1, synchronization 7; kernels of 20 and 30, a collective of 50, and host work.
  private func table(work: Picoseconds = 0, collective: Picoseconds = 50) -> CostTable {
    var table = CostTable()
    table.costs = [
      Cost(20, .compute), Cost(30, .memory), Cost(collective, .communication), Cost(work, .dispatch),
    ]
    table.channels = [-1, -1, 0]
    table.launch.call = Cost(3, .launch)
    table.launch.latency = Cost(2, .launch)
    table.launch.kernelGap = Cost(1, .kernelGap)
    table.launch.graphCall = Cost(4, .launch)
    table.launch.graphLatency = Cost(5, .launch)
    table.launch.graphKernelGap = Cost(2, .kernelGap)
    table.launch.synchronization = Cost(7, .synchronization)
    return table
  }

  /// Nothing but kernels of 20 and 30, and transfers of 4 in channels 0 and 1.
  private var deviceTable: CostTable {
    var table = CostTable()
    table.costs = [Cost(20, .compute), Cost(30, .memory), Cost(4, .communication), Cost(4, .communication)]
    table.channels = [-1, -1, 0, 1]
    return table
  }

  private let collective = Instruction(.collective, operand: 2)

  @Test("A slow host keeps the other waiting, and the critical path says so")
  func drift() throws {
    let program = Program([Instruction(.work, operand: 3), collective, Instruction(.launch, operand: 0)])
    let timing = try Simulator().time(
      [Rank(program, table(work: 10)), Rank(program, table(work: 40))], .synchronized)
    // Starts at 10 + 5 and 40 + 5; both end at 45 + 50, and then a gap, 20 and the synchronization.
    #expect(timing.latency.count == 95 + 1 + 20 + 7)
    #expect(timing.time(in: .dispatch) == 40 && timing.time(in: .launch) == 5)
    #expect(timing.time(in: .communication) == 50 && timing.time(in: .compute) == 20)
    #expect(timing.ranks.map(\.collectives.waiting) == [30, 0])
    #expect(timing.ranks.map(\.collectives.transfer) == [50, 50])
    #expect(timing.ranks.map(\.deviceBusy) == [100, 70])
    #expect(timing.ranks.map(\.hostBusy) == [23, 53])
    #expect(timing.drift.mean == 30 && timing.drift.largest == 30 && timing.drift.count == 1)
    // Both are done at once: the lowest counts.
    #expect(timing.lastRank == 0 && timing.deviceBusy == 100)
  }

  @Test("Behind the collective the rank that has more to do is the last")
  func lastRank() throws {
    let shorter = Program([Instruction(.work, operand: 3), collective])
    let longer = Program([Instruction(.work, operand: 3), collective, Instruction(.launch, operand: 1)])
    let timing = try Simulator().time(
      [Rank(shorter, table(work: 40)), Rank(longer, table(work: 10))], .synchronized)
    #expect(timing.latency.count == 45 + 50 + 1 + 30 + 7 && timing.lastRank == 1)
    #expect(timing.time(in: .dispatch) == 40 && timing.time(in: .memory) == 30)
    #expect(timing.deviceBusy == 110)
  }

  @Test("The longest of the ranks' durations counts, and its account")
  func durations() throws {
    let program = Program([collective])
    var longer = table(collective: 80)
    longer.costs[2].account = Cost(80, .copy).account
    let timing = try Simulator().time([Rank(program, table()), Rank(program, longer)], .synchronized)
    #expect(timing.latency.count == 5 + 80 + 7 && timing.time(in: .copy) == 80)
    #expect(timing.ranks.map(\.collectives.transfer) == [80, 80])
  }

  @Test("Of ranks that come at once the lowest one's account goes on, of equal collectives the lowest one's")
  func ties() throws {
    let program = Program([Instruction(.work, operand: 3), collective])
    var other = table(work: 10)
    other.costs[3] = Cost(10, .memory)
    other.costs[2].account = Cost(50, .copy).account
    let timing = try Simulator().time([Rank(program, table(work: 10)), Rank(program, other)], .synchronized)
    #expect(timing.time(in: .dispatch) == 10 && timing.time(in: .communication) == 50)
    let swapped = try Simulator().time([Rank(program, other), Rank(program, table(work: 10))], .synchronized)
    #expect(swapped.time(in: .memory) == 10 && swapped.time(in: .copy) == 50)
  }

  @Test("In a graph the nodes behind the first collective are in step")
  func graph() throws {
    let program = Program([
      Instruction(.work, operand: 3), Instruction(.launchGraph, operand: 4), Instruction(.node, operand: 0),
      Instruction(.node, operand: 2), Instruction(.node, operand: 1), Instruction(.node, operand: 2),
    ])
    let timing = try Simulator().time(
      [Rank(program, table(work: 10)), Rank(program, table(work: 40))], .synchronized)
    // From 40 + 4 + 5: 20, 50, 30, 50, with gaps of 2.
    #expect(timing.latency.count == 49 + 20 + 2 + 50 + 2 + 30 + 2 + 50 + 7)
    #expect(timing.ranks.map(\.collectives.waiting) == [30, 0])
    #expect(timing.drift.count == 2 && timing.drift.largest == 30 && timing.drift.mean == 15)
    #expect(timing.time(in: .communication) == 100 && timing.time(in: .dispatch) == 40)
  }

  @Test("While it waits the stream and the device are busy, and kernels of other streams have the units for themselves")
  func besideKernels() throws {
    let program = Program(
      [
        Instruction(.work, operand: 3), Instruction(.collective, operand: 2, stream: 1),
        Instruction(.launch, operand: 0, stream: 1), Instruction(.launch, operand: 1),
      ], streams: 2)
    let timing = try Simulator().time(
      [Rank(program, table(work: 0)), Rank(program, table(work: 100))], .synchronized)
    // Rank 0 waits from 5 to 105; its other kernel runs from 11 to 41 meanwhile. The end is at 155 on both.
    #expect(timing.ranks.map(\.collectives.waiting) == [100, 0])
    #expect(timing.ranks.map(\.deviceBusy) == [170, 70])
    #expect(timing.latency.count == 155 + 1 + 20 + 7)
  }

  @Test("Of what ends at one moment that comes first which was decided on first, whenever the other ranks come")
  func places() throws {
    let program = Program(
      [
        collective, Instruction(.work, operand: 3), Instruction(.launch, operand: 1, stream: 1),
        Instruction(.waitForStream, operand: 0, stream: 2), Instruction(.waitForStream, operand: 1, stream: 2),
        Instruction(.launch, operand: 0, stream: 2),
      ], streams: 3)
    // The collective runs 5...55 and the kernel 25...55; what waits for both goes on from the one that ends second.
    let alone = try Simulator(method: .events).time(program, table(work: 17), .synchronized)
    #expect(alone.latency.count == 55 + 20 + 7 && alone.time(in: .memory) == 30 && alone.time(in: .dispatch) == 17)
    let rank = Rank(program, table(work: 17))
    #expect(try Simulator(method: .events).time([rank, rank], .synchronized).summary == alone.summary)
  }

  @Test("A node that ranks do together leaves the units to others, with one rank as with several")
  func nodeBesideKernel() throws {
    let program = Program(
      [
        Instruction(.launchGraph, operand: 1, stream: 1), Instruction(.node, operand: 2),
        Instruction(.launch, operand: 1),
      ], streams: 2)
    // The node runs 9...59, the kernel 9...39.
    let alone = try Simulator().time(program, table(), .synchronized)
    #expect(alone.latency.count == 59 + 7 && alone.deviceBusy == 50)
    let rank = Rank(program, table())
    #expect(try Simulator(method: .events).time([rank, rank], .synchronized).summary == alone.summary)
  }

  /// Two stages, two microbatches; the host takes no time.
  @Test("The second stage of a pipeline waits for the first, and the first for the second")
  func pipeline() throws {
    let first = Program(
      [
        Instruction(.beginLoop, operand: 2), Instruction(.launch, operand: 0), collective,
        Instruction(.endLoop, operand: 2),
      ])
    let second = Program(
      [
        Instruction(.beginLoop, operand: 2), collective, Instruction(.launch, operand: 1),
        Instruction(.endLoop, operand: 2),
      ])
    let timing = try Simulator().time([Rank(first, deviceTable), Rank(second, deviceTable)], .synchronized)
    // First: 0-20, transfer 20-24, 24-44, waits from 44. Second: waits from 0, 24-54, transfer 54-58, 58-88.
    #expect(timing.latency.count == 88 && timing.lastRank == 1)
    #expect(timing.ranks.map(\.collectives.waiting) == [10, 20])
    #expect(timing.ranks.map(\.collectives.transfer) == [8, 8])
    #expect(timing.time(in: .compute) == 20 && timing.time(in: .memory) == 60 && timing.time(in: .communication) == 8)
    #expect(timing.drift.largest == 20 && timing.drift.mean == 15)
    // Passes back to back: one more takes what the slower stage does, twice its kernel and twice the transfer.
    let steady = try Simulator().time([Rank(first, deviceTable), Rank(second, deviceTable)], .steadyState)
    #expect(steady.latency.count == 2 * (30 + 4) && steady.time(in: .memory) == 60)
  }

  @Test("In the long run the slowest rank is the last, and of passes until then no device is busy for longer")
  func slowest() throws {
    // Rank 0 begins 50 later and takes 10 a pass, rank 1 takes 15: the eighth passes end at 130 and 120.
    func rank(_ kernel: Picoseconds, latency: Picoseconds) -> Rank {
      var table = CostTable()
      table.costs = [Cost(kernel, .compute)]
      table.launch.latency = Cost(latency, .launch)
      table.queueDepth = 6
      return Rank(Program([Instruction(.launch, operand: 0)]), table)
    }
    let ranks = [rank(10, latency: 50), rank(15, latency: 0)]
    let steady = try Simulator().time(ranks, .steadyState)
    #expect(steady.latency == 15 && steady.deviceBusy == 15 && steady.lastRank == 1 && steady.time(in: .compute) == 15)
    let passes = try Simulator().scattered(ranks, .steadyState, passes: 16)
    #expect(passes.latencies.first == 10 && passes.latencies.last == 15)
    #expect(passes.latencies.reduce(0, +) == 360 - 130 && passes.mean.latency == 14)
    #expect(passes.mean.deviceBusy == 14 && passes.mean.ranks.map(\.deviceBusy) == [10, 15])
    #expect(passes.mean.account.wrappedSum() == 14 && passes.mean.account.min() >= 0)
  }

  @Test("Channels are sets of ranks: pairs that do not wait for the others, and all of them")
  func subsets() throws {
    // Ranks 0 and 1, and 2 and 3, meet in pairs; then all four.
    let program = Program([Instruction(.work, operand: 4), collective, Instruction(.collective, operand: 3)])
    let ranks = (0..<4).map { rank in
      var table = deviceTable
      table.costs.append(Cost([10, 20, 30, 70][rank], .dispatch))
      table.channels = [-1, -1, rank < 2 ? 7 : 5, 100]
      return Rank(program, table)
    }
    let timing = try Simulator().time(ranks, .synchronized)
    // The pairs end at 24 and 74, all at 78.
    #expect(timing.latency.count == 78)
    #expect(timing.ranks.map(\.collectives.waiting) == [60, 50, 40, 0])
    #expect(timing.drift.count == 3 && timing.drift.largest == 50 && timing.drift.sum == 100)
  }

  @Test("Ranks that disagree on their collectives wait for ever, and that is said")
  func deadlock() throws {
    let (one, other) = (collective, Instruction(.collective, operand: 3))
    func time(_ first: [Instruction], _ second: [Instruction]) throws -> Picoseconds {
      try Simulator().time([Rank(Program(first), deviceTable), Rank(Program(second), deviceTable)], .synchronized)
        .latency
    }
    #expect(try time([one, other], [one, other]) == 8)
    #expect(throws: SimulationFault.neverEnds) { try time([one, other], [other, one]) }
    #expect(throws: SimulationFault.neverEnds) { try time([one, one], [one]) }
    // The same costs, but each rank has the channels the other way round: they are not alike.
    var renamed = deviceTable
    renamed.channels = [-1, -1, 1, 0]
    let program = Program([one, other])
    #expect(throws: SimulationFault.neverEnds) {
      try Simulator().time([Rank(program, deviceTable), Rank(program, renamed)], .synchronized)
    }
    #expect(throws: SimulationFault.neverEnds) { try time([one, other], [Instruction(.launch, operand: 0)]) }
  }

  @Test("A run that is too long for the clock, or for the limit on events, is refused")
  func limits() throws {
    let program = Program([Instruction(.beginLoop, operand: 9), collective, Instruction(.endLoop, operand: 1)])
    let ranks = [Rank(program, table()), Rank(program, table(collective: 60))]
    #expect(throws: SimulationFault.eventLimitReached(limit: 30)) {
      try Simulator(eventLimit: 30).time(ranks, .synchronized)
    }
    // Three events for a launch where streams run beside one another: more than there are instructions.
    let streams = Program(
      (0..<10).map { Instruction(.launch, operand: $0 % 2, stream: $0 % 2) } + [collective], streams: 2)
    let pair = [Rank(streams, table()), Rank(streams, table(collective: 60))]
    #expect(try Simulator(eventLimit: 100).time(pair, .synchronized).events > 40)
    #expect(throws: SimulationFault.eventLimitReached(limit: 40)) {
      try Simulator(eventLimit: 40).time(pair, .synchronized)
    }
    let long = table(collective: Picoseconds(1 << 58))
    #expect(throws: SimulationFault.self) {
      try Simulator().time([Rank(program, long), Rank(program, table())], .synchronized)
    }
    // Each rank alone is short enough; each begins when the one before is done, and so together they are not.
    let stage = Program([
      Instruction(.collective, operand: 1), Instruction(.synchronize, operand: 0), Instruction(.work, operand: 3),
      collective,
    ])
    let stages = (0..<5).map { index in
      var table = table(work: Picoseconds(1 << 59))
      table.channels = [-1, Int32(index), Int32(index + 1)]
      return Rank(stage, table)
    }
    #expect(try Simulator().time(Array(stages.prefix(3)), .synchronized).latency > Picoseconds(3 << 59))
    #expect {
      try Simulator().time(stages, .synchronized)
    } throws: { error in
      if case .tooLong? = error as? SimulationFault { true } else { false }
    }
  }

  @Test("The timeline of each rank shows its collectives with their waits, beside its host")
  func timeline() throws {
    let program = Program([Instruction(.work, operand: 3), collective])
    let timing = try Simulator(recordsTimeline: true).time(
      [Rank(program, table(work: 10)), Rank(program, table(work: 40))], .synchronized)
    let spans = timing.ranks.map { $0.timeline?.spans.filter { $0.lane == .stream(0) } ?? [] }
    #expect(spans[0].map(\.start) == [15] && spans[0].map(\.end) == [95])
    #expect(spans.joined().map(\.waiting) == [30, 0])
    #expect(spans[1].map(\.start) == [45] && spans[1].map(\.end) == [95])
    #expect(spans.joined().allSatisfy { $0.category == .communication && $0.cost == 2 })
    let host = timing.ranks.map { $0.timeline?.spans.filter { $0.lane == .host }.count ?? 0 }
    #expect(host == [3, 3])
    #expect(timing.timing.timeline == timing.ranks[0].timeline)
  }

  @Test("Recordings of several threads are replayed together as they stand")
  func replay() throws {
    // On rank 0 the second thread launches once the first has worked; rank 1 has one thread.
    var threads = Program([
      Instruction(.work, operand: 3), Instruction(.signal, operand: 0), Instruction(.awaitSignal, operand: 0),
      collective,
      Instruction(.launch, operand: 0),
    ])
    threads.threadStarts = [0, 2]
    let timing = try Simulator().replay([
      Rank(threads, table(work: 60)),
      Rank(Program([collective, Instruction(.synchronizeStream, operand: 0)]), table()),
    ])
    #expect(timing.latency.count == 65 + 50 + 1 + 20 && timing.lastRank == 0)
    #expect(timing.ranks.map(\.collectives.waiting) == [0, 60])
    #expect(timing.time(in: .dispatch) == 60)
  }

  @Test("A planned pass on ranks that are alike is what the scenario says", arguments: LatencyKind.allCases)
  func planned(kind: LatencyKind) throws {
    let text = #"""
      {"schema":"workload/1","name":"s","parameters":{"batch":1},"program":[{"repeat":50,"program":[
        {"operator":"aten::relu","inputs":[[8]],"outputs":[[8]]}]}]}
      """#
    let workload = try Workload(bytes: Array(text.utf8), file: "s.json").bind()
    let scenario = try Scenario(workload: workload, system: Sample.system(), precision: .fp32, latencyKind: kind)
    let plan = scenario.plan()
    let rank = Rank(plan, scenario.price(plan))
    let latency = try scenario.simulate().latency
    #expect(try Simulator().time([rank, rank], kind).latency == latency)
    #expect(try Simulator().scattered([rank, rank], kind, passes: 3).latencies == [latency, latency, latency])
  }
}
