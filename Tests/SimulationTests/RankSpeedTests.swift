import EventEngine
import Profiles
import Roofline
import TestSupport
import Testing

@testable import Simulation

/// What many ranks cost: counted in events, which take the same time on any machine.
@Suite("Many ranks")
struct RankSpeedTests {
  /// Host work of 10 us, kernels of 5 us, all-reduces of 8 us in channel 0, transfers of 2 us.
  static var table: CostTable {
    var table = CostTable()
    table.costs = [
      Cost(5_000_000, .memory), Cost(10_000_000, .dispatch), Cost(8_000_000, .communication),
      Cost(2_000_000, .communication), Cost(2_000_000, .communication),
    ]
    table.channels = [-1, -1, 0]
    table.launch.call = Cost(2_000_000, .launch)
    table.launch.latency = Cost(3_000_000, .launch)
    table.launch.kernelGap = Cost(1_000_000, .kernelGap)
    table.launch.graphCall = Cost(5_000_000, .launch)
    table.launch.graphLatency = Cost(3_000_000, .launch)
    table.launch.graphKernelGap = Cost(1_000_000, .kernelGap)
    table.launch.synchronization = Cost(4_000_000, .synchronization)
    return table
  }

  /// Layers of some kernels and an all-reduce.
  static func decoder(layers: Int, kernels: Int = 4) -> Program {
    let layer =
      (0..<kernels).flatMap { _ in [Instruction(.work, operand: 1), Instruction(.launch, operand: 0)] }
      + [Instruction(.work, operand: 1), Instruction(.collective, operand: 2)]
    return Program(
      [Instruction(.beginLoop, operand: layers)] + layer + [Instruction(.endLoop, operand: layer.count)])
  }

  private func scattered(_ count: Int, _ program: Program) -> [Rank] {
    var jitter = HostJitter()
    (jitter.deviation, jitter.stallProbability, jitter.stallMean) = (0.2, 0.01, 3)
    return (0..<count).map { Rank(program, Self.table, jitter: JitterSource(jitter, seed: 1, rank: UInt64($0))) }
  }

  @Test("Eight ranks with jitter take at most ten times the events of one", arguments: LatencyKind.allCases)
  func eight(kind: LatencyKind) throws {
    let program = Self.decoder(layers: 32)
    let one = try Simulator().time(scattered(1, program), kind)
    let eight = try Simulator().time(scattered(8, program), kind)
    #expect(one.events > 32 && eight.events <= 10 * one.events, "\(eight.events) of \(one.events)")
    // What is said of collectives is that of the measured passes: each has 32, of 8 us and what is waited.
    let passes = kind == .synchronized ? 1 : 16
    #expect(eight.drift.count == 32 * passes && eight.drift.mean > 0)
    #expect(eight.ranks.allSatisfy { $0.collectives.transfer == 32 * 8_000_000 })
    #expect(eight.ranks.allSatisfy { $0.collectives.waiting < eight.latency / 2 })
    #expect(one.ranks[0].collectives == CollectiveTime(transfer: 32 * 8_000_000, waiting: 0))
  }

  /// Stages that receive, compute and send, for each of some microbatches.
  static func pipeline(_ stages: Int, microbatches: Int, kernels: Int) -> [Rank] {
    (0..<stages).map { stage in
      var body = stage > 0 ? [Instruction(.collective, operand: 3)] : []
      for _ in 0..<kernels { body += [Instruction(.work, operand: 1), Instruction(.launch, operand: 0)] }
      if stage < stages - 1 { body.append(Instruction(.collective, operand: 4)) }
      let program = Program(
        [Instruction(.beginLoop, operand: microbatches)] + body + [Instruction(.endLoop, operand: body.count)])
      var table = table
      table.channels = [-1, -1, -1, Int32(stage), Int32(stage + 1)]
      return Rank(program, table)
    }
  }

  @Test("A pipeline of 1,024 stages: the time by hand, an event for each job and a few for each wait")
  func pipeline() throws {
    let (stages, microbatches, kernels) = (1_024, 4, 6)
    let ranks = Self.pipeline(stages, microbatches: microbatches, kernels: kernels)
    let timing = try Simulator().time(ranks, .synchronized)
    // The first stage's host needs 6 x 12 us until its last kernel is launched, which arrives 3 us later and takes 5; a
    // gap of 1.
    let first = 6 * 12 + 3 + 5 + 1
    // The other hosts are done by then: each stage adds a transfer of 2 and six kernels of 5, with gaps of 1 around
    // them.
    let stage = 2 + 6 * 5 + 7
    let last = first + 1_022 * stage + 2 + 6 * 6
    // The other microbatches follow at the pace of the first stage's host, 6 x 12 + 2; and the synchronization takes 4.
    let all = last + 3 * 74 + 4
    #expect(timing.latency == Picoseconds(Int64(all) * 1_000_000))
    #expect(timing.account.wrappedSum() == timing.latency.count)
    let jobs = stages * microbatches * (kernels + 2)
    #expect(timing.events < 2 * jobs, "\(timing.events) events for \(jobs) jobs")
  }
}
