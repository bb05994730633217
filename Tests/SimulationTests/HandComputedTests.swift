import EventEngine
import Roofline
import Testing

@testable import Simulation

@Suite("Latencies computed by hand")
struct HandComputedTests {
  /// Dispatch 10; kernels of 4 (arithmetic) and 50 (memory).
  ///
  /// Call 3, latency 2, gap 1; graph call 20, latency 5, gap 2;
  /// synchronization 7; pass 6.
  private func table(queueDepth: Int = 1_024) -> CostTable {
    var table = CostTable()
    table.costs = [Cost(10, .dispatch), Cost(4, .compute), Cost(50, .memory)]
    table.launch.call = Cost(3, .launch)
    table.launch.latency = Cost(2, .launch)
    table.launch.kernelGap = Cost(1, .kernelGap)
    table.launch.graphCall = Cost(20, .launch)
    table.launch.graphLatency = Cost(5, .launch)
    table.launch.graphKernelGap = Cost(2, .kernelGap)
    table.launch.synchronization = Cost(7, .synchronization)
    table.launch.pass = Cost(6, .dispatch)
    table.queueDepth = queueDepth
    return table
  }

  /// Operators of one kernel each.
  private func operators(_ kernel: Int, count: Int) -> Program {
    Program(
      (0..<count).flatMap { _ in [Instruction(.work, operand: 0), Instruction(.launch, operand: kernel)] })
  }

  private func parts(_ timing: PassTiming) -> [CostCategory: Picoseconds] {
    var parts: [CostCategory: Picoseconds] = [:]
    for category in CostCategory.allCases where timing[category] != 0 { parts[category] = timing[category] }
    return parts
  }

  @Test("A chain that waits for the host")
  func hostBound() throws {
    let program = operators(1, count: 5)
    // 6 for the pass and 13 for each operator.
    let steady = try Simulator().time(program, table(), .steadyState)
    #expect(steady.latency.count == 6 + 5 * 13 && steady.deviceBusy.count == 5 * 4)
    #expect(parts(steady) == [.dispatch: 6 + 50, .launch: 15])
    // The last kernel starts at 73 and ends at 77.
    let synchronized = try Simulator().time(program, table(), .synchronized)
    #expect(synchronized.latency.count == 71 + 2 + 4 + 7 && synchronized.deviceBusy == 20)
    #expect(parts(synchronized) == [.dispatch: 56, .launch: 17, .compute: 4, .synchronization: 7])
    // What waits is not busy: the host spends the same in either, and the return from the synchronization.
    #expect(steady.hostBusy == 71 && synchronized.hostBusy.count == 71 + 7)
  }

  @Test("A chain that waits for the device")
  func deviceBound() throws {
    let program = operators(2, count: 5)
    let steady = try Simulator().time(program, table(), .steadyState)
    #expect(steady.latency.count == 5 * 51 && steady.deviceBusy == 250 && steady.hostBusy == 71)
    #expect(parts(steady) == [.memory: 250, .kernelGap: 5])
    // The first kernel starts at 6 + 13 + 2.
    let synchronized = try Simulator().time(program, table(), .synchronized)
    #expect(synchronized.latency.count == 21 + 250 + 4 + 7)
    #expect(parts(synchronized) == [.dispatch: 16, .launch: 5, .memory: 250, .kernelGap: 4, .synchronization: 7])
  }

  @Test("A queue of one: each call waits for the kernel before")
  func queueOfOne() throws {
    // Dispatch overlaps the kernel; then call 3, latency 2 and kernel 50 follow one another.
    let device = try Simulator().time(operators(2, count: 5), table(queueDepth: 1), .steadyState)
    #expect(device.latency.count == 5 * 55)
    #expect(parts(device) == [.launch: 25, .memory: 250])
    // Dispatch 10 is longer than 2 + 4: the queue never blocks.
    let host = try Simulator().time(operators(1, count: 5), table(queueDepth: 1), .steadyState)
    #expect(host.latency.count == 6 + 5 * 13)
  }

  @Test("A queue of two lets one call run beside a kernel")
  func queueOfTwo() throws {
    // The call of the next kernel but one (3) and its latency (2) fit into a kernel of 50.
    let timing = try Simulator().time(operators(2, count: 5), table(queueDepth: 2), .steadyState)
    #expect(timing.latency.count == 5 * 51)
    // Four launches alone, of kernels of 4. From the end of a pass's second kernel: call of the fourth 3, next pass 6,
    // call of its first 3, latency 2, kernel 4, gap 1, second kernel 4.
    let launches = Program(Array(repeating: Instruction(.launch, operand: 1), count: 4))
    let short = try Simulator().time(launches, table(queueDepth: 2), .steadyState)
    #expect(short.latency == 23)
    #expect(parts(short) == [.launch: 8, .dispatch: 6, .compute: 8, .kernelGap: 1])
  }

