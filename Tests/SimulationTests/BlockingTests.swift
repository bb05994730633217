import EventEngine
import Roofline
import Testing

@testable import Simulation

/// What a clock that was blocked takes over from the job that let it go on.
@Suite("The account of a clock that was blocked")
struct BlockingTests {
  /// Work 10, kernels of 100 and 7; call 2, latency 3, gap 5.
  private func table(queueDepth: Int) -> CostTable {
    var table = CostTable()
    table.costs = [Cost(10, .dispatch), Cost(100, .compute), Cost(7, .memory)]
    table.launch.call = Cost(2, .launch)
    table.launch.latency = Cost(3, .launch)
    table.launch.kernelGap = Cost(5, .kernelGap)
    table.launch.synchronization = Cost(4, .synchronization)
    table.queueDepth = queueDepth
    table.sharesDevice = false
    return table
  }

  @Test("The host that waited for a slot goes on with the account of the kernel's end, not of the next one's start")
  func accountOfASlot() throws {
    // Kernels of 100 from 5 and from 110. The host gets the first's slot at 105, calls until 107 and works until 117.
    let program = Program(
      [1, 1, 2].map { Instruction(.launch, operand: $0) } + [Instruction(.synchronize, operand: 0)])
    let timing = try Simulator().time(program, table(queueDepth: 2), .synchronized)
    // The second kernel ends at 210, the third at 222.
    #expect(timing.latency.count == 5 + 100 + 5 + 100 + 5 + 7 + 4 + 4)
    let hostBound = Program(
      [1, 1, 2].map { Instruction(.launch, operand: $0) } + Array(repeating: Instruction(.work, operand: 0), count: 20))
    let host = try Simulator().time(hostBound, table(queueDepth: 2), .synchronized)
    // Slot at 105, call until 107, 200 of work: the path never saw a gap.
    #expect(host.latency.count == 105 + 2 + 200 + 4)
    #expect(host[.kernelGap] == 0 && host[.compute] == 100 && host[.launch] == 7 && host[.dispatch] == 200)
  }

  @Test("A stream that waited for another goes on with the account of that kernel's end, not of the next one's start")
  func accountOfADependency() throws {
    // Stream 0: 5...105, then 110...210. Stream 1 waits for the first: 105...112, then 117...217 and 222...322.
    let program = Program(
      [
        Instruction(.launch, operand: 1), Instruction(.waitForStream, operand: 0, stream: 1),
        Instruction(.launch, operand: 1), Instruction(.launch, operand: 2, stream: 1),
        Instruction(.launch, operand: 1, stream: 1), Instruction(.launch, operand: 1, stream: 1),
      ], streams: 2)
    let timing = try Simulator().time(program, table(queueDepth: 9), .synchronized)
    #expect(timing.latency.count == 322 + 4)
    #expect(timing[.kernelGap] == 10 && timing[.compute] == 300 && timing[.memory] == 7)
  }

  @Test("Of two threads whose calls return to one place in the queue, the second waits for it, and calls once")
  func twoCallsForOnePlace() throws {
    var program = Program([1, 1].map { Instruction(.launch, operand: $0) })
    program.threadStarts = [0, 1]
    // Both calls return at 2. The first kernel runs 5...105; then the second has its place, arrives at 108, and starts a gap
    // behind the first's end.
    let timing = try Simulator().replay(program, table(queueDepth: 1))
    #expect(timing.latency.count == 105 + 5 + 100)
    #expect(timing[.launch] == 5 && timing[.kernelGap] == 5 && timing[.compute] == 200)
  }
}
