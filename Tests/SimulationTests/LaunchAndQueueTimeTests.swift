import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("From a launch to its kernel's start, added up")
struct LaunchAndQueueTimeTests {
  /// Dispatch 10; kernels of 4 and 50, a copy of 4; call 3, latency 2, gap 1; graph call 20, latency 5, gap 2; synchronization 7.
  private func table(queueDepth: Int = 1_024) -> CostTable {
    var table = CostTable()
    table.costs = [Cost(10, .dispatch), Cost(4, .compute), Cost(50, .memory), Cost(4, .copy)]
    table.launch.call = Cost(3, .launch)
    table.launch.latency = Cost(2, .launch)
    table.launch.kernelGap = Cost(1, .kernelGap)
    table.launch.graphCall = Cost(20, .launch)
    table.launch.graphLatency = Cost(5, .launch)
    table.launch.graphKernelGap = Cost(2, .kernelGap)
    table.launch.synchronization = Cost(7, .synchronization)
    table.queueDepth = queueDepth
    return table
  }

  private func time(_ program: Program, _ table: CostTable, _ kind: LatencyKind = .steadyState) throws -> Int64? {
    let program = kind == .synchronized ? program.synchronized : program
    return try Simulator().launchAndQueueTime(program, ProgramCounts(program), table, kind)?.count
  }

  @Test("Where the host is waited for it is the call and the latency of each kernel, and copies are none")
  func hostBound() throws {
    let pair = [Instruction(.work, operand: 0), Instruction(.launch, operand: 1)]
    #expect(try time(Program(pair + pair + pair), table()) == 3 * (3 + 2))
    #expect(try time(Program(pair + [Instruction(.copy, operand: 3)]), table()) == 3 + 2)
  }

  @Test("Where the device is waited for, every launch finds the queue full")
  func deviceBound() throws {
    // Launch n is made once job n - 3 has ended, 10 having been spent before; its kernel starts once n - 1 has, and a gap.
    let program = Program([Instruction(.work, operand: 0), Instruction(.launch, operand: 2)])
    #expect(try time(program, table(queueDepth: 3)) == 2 * 51 + 1)
    #expect(try time(program, table(queueDepth: 1_000)) == 999 * 51 + 1)
    // From an idle system on, the first starts behind its call and the second 51 behind that; its call began 13 later.
    let pair = Program(program.instructions + program.instructions)
    #expect(try time(pair, table(), .synchronized) == 5 + (5 + 51 - 13))
  }

  @Test("A graph's nodes count from the graph's call, through loops")
  func graph() throws {
    // Nodes start at 0, 6, 12, 18, 24 and 76 behind the graph's own start, which is 25 behind the call.
    let nodes = [
      Instruction(.beginLoop, operand: 2), Instruction(.node, operand: 1), Instruction(.node, operand: 1),
      Instruction(.endLoop, operand: 2), Instruction(.node, operand: 2), Instruction(.node, operand: 1),
    ]
    let program = Program([Instruction(.launchGraph, operand: nodes.count)] + nodes)
    // The long node starts at 4 x 6, the last one 52 later.
    let offsets: Int64 = 0 + 6 + 12 + 18 + 24 + 76
    let found = try time(program, table(), .synchronized)
    #expect(found == 6 * 25 + offsets)
  }

  @Test("Streams of their own: from each one's call")
  func streams() throws {
    let program = Program(
      [
        Instruction(.launch, operand: 1), Instruction(.launch, operand: 1, stream: 1),
        Instruction(.copy, operand: 3, stream: 1),
      ], streams: 2)
    #expect(try time(program, table(), .synchronized) == 2 * (3 + 2))
  }

  @Test("A host alone launches nothing")
  func hostAlone() throws {
    #expect(try time(Program([Instruction(.hostKernel, operand: 1)]), table()) == nil)
  }

  /// The same from what happened, event by event: kernels of the passes from one on, by the calls that launched them.
  private func naive(_ program: Program, _ table: CostTable, from first: Int, passes: Int) throws -> Int128 {
    let counts = ProgramCounts(program)
    let simulator = Simulator(recordsTimeline: true, method: .events)
    let spans = try simulator.run(program, counts, table, passes: first + passes, recordFrom: first).model.spans
    var calls: [Int: Picoseconds] = [:]
    for span in spans where span.lane == .host && span.category == .launch { calls[span.correlation] = span.start }
    var sum: Int128 = 0
    for span in spans where span.lane != .host && counts.kernelUses[span.cost] > 0 {
      let call = try #require(calls[span.correlation])
      sum += Int128((span.start - call).count)
    }
    return sum
  }

  static let shapes = [
    ProgramShape.oneStream,
    ProgramShape(
      hasCopies: true, hasCollectives: true, hasSynchronizations: false, rounds: 0...12, length: 1...8,
      queueDepths: [1, 2, 5, 17]),
  ]

  @Test("Random programs: that of the timeline, to the picosecond", arguments: [0, 1], DurationRange.allCases)
  func random(shape: Int, durations: DurationRange) throws {
    var (compared, unsettled) = (0, 0)
    for seed in LawSeeds.range(30) {
      let random = RandomProgram(seed: seed, Self.shapes[shape], durations)
      var table = random.table
      // Calls that take no time leave no spans.
      table.launch.call.duration += 1
      table.launch.graphCall.duration += 1
      let counts = ProgramCounts(random.program)
      guard counts.launches + counts.graphs > 0, counts.instructions < 250 else { continue }
      let alone = try time(random.program, table, .synchronized)
      let aloneExpected = try naive(random.program.synchronized, table, from: 0, passes: 1)
      #expect(alone.map { Int128($0) } == aloneExpected, "seed \(seed), synchronized")
      // Every period up to six passes goes into sixty; what has not come back by then is not compared.
      let sum = try naive(random.program, table, from: 40, passes: 60)
      let later = try naive(random.program, table, from: 100, passes: 60)
      guard sum == later, let steady = try time(random.program, table) else {
        unsettled += 1
        continue
      }
      compared += 1
      #expect(Int128(steady) == (2 * sum + 60) / 120, "seed \(seed), \(durations), steady state")
    }
    print("launch and queuing time: \(compared) programs compared, \(unsettled) not settled")
    #expect(compared >= 15 && unsettled * 4 <= compared)
  }

  @Test("TaxBreak's rows: GPT-2 on an H200 at batch 1 and 16")
  func balance() {
    #expect(abs(PassResult.hostDeviceBalance(deviceBusy: 1.66, hostWork: 5.04) - 0.248) < 5e-4)
    #expect(abs(PassResult.hostDeviceBalance(deviceBusy: 15.43, hostWork: 5.5) - 0.737) < 5e-4)
    #expect(PassResult.hostDeviceBalance(deviceBusy: 0, hostWork: 0) == 0)
  }
}
