import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

/// The short ways to a time, held against the event engine: time, account and busy time of every pass, to the picosecond.
@Suite("The recurrence and the closed form against the event engine", .tags(.slow))
struct RecurrenceTests {
  struct Family: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: ProgramShape
    let seeds: Range<UInt64>
  }

  static let families = [
    Family(testDescription: "one stream", shape: .oneStream, seeds: 0..<200),
    Family(testDescription: "the host alone", shape: .hostOnly, seeds: 0..<60),
    Family(
      testDescription: "long loops",
      shape: ProgramShape(
        hasCopies: true, hasCollectives: true, rounds: 0...60, length: 1...6, queueDepths: [1, 2, 5, 17, 64, 300]),
      seeds: 0..<60),
    Family(
      testDescription: "loops without waits",
      shape: ProgramShape(
        hasCopies: false, hasSynchronizations: false, rounds: 0...60, length: 1...6, queueDepths: [2, 33, 1024]),
      seeds: 0..<60),
  ]

  @Test("Every pass is complete at the same time, by the same account", arguments: families, DurationRange.allCases)
  func marks(family: Family, durations: DurationRange) throws {
    for seed in family.seeds {
      let random = RandomProgram(seed: seed, family.shape, durations)
      let counts = ProgramCounts(random.program)
      guard counts.instructions < 8_000 else { continue }
      let expected = try Simulator().marks(random.program, random.table, passes: 6)
      for simulator in [Simulator(method: .recurrence), .counted] {
        let marks = try simulator.marks(random.program, counts, random.table, passes: 6)
        if marks != expected { Issue.record("seed \(seed), \(simulator): \(marks), not \(expected)") }
      }
    }
  }

  @Test(
    "Every method gives the same pass", arguments: families, DurationRange.allCases)
  func passes(family: Family, durations: DurationRange) throws {
    for seed in family.seeds {
      let random = RandomProgram(seed: seed, family.shape, durations)
      guard ProgramCounts(random.program).instructions < 2_000 else { continue }
      for kind in LatencyKind.allCases {
        var expected = try Simulator(method: .events).time(random.program, random.table, kind)
        expected.events = 0
        for simulator in [Simulator(), Simulator(method: .recurrence), .counted] {
          let timing = try simulator.time(random.program, random.table, kind)
          if timing != expected { Issue.record("seed \(seed), \(kind), \(simulator): \(timing), not \(expected)") }
        }
      }
    }
  }

  @Test("The closed form answers often, for the host and for the device, and is the engine's", arguments: [0, 1, 2])
  func closedForm(part: Int) throws {
    var (hostBound, deviceBound, refused) = (0, 0, 0)
    let shape = ProgramShape(
      hasCopies: true, hasCollectives: true, hasSynchronizations: false, length: 1...10,
      queueDepths: [1, 2, 8, 40, 1024, 1024])
    for seed in UInt64(part) * 400..<UInt64(part + 1) * 400 {
      let random = RandomProgram(seed: seed, shape, DurationRange.allCases[Int(seed % 3)])
      let counts = ProgramCounts(random.program)
      guard counts.instructions < 1_000, let sums = PassSums(counts, random.table) else { continue }
      guard let timing = SteadyState.time(counts, sums, random.table) else {
        refused += 1
        continue
      }
      if timing.account == sums.host.account { hostBound += 1 } else { deviceBound += 1 }
      var expected = try Simulator(method: .events).time(random.program, random.table, .steadyState)
      expected.events = 0
      if timing != expected { Issue.record("seed \(seed): \(timing), not \(expected)") }
    }
    #expect(hostBound > 50 && deviceBound > 15 && refused > 50, "\(hostBound), \(deviceBound), \(refused)")
  }

  /// A stream needs a little more for a pass than the host, but its first kernel starts before a gap would be over: until
  /// the stream has caught up with that, pass by pass, the host is last.
  @Test("A stream that starts sooner than a gap takes stays ahead of the host for a while", arguments: [0, 999, 1_000])
  func earlyStart(latency: Picoseconds) throws {
    var table = CostTable()
    table.costs = [Cost(1_098, .dispatch), Cost(100, .compute)]
    table.launch.call = Cost(1, .launch)
    table.launch.latency = Cost(latency, .launch)
    table.launch.kernelGap = Cost(1_000, .kernelGap)
    table.queueDepth = 1_024
    let program = Program([Instruction(.launch, operand: 1), Instruction(.work, operand: 0)])
    var expected = try Simulator(method: .events).time(program, table, .steadyState)
    expected.events = 0
    #expect(try Simulator().time(program, table, .steadyState) == expected)
    #expect(expected.latency == (latency == 0 ? 1_099 : 1_100))
  }

  @Test("A program of a queue that is full most of the time, at every depth around its length")
  func queueFull() throws {
    for depth in 1...30 {
      for seed in UInt64(0)..<12 {
        let shape = ProgramShape(hasCopies: seed % 2 == 0, length: 8...14, queueDepths: [depth])
        let random = RandomProgram(seed: seed, shape, .tieFree)
        for kind in LatencyKind.allCases {
          var expected = try Simulator(method: .events).time(random.program, random.table, kind)
          expected.events = 0
          #expect(
            try Simulator().time(random.program, random.table, kind) == expected, "depth \(depth), seed \(seed)")
        }
      }
    }
  }

  @Test("Ten million launches in nested loops are not counted out, and come to what their sums say")
  func longLoop() throws {
    var table = CostTable()
    table.costs = [Cost(700, .dispatch), Cost(1_000, .compute), Cost(200, .memory)]
    table.launch.call = Cost(300, .launch)
    table.launch.latency = Cost(50, .launch)
    table.launch.kernelGap = Cost(10, .kernelGap)
    table.launch.synchronization = Cost(5, .synchronization)
    // A round of the inner loop: the host needs 2,000, the stream 1,010 + 210. The last path leaves the host at the last
    // round's first launch, 1,000 before the host is done, for 50 + 1,000 + 10 + 200 on the stream.
    let body = [
      Instruction(.work, operand: 0), Instruction(.launch, operand: 1), Instruction(.work, operand: 0),
      Instruction(.launch, operand: 2),
    ]
    let inner = [Instruction(.beginLoop, operand: 1_000)] + body + [Instruction(.endLoop, operand: 4)]
    let program = Program(
      [Instruction(.beginLoop, operand: 5_000)] + inner + [Instruction(.endLoop, operand: inner.count)])
    let timing = try Simulator(method: .recurrence).time(program, table, .synchronized)
    #expect(timing.latency.count == 5_000_000 * 2_000 - 1_000 + 50 + 1_000 + 10 + 200 + 5)
    #expect(timing.deviceBusy.count == 5_000_000 * 1_200)
    #expect(timing[.dispatch].count == 5_000_000 * 1_400 - 700 && timing[.memory] == 200 && timing[.compute] == 1_000)
  }

}
