import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

/// A collective on one representative rank: a job of its stream that leaves the arithmetic units alone.
@Suite("Collectives")
struct CollectiveTests {
  /// Call 3, latency 2, gap 1, synchronization 7; kernels of 20 and 30, a collective of 50.
  private var table: CostTable {
    var table = CostTable()
    table.costs = [Cost(20, .compute), Cost(30, .memory), Cost(50, .communication)]
    table.launch.call = Cost(3, .launch)
    table.launch.latency = Cost(2, .launch)
    table.launch.kernelGap = Cost(1, .kernelGap)
    table.launch.synchronization = Cost(7, .synchronization)
    return table
  }

  private func timing(_ instructions: [Instruction], streams: Int = 1) throws -> PassTiming {
    try Simulator().time(Program(instructions, streams: streams), table, .synchronized)
  }

  @Test("In one stream it runs in its turn, and the device is busy with it")
  func oneStream() throws {
    let timing = try timing([
      Instruction(.launch, operand: 0), Instruction(.collective, operand: 2), Instruction(.launch, operand: 1),
    ])
    // Ready at 5; 20, a gap, 50, a gap, 30.
    #expect(timing.latency.count == 5 + 20 + 1 + 50 + 1 + 30 + 7)
    #expect(timing.deviceBusy == 100)
    #expect(timing[.communication] == 50 && timing[.compute] == 20 && timing[.kernelGap] == 2)
    #expect(LatencyBound(account: timing.account) == .communication)
  }

  @Test("Beside a kernel of another stream neither slows the other down; two kernels would")
  func besideKernels() throws {
    let beside = try timing(
      [Instruction(.launch, operand: 0), Instruction(.collective, operand: 2, stream: 1)], streams: 2)
    // The kernel runs 5...25, the collective 8...58: the device is busy from 5 to 58.
    #expect(beside.latency.count == 58 + 7 && beside.deviceBusy == 53)
    #expect(beside[.communication] == 50 && beside[.compute] == 0)
    let kernels = try timing(
      [Instruction(.launch, operand: 0), Instruction(.launch, operand: 1, stream: 1)], streams: 2)
    // 5...8 alone; then each at half speed, 17 left of the first until 42; the second has 13 left and ends at 55.
    #expect(kernels.latency.count == 55 + 7 && kernels.deviceBusy == 50)
  }

  @Test("Two kernels share the device while a collective runs beside them")
  func besideTwoKernels() throws {
    let timing = try timing(
      [
        Instruction(.launch, operand: 0), Instruction(.launch, operand: 1, stream: 1),
        Instruction(.collective, operand: 2, stream: 2),
      ], streams: 3)
    // The kernels end at 42 and 55 as without it; the collective runs 11...61.
    #expect(timing.latency.count == 61 + 7 && timing.deviceBusy == 56)
    #expect(timing[.communication] == 50)
  }

  @Test("A wait for a collective's stream is one for its end")
  func waiting() throws {
    let timing = try timing(
      [
        Instruction(.collective, operand: 2, stream: 1), Instruction(.waitForStream, operand: 1),
        Instruction(.launch, operand: 0),
      ], streams: 2)
    #expect(timing.latency.count == 55 + 20 + 7 && timing.deviceBusy == 70)
    #expect(timing[.communication] == 50 && timing[.compute] == 20)
  }

  @Test("The timeline shows it on its stream, as communication")
  func timeline() throws {
    let program = Program([Instruction(.collective, operand: 2)])
    let timing = try Simulator(recordsTimeline: true).time(program, table, .synchronized)
    let spans = timing.timeline?.spans.filter { $0.lane == .stream(0) } ?? []
    #expect(spans.map(\.start) == [5] && spans.map(\.end) == [55] && spans.map(\.category) == [.communication])
  }

  @Test("A collective in place of a kernel never makes a pass slower, since it leaves the others their speed")
  func noSlower() throws {
    for seed in LawSeeds.range(120) {
      let random = RandomProgram(seed: seed, .sharing, .real)
      var kernels = random.program
      for index in kernels.instructions.indices where kernels.instructions[index].opcode == .collective {
        kernels.instructions[index].opcode = .launch
      }
      let collectives = try Simulator().time(random.program, random.table, .synchronized)
      let slower = try Simulator().time(kernels, random.table, .synchronized)
      let work = random.table.sharesDevice ? slower.latency : collectives.latency
      // Where nothing is shared the two are the same; where kernels share, anomalies of order are rare and small.
      if !random.table.sharesDevice { #expect(collectives.latency == slower.latency, "seed \(seed)") }
      #expect(Double(collectives.latency.count) <= 1.5 * Double(work.count), "seed \(seed)")
    }
  }
}
