import EventEngine
import JSONText
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("Inputs beyond all measure are refused, and none of them traps")
struct ExtremeInputTests {
  private func loop(_ count: Int, _ body: [Instruction]) -> [Instruction] {
    [Instruction(.beginLoop, operand: count)] + body + [Instruction(.endLoop, operand: body.count)]
  }

  private func fault(_ program: Program, _ table: CostTable, _ kind: LatencyKind) -> SimulationFault? {
    do throws(SimulationFault) {
      _ = try Simulator(eventLimit: 100_000).time(program, table, kind)
      return nil
    } catch {
      return error
    }
  }

  private func isTooLong(_ fault: SimulationFault?) -> Bool {
    if case .tooLong = fault { return true }
    return false
  }

  @Test("A duration near the end of the clock", arguments: LatencyKind.allCases)
  func durations(kind: LatencyKind) {
    let opcodes: [Instruction.Opcode] = [.work, .hostKernel, .launch, .copy, .blockingCopy]
    let durations: [Picoseconds] = [.max, .max / 2, Picoseconds(1 << 62)]
    for duration in durations {
      for opcode in opcodes {
        var table = CostTable()
        table.costs = [Cost(duration, .compute)]
        #expect(isTooLong(fault(Program([Instruction(opcode, operand: 0)]), table, kind)))
      }
      for (name, path) in CostTable.namedCosts {
        var table = CostTable()
        table.costs = [Cost(1, .compute)]
        table[keyPath: path] = Cost(duration, .launch)
        let program = Program([
          Instruction(.launch, operand: 0), Instruction(.launchGraph, operand: 2), Instruction(.node, operand: 0),
          Instruction(.node, operand: 0), Instruction(.synchronize, operand: 0),
        ])
        #expect(isTooLong(fault(program, table, kind)), "\(name)")
      }
    }
  }

  @Test("The longest cost that a profile can have, in every place at once, many times", arguments: LatencyKind.allCases)
  func longestCosts(kind: LatencyKind) {
    let table = CostTable().mapCosts { _ in Cost(Picoseconds.longestCost, .launch) }
    var filled = table
    filled.costs = [Cost(Picoseconds.longestCost, .compute)]
    for streams in [1, 4, 255] {
      let launches = (0..<streams).map { Instruction(.launch, operand: 0, stream: $0) }
      #expect(isTooLong(fault(Program(launches, streams: streams), filled, kind)))
    }
  }

  @Test("Repeat counts that multiply beyond any number", arguments: LatencyKind.allCases)
  func repeatCounts(kind: LatencyKind) {
    var table = CostTable()
    table.costs = [Cost(1_000, .dispatch)]
    for depth in [3, 8, 40, 2_000] {
      var body = [Instruction(.work, operand: 0)]
      for _ in 0..<depth { body = loop(Int(Int32.max), body) }
      #expect(isTooLong(fault(Program(body), table, kind)), "depth \(depth)")
      #expect(table.load(of: ProgramCounts(Program(body))).host == Picoseconds(1 << 62), "depth \(depth)")
      let device = body.map { $0.opcode == .work ? Instruction(.launch, operand: 1) : $0 }
      var longest = table
      longest.costs.append(Cost(.max, .compute))
      longest.launch.kernelGap = Cost(.max, .kernelGap)
      #expect(longest.load(of: ProgramCounts(Program(device))).device == Picoseconds(1 << 62), "depth \(depth)")
    }
  }

  @Test("Repeat counts of nothing but free work end as well", arguments: LatencyKind.allCases)
  func freeRepeats(kind: LatencyKind) {
    var table = CostTable()
    table.costs = [Cost(0, .dispatch)]
    for depth in [1, 2, 40] {
      for opcode in [Instruction.Opcode.work, .waitForStream, .synchronize, .launch, .copy] {
        var body = [Instruction(opcode, operand: 0)]
        for _ in 0..<depth { body = loop(Int(Int32.max), body) }
        #expect(fault(Program(body), table, kind) != nil, "\(opcode), depth \(depth)")
      }
      var nodes = [Instruction(.node, operand: 0)]
      for _ in 0..<depth { nodes = loop(Int(Int32.max), nodes) }
      let graph = Program([Instruction(.launchGraph, operand: nodes.count)] + nodes)
      #expect(fault(graph, table, kind) != nil, "graph, depth \(depth)")
      var nothing: [Instruction] = []
      for _ in 0..<depth { nothing = loop(Int(Int32.max), nothing) }
      #expect(fault(Program(nothing), table, kind) != nil, "nothing, depth \(depth)")
    }
  }

