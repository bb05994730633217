import Profiles
import Roofline
import Testing

@testable import Simulation

@Suite("Which of host and device sets a latency, or neither clearly")
struct LatencyRegimeTests {
  @Test(
    "By the longer side, unless they are within a quarter or the critical path says otherwise",
    arguments: [
      (126, 100, LatencyBound.framework, LatencyRegime.hostBound), (125, 100, .framework, .nearKnee),
      (100, 125, .compute, .nearKnee), (100, 126, .memory, .deviceBound), (100, 126, .overhead, .deviceBound),
      (0, 5, .compute, .deviceBound), (5, 0, .framework, .hostBound), (300, 100, .compute, .nearKnee),
      (100, 300, .framework, .nearKnee),
    ])
  func regime(host: Int, device: Int, bound: LatencyBound, expected: LatencyRegime) {
    let load = PassLoad(host: Picoseconds(Int64(host)), device: Picoseconds(Int64(device)))
    #expect(LatencyRegime(bound, load) == expected)
  }

  /// Dispatch 10, kernels of 4 and 50, call 3, gap 1, synchronization 7.
  private func load(_ instructions: [Instruction], streams: Int = 1, synchronized: Bool = false) throws -> PassLoad {
    var table = CostTable()
    table.costs = [Cost(10, .dispatch), Cost(4, .compute), Cost(50, .memory)]
    table.launch.call = Cost(3, .launch)
    table.launch.kernelGap = Cost(1, .kernelGap)
    table.launch.synchronization = Cost(7, .synchronization)
    var program = Program(instructions, streams: streams)
    if synchronized { program = program.synchronized }
    let counts = ProgramCounts(program)
    let timing = try Simulator().time(program, table, .steadyState)
    return PassLoad(counts, table, timing.summary)
  }

  @Test("Loads are what each side needs by itself")
  func loads() throws {
    let operators = [Instruction(.work, operand: 0), Instruction(.launch, operand: 2)]
    #expect(try load(operators) == PassLoad(host: 13, device: 51))
    #expect(try load(operators, synchronized: true) == PassLoad(host: 20, device: 51))
    // On a processor alone the kernels are the host's own.
    let alone = [Instruction(.work, operand: 0), Instruction(.hostKernel, operand: 2)]
    #expect(try load(alone) == PassLoad(host: 10, device: 50))
  }

  @Test("What several streams do at once counts once: the device needs no longer than the pass")
  func overlap() throws {
    // Two copies of 50 on two engines end together.
    let copies = [
      Instruction(.copy, operand: 2, lane: 0), Instruction(.copy, operand: 2, stream: 1, lane: 1),
    ]
    let load = try load(copies, streams: 2)
    #expect(load.host == 6 && load.device.count < 2 * 50, "\(load)")
  }

  @Test("The ratio of the sides")
  func ratio() {
    #expect(PassLoad(host: 30, device: 10).ratio == 3 && PassLoad(host: 10, device: 30).ratio == 3)
    #expect(PassLoad(host: 30, device: 0).ratio == .infinity)
  }
}