  @Test("A pass that waits first for the host and then for the device")
  func mixed() throws {
    // Three operators of 4, then a kernel of 50 and ten more of 4, launched while it runs.
    var program = operators(1, count: 3)
    program.instructions.append(Instruction(.launch, operand: 2))
    program.instructions += Array(repeating: Instruction(.launch, operand: 1), count: 10)
    let timing = try Simulator().time(program, table(), .synchronized)
    // Host: 6 + 39 = 45, so the third kernel runs 47...51. The long one is ready at 50 and runs 52...102; ten kernels
    // of 4 with gaps of 1 end at 152.
    #expect(timing.latency.count == 152 + 7)
    #expect(timing.deviceBusy.count == 3 * 4 + 50 + 40)
    #expect(
      parts(timing)
        == [.dispatch: 36, .launch: 9 + 2, .memory: 50, .compute: 4 + 40, .kernelGap: 11, .synchronization: 7])
  }

  @Test("A graph of n kernels", arguments: 1...6)
  func graph(count: Int) throws {
    let nodes = (0..<count).map { _ in Instruction(.node, operand: 1) }
    let program = Program([Instruction(.work, operand: 0), Instruction(.launchGraph, operand: count)] + nodes)
    let kernels = Picoseconds(4) * count
    let gaps = Picoseconds(2) * (count - 1)
    let synchronized = try Simulator().time(program, table(), .synchronized)
    #expect(synchronized.latency == kernels + gaps + 48)
    #expect(synchronized.deviceBusy == kernels)
    // Host 36; device: the nodes, their gaps, and the stream's gap between two graphs.
    let steady = try Simulator().time(program, table(), .steadyState)
    #expect(steady.latency == max(36, kernels + gaps + 1))
  }

  @Test("A graph of a loop is a graph of its nodes; an empty graph takes its call and its latency")
  func graphLoops() throws {
    let loop = Program([
      Instruction(.launchGraph, operand: 3), Instruction(.beginLoop, operand: 5), Instruction(.node, operand: 2),
      Instruction(.endLoop, operand: 1),
    ])
    #expect(try Simulator().time(loop, table(), .synchronized).latency.count == 6 + 25 + 5 * 50 + 4 * 2 + 7)
    let empty = Program([Instruction(.launchGraph, operand: 0)])
    #expect(try Simulator().time(empty, table(), .synchronized).latency.count == 6 + 25 + 7)
  }

  @Test("A processor-only pass is its work, one after the other, in both kinds of latency", arguments: [1, 4])
  func hostKernels(count: Int) throws {
    let program = Program(
      (0..<count).flatMap { _ in [Instruction(.work, operand: 0), Instruction(.hostKernel, operand: 2)] })
    var table = table()
    table.launch.synchronization = .zero
    for kind in LatencyKind.allCases {
      let timing = try Simulator().time(program, table, kind)
      #expect(timing.latency == 6 + Picoseconds(60) * count && timing.deviceBusy == Picoseconds(50) * count)
      #expect(parts(timing) == [.dispatch: 6 + Picoseconds(10) * count, .memory: Picoseconds(50) * count])
    }
  }

  @Test("A synchronization inside a pass waits for the device, and the host begins anew")
  func innerSynchronization() throws {
    let program = Program([
      Instruction(.launch, operand: 2), Instruction(.synchronize, operand: 0), Instruction(.launch, operand: 1),
    ])
    // 6 + 3 + 2 + 50 + 7 = 68; then 3 + 2 + 4 + 7.
    #expect(try Simulator().time(program, table(), .synchronized).latency.count == 68 + 16)
    #expect(try Simulator().time(program, table(), .steadyState).latency.count == 6 + 3 + 2 + 50 + 7 + 3)
  }

  @Test("A pass of nothing takes the pass's own cost")
  func empty() throws {
    let steady = try Simulator().time(Program(), table(), .steadyState)
    #expect(steady.latency == 6 && steady.deviceBusy == 0 && parts(steady) == [.dispatch: 6])
    #expect(try Simulator().time(Program(), table(), .synchronized).latency == 13)
    var free = table()
    free.launch.pass = .zero
    #expect(try Simulator().time(Program(), free, .steadyState).latency == 0)
  }
}
