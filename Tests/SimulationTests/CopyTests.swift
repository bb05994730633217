import EventEngine
import Roofline
import Testing

@testable import Simulation

@Suite("Copies")
struct CopyTests {
  /// Call 2, latency 3, gap 1; costs: work 10, kernel 20, copy 50, work 1,000.
  static let table: CostTable = {
    var table = CostTable()
    table.costs = [Cost(10, .dispatch), Cost(20, .compute), Cost(50, .copy), Cost(1_000, .dispatch)]
    table.launch.call = Cost(2, .launch)
    table.launch.latency = Cost(3, .launch)
    table.launch.kernelGap = Cost(1, .kernelGap)
    table.launch.synchronization = Cost(4, .synchronization)
    return table
  }()

  private func latency(_ instructions: [Instruction], streams: Int = 1) throws -> Picoseconds {
    try Simulator().time(Program(instructions, streams: streams), Self.table, .synchronized).latency
  }

  @Test("The host waits for a blocking copy whose launch call took time")
  func blockingCopyHoldsTheHost() throws {
    // Call 2, latency 3, copy 50, then 1,000 of work, and a synchronization of 4.
    let timing = try Simulator().time(
      Program([Instruction(.blockingCopy, operand: 2), Instruction(.work, operand: 3)]), Self.table, .synchronized)
    #expect(timing.latency.count == 2 + 3 + 50 + 1_000 + 4)
    #expect(timing[.copy] == 50 && timing[.dispatch] == 1_000 && timing[.launch] == 5)
    #expect(timing.deviceBusy == 0)
  }

  @Test("Launches after a blocking copy are made once, after it")
  func launchesFollowABlockingCopy() throws {
    // Copy until 55; the kernel's call until 57, its start at 60, its end at 80.
    let timing = try Simulator().time(
      Program([Instruction(.blockingCopy, operand: 2), Instruction(.launch, operand: 1)]), Self.table, .synchronized)
    #expect(timing.latency.count == 80 + 4)
    #expect(timing.deviceBusy == 20)
  }

  @Test("The host works on beside a copy that does not block")
  func copyBesideTheHost() throws {
    #expect(try latency([Instruction(.copy, operand: 2), Instruction(.work, operand: 0)]) == 2 + 3 + 50 + 4)
    #expect(try latency([Instruction(.copy, operand: 2), Instruction(.work, operand: 3)]) == 2 + 1_000 + 4)
  }

  @Test("Copies in one direction follow one another whatever their streams; in both directions they overlap")
  func copyEngines() throws {
    let there = Instruction(.copy, operand: 2, stream: 0, lane: 0)
    // The first copy runs 5...55. The second is called until 4 and may start at 7.
    #expect(
      try latency([there, Instruction(.copy, operand: 2, stream: 1, lane: 0)], streams: 2) == 5 + 50 + 50 + 4)
    #expect(try latency([there, Instruction(.copy, operand: 2, stream: 1, lane: 1)], streams: 2) == 7 + 50 + 4)
  }

  @Test("A copy and a kernel of another stream overlap; of one stream they follow one another")
  func copyBesideAKernel() throws {
    let copy = Instruction(.copy, operand: 2)
    #expect(try latency([copy, Instruction(.launch, operand: 1, stream: 1)], streams: 2) == 5 + 50 + 4)
    #expect(try latency([copy, Instruction(.launch, operand: 1)]) == 5 + 50 + 1 + 20 + 4)
  }

  @Test("A pass that a copy completes counts the kernels that run beside it as busy so far")
  func busyTimeAtTheEndOfACopy() throws {
    // Kernels of 20 follow one another on stream 0 without a gap; on stream 1 a copy of 50 completes each pass.
    var table = Self.table
    table.launch.call = .zero
    table.launch.latency = .zero
    table.launch.kernelGap = .zero
    let program = Program([Instruction(.launch, operand: 1), Instruction(.copy, operand: 2, stream: 1)], streams: 2)
    let marks = try Simulator().marks(program, table, passes: 4)
    #expect(marks.map(\.time) == [50, 100, 150, 200])
    // At 50 the third of the four kernels has run for ten.
    #expect(marks.map(\.deviceBusy) == [50, 80, 80, 80])
  }
}
