import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

/// Loops and passes that are left once the state of several streams comes back, against an engine that runs them out.
@Suite("The state of several streams comes back", .tags(.slow))
struct StateTests {
  struct Family: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: ProgramShape
    let seeds: UInt64
  }

  static let families = [
    Family(testDescription: "short loops", shape: .severalStreams, seeds: 60),
    Family(testDescription: "short loops that share", shape: .sharing, seeds: 120),
    Family(testDescription: "long loops", shape: .longLoops, seeds: 60),
    Family(testDescription: "streams alone", shape: .streamsAlone, seeds: 120),
  ]

  @Test("Every method gives the same pass", arguments: families, DurationRange.allCases)
  func methods(family: Family, durations: DurationRange) throws {
    var compared = 0
    for seed in LawSeeds.range(family.seeds) {
      let random = RandomProgram(seed: seed, family.shape, durations)
      guard random.program.streamCount > 1, ProgramCounts(random.program).instructions < 3_000 else { continue }
      compared += 1
      for kind in LatencyKind.allCases {
        var expected = try Simulator(method: .events).time(random.program, random.table, kind)
        for simulator in [Simulator(), Simulator(method: .recurrence), .counted] {
          let timing = try simulator.time(random.program, random.table, kind)
          expected.events = timing.events
          if timing != expected { Issue.record("seed \(seed), \(kind), \(simulator): \(timing), not \(expected)") }
        }
      }
    }
    #expect(compared > 20)
  }

  @Test("Streams that drift apart in their accounts keep parts that are none below zero and sum to the whole")
  func drift() throws {
    for seed in LawSeeds.range(300) {
      let random = RandomProgram(seed: seed, .streamsAlone, DurationRange.allCases[Int(seed % 3)])
      let counts = ProgramCounts(random.program)
      guard counts.instructions < 1_000 else { continue }
      let timing = try Simulator().time(random.program, random.table, .steadyState)
      #expect(
        timing.account.min() >= 0 && timing.account.wrappedSum() == timing.latency.count, "seed \(seed): \(timing)")
    }
  }

  @Test("Two streams that share the device: the parts are those of one of them")
  func twoStreams() throws {
    // Each pass runs a kernel of 10 on either stream, side by side, in 20; the host only waits for room in the queues.
    var table = CostTable()
    table.costs = [Cost(10, .compute), Cost(10, .memory)]
    table.queueDepth = 1
    let program = Program([Instruction(.launch, operand: 0), Instruction(.launch, operand: 1, stream: 1)], streams: 2)
    let timing = try Simulator().time(program, table, .steadyState)
    #expect(timing.latency == 20 && timing.deviceBusy == 20)
    #expect([timing[.compute], timing[.memory]].sorted() == [0, 20])
  }

  @Test("A hundred million rounds on two streams are not run out", arguments: LatencyKind.allCases)
  func longLoop(kind: LatencyKind) throws {
    // The host takes 2 x (700 + 300) a round and each stream less; the last kernel starts 50 after its call.
    var table = CostTable()
    table.costs = [Cost(700, .dispatch), Cost(400, .compute), Cost(300, .memory)]
    table.launch.call = Cost(300, .launch)
    table.launch.latency = Cost(50, .launch)
    table.launch.kernelGap = Cost(10, .kernelGap)
    table.launch.synchronization = Cost(5, .synchronization)
    let body = [
      Instruction(.work, operand: 0), Instruction(.launch, operand: 1),
      Instruction(.waitForStream, operand: 0, stream: 1),
      Instruction(.work, operand: 0), Instruction(.launch, operand: 2, stream: 1),
    ]
    let inner = [Instruction(.beginLoop, operand: 10_000)] + body + [Instruction(.endLoop, operand: body.count)]
    let program = Program(
      [Instruction(.beginLoop, operand: 10_000)] + inner + [Instruction(.endLoop, operand: inner.count)], streams: 2)
    let timing = try Simulator().time(program, table, kind)
    let tail: Picoseconds = kind == .synchronized ? 50 + 300 + 5 : 0
    #expect(timing.latency == 100_000_000 * 2_000 + tail)
    #expect(timing.deviceBusy.count == 100_000_000 * 700)
    #expect(timing[.dispatch].count == 100_000_000 * 1_400)
    #expect(timing.events < 1_000)
  }

  @Test("A graph of a hundred million nodes beside a copy is not run out")
  func longGraph() throws {
    var table = CostTable()
    table.costs = [Cost(70, .compute), Cost(1_000, .copy)]
    table.launch.graphKernelGap = Cost(3, .kernelGap)
    let graph = [
      Instruction(.launchGraph, operand: 3), Instruction(.beginLoop, operand: 100_000_000),
      Instruction(.node, operand: 0), Instruction(.endLoop, operand: 1),
    ]
    let program = Program([Instruction(.copy, operand: 1, stream: 1)] + graph, streams: 2)
    let timing = try Simulator().time(program, table, .synchronized)
    #expect(timing.latency.count == 100_000_000 * 73 - 3)
    #expect(timing.deviceBusy.count == 100_000_000 * 70 && timing[.compute] == timing.deviceBusy)
    #expect(timing.events < 1_000)
  }

  @Test("Every pass is complete at the same time, by the same account", arguments: families, DurationRange.allCases)
  func marks(family: Family, durations: DurationRange) throws {
    for seed in LawSeeds.range(family.seeds) {
      let random = RandomProgram(seed: seed, family.shape, durations)
      guard ProgramCounts(random.program).instructions < 3_000 else { continue }
      let expected = try Simulator(method: .events).marks(random.program, random.table, passes: 5)
      let marks = try Simulator().marks(random.program, random.table, passes: 5)
      if marks != expected { Issue.record("seed \(seed): \(marks), not \(expected)") }
    }
  }
}