  @Test("A count that no instruction holds is taken for the largest it holds", arguments: [Int.max, 1 << 31, 1 << 40])
  func countsBeyondAnInstruction(count: Int) {
    #expect(Instruction(.beginLoop, operand: count).operand == .max)
  }

  @Test("A loop that runs a negative number of times does not run, and hides no other cost", arguments: [0, -1, -9])
  func negativeRepeats(count: Int) throws {
    var table = CostTable()
    table.costs = [Cost(Picoseconds(1 << 60), .dispatch), Cost(5, .dispatch)]
    let skipped = loop(count, loop(3, [Instruction(.work, operand: 0)]))
    let short = Program(skipped + [Instruction(.work, operand: 1)])
    #expect(try Simulator().time(short, table, .synchronized).latency == 5)
    let long = Program(skipped + Array(repeating: Instruction(.work, operand: 0), count: 9))
    #expect(isTooLong(fault(long, table, .synchronized)))
  }

  @Test("The fault says how long, whatever the number")
  func description() {
    let estimates: [Double] = [0, 1e6, 1e30, 1e300, .infinity, .nan]
    for seconds in estimates {
      let description = SimulationFault.tooLong(estimatedSeconds: seconds).description
      #expect(description.hasPrefix("error: the run would take "), "\(seconds)")
    }
  }

  @Test("Any time in microseconds is some number of picoseconds")
  func picosecondsOfAnything() {
    #expect(Picoseconds(costInMicroseconds: 1.5) == 1_500_000)
    #expect(Picoseconds(costInMicroseconds: 0) == 0)
    let enormous: [Double] = [1e300, .greatestFiniteMagnitude, .infinity, .nan, 1e13]
    for microseconds in enormous { #expect(Picoseconds(costInMicroseconds: microseconds) == Picoseconds.longestCost) }
    let negative: [Double] = [-1, -1e300, -.infinity]
    for microseconds in negative { #expect(Picoseconds(costInMicroseconds: microseconds) == 0) }
  }

  @Test("A run of more events than the limit is refused, whatever it simulates")
  func eventLimit() throws {
    var table = CostTable()
    table.costs = [Cost(10, .compute)]
    let program = Program(loop(1_000, [Instruction(.launch, operand: 0)]))
    #expect(throws: SimulationFault.eventLimitReached(limit: 500)) {
      try Simulator(eventLimit: 500).time(program, table, .synchronized)
    }
    #expect(try Simulator(eventLimit: 100_000).time(program, table, .synchronized).latency == 10_000)
  }

  @Test("Random extremes are answered or refused")
  func randomExtremes() {
    let extremes: [Picoseconds] = [0, 1] + [31, 53, 60, 61, 62].map { Picoseconds(1 << $0) } + [.max]
    for seed in UInt64(0)..<400 {
      var generator = SeededGenerator(seed: seed)
      let random = RandomProgram(seed: seed, seed.isMultiple(of: 2) ? .oneStream : .severalStreams, .tiny)
      var table = random.table.mapCosts { cost in
        guard Int.random(in: 0..<4, using: &generator) == 0 else { return cost }
        return Cost(extremes[Int.random(in: extremes.indices, using: &generator)], .compute)
      }
      table.sharesDevice = Bool.random(using: &generator)
      var program = random.program
      for index in program.instructions.indices where program.instructions[index].opcode == .beginLoop {
        if Int.random(in: 0..<3, using: &generator) == 0 { program.instructions[index].operand = .max }
      }
      for kind in LatencyKind.allCases {
        let simulator = Simulator(eventLimit: 20_000)
        if let timing = try? simulator.time(program, table, kind), timing.latency < timing.deviceBusy {
          Issue.record("seed \(seed), \(kind): \(timing)")
        }
      }
    }
  }
}
