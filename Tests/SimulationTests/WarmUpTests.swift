import EventEngine
import Roofline
import Testing

@testable import Simulation

@Suite("The warm-up before the steady state")
struct WarmUpTests {
  /// The host and stream 0 take 100 a pass, stream 1 takes 110; 30 launches of nothing go into stream 2.
  private func program() -> (program: Program, table: CostTable) {
    var table = CostTable()
    table.costs = [Cost(100, .dispatch), Cost(100, .compute), Cost(110, .memory), Cost(0, .compute)]
    table.sharesDevice = false
    table.queueDepth = 16
    let nothing = Array(repeating: Instruction(.launch, operand: 3, stream: 2), count: 30)
    let program = Program(
      [Instruction(.launch, operand: 2, stream: 1)] + nothing
        + [Instruction(.work, operand: 0), Instruction(.launch, operand: 1, stream: 0)], streams: 3)
    return (program, table)
  }

  @Test("A stream of few launches that falls behind slowly sets the pace in the end")
  func slowStream() throws {
    let (program, table) = program()
    // Stream 0 completes pass n at 100 n + 100, stream 1 at 110 n: it is the later one from the eleventh on.
    let timing = try Simulator().time(program, table, .steadyState)
    #expect(timing.latency == 110)
    #expect(timing[.memory] == 110 && timing.account.wrappedSum() == 110)
  }

  @Test("Launches are counted for each stream, and through loops")
  func counts() {
    var (program, _) = program()
    program.instructions =
      [Instruction(.beginLoop, operand: 4)] + program.instructions
      + [Instruction(.endLoop, operand: program.instructions.count)]
    #expect(program.launchesPerStream == [4, 4, 120])
    #expect(program.dynamicCounts.launches == 128 && program.dynamicCounts.instructions == 1 + 4 * 34)
  }
}
