import EventEngine
import Roofline
import Testing

@testable import Simulation

/// Where a longer time makes a pass faster: scheduling anomalies (Graham 1969).
///
/// They follow from what the model says of kernels and copies that meet on one resource. Each number here stands in
/// docs/model.md.
@Suite("More time, and yet faster")
struct AnomalyTests {
  @Test("A kernel that comes later leaves the device to the one that the host waits for")
  func sharedDevice() throws {
    func latency(work: Picoseconds, shares: Bool) throws -> Picoseconds {
      var table = CostTable()
      table.costs = [Cost(10, .compute), Cost(work, .dispatch), Cost(100, .dispatch)]
      table.queueDepth = 1
      table.sharesDevice = shares
      let program = Program(
        [
          Instruction(.launch, operand: 0), Instruction(.work, operand: 1),
          Instruction(.launch, operand: 0, stream: 1), Instruction(.launch, operand: 0),
          Instruction(.work, operand: 2),
        ], streams: 2)
      return try Simulator().time(program, table, .synchronized).latency
    }
    // Both share the device until 20, and then the host gets the only place in the queue of stream 0.
    #expect(try latency(work: 0, shares: true) == 120)
    // The first has the device to itself until 10.
    #expect(try latency(work: 10, shares: true) == 110)
    #expect(try latency(work: 0, shares: false) == 110 && latency(work: 10, shares: false) == 110)
  }

  @Test("A copy that comes later leaves the engine to the one that the host waits for")
  func sharedCopyEngine() throws {
    func latency(kernel: Picoseconds) throws -> Picoseconds {
      var table = CostTable()
      table.costs = [
        Cost(kernel, .compute), Cost(100, .copy), Cost(10, .copy), Cost(6, .dispatch), Cost(100, .dispatch),
      ]
      let program = Program(
        [
          Instruction(.launch, operand: 0), Instruction(.copy, operand: 1), Instruction(.work, operand: 3),
          Instruction(.blockingCopy, operand: 2, stream: 1), Instruction(.work, operand: 4),
        ], streams: 2)
      return try Simulator().time(program, table, .synchronized).latency
    }
    // The kernel ends at 5, the long copy has the engine until 105, the short one until 115.
    #expect(try latency(kernel: 5) == 215)
    // The short copy has come at 6 and is through at 16; the long one is done at 116, as the host is.
    #expect(try latency(kernel: 10) == 116)
  }
}
