import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("Kernels that overlap share the device")
struct SharingTests {
  /// No overheads; the costs given, and nothing else.
  private func table(_ durations: [Picoseconds], shares: Bool = true) -> CostTable {
    var table = CostTable()
    table.costs = durations.map { Cost($0, .compute) }
    table.sharesDevice = shares
    return table
  }

  private func launches(_ costs: [(stream: Int, cost: Int)], streams: Int) -> Program {
    Program(costs.map { Instruction(.launch, operand: $0.cost, stream: $0.stream) }, streams: streams)
  }

  private func spans(_ program: Program, _ table: CostTable) throws -> (timing: PassTiming, kernels: [TimelineSpan]) {
    let timing = try Simulator(recordsTimeline: true).time(program, table, .synchronized)
    let kernels = try #require(timing.timeline).spans.filter { $0.lane != .host }
    return (timing, kernels)
  }

  @Test("Equal kernels that overlap take as many times as long as they are", arguments: 1...6)
  func equalKernels(count: Int) throws {
    let (timing, kernels) = try spans(
      launches((0..<count).map { (stream: $0, cost: 0) }, streams: count), table([1_000]))
    #expect(kernels.map(\.end) == Array(repeating: Picoseconds(1_000) * count, count: count))
    #expect(timing.latency == Picoseconds(1_000) * count && timing.deviceBusy == timing.latency)
    #expect(timing[.compute] == timing.latency)
  }

  @Test("A kernel runs at half speed while another runs, and at its own before and after")
  func partialOverlap() throws {
    // Stream 0 alone 0...400 does 400 of 1,000. Both until 1,000: 300 each. Stream 0 alone with 300 left until 1,300.
    var table = table([1_000, 300])
    table.costs.append(Cost(400, .dispatch))
    let program = Program(
      [
        Instruction(.launch, operand: 0), Instruction(.work, operand: 2), Instruction(.launch, operand: 1, stream: 1),
      ], streams: 2)
    let (timing, kernels) = try spans(program, table)
    #expect(kernels.map(\.start).sorted() == [0, 400])
    #expect(kernels.map(\.end).sorted() == [1_000, 1_300])
    #expect(timing.latency == 1_300 && timing.deviceBusy == 1_300)
  }

  @Test("A finish that sharing has overtaken does not end the next kernel of the stream")
  func overtakenFinish() throws {
    // Stream 0 has 100 to do from 0, stream 1 has 30 from 50: stream 1 ends at 110, stream 0 at 130, and not at 150 as
    // it seemed at 50. Its next kernel has 90 to do, and stream 2 has 30 from 140, which ends at 200; 50 are left.
    var table = table([100, 30, 90])
    table.costs += [Cost(50, .dispatch), Cost(40, .dispatch)]
    let program = Program(
      [
        Instruction(.launch, operand: 0), Instruction(.launch, operand: 2), Instruction(.work, operand: 3),
        Instruction(.launch, operand: 1, stream: 1), Instruction(.work, operand: 3), Instruction(.work, operand: 4),
        Instruction(.launch, operand: 1, stream: 2),
      ], streams: 3)
    let (timing, kernels) = try spans(program, table)
    #expect(kernels.map(\.end) == [110, 130, 200, 250])
    #expect(timing.latency == 250 && timing.deviceBusy == 250)
  }

  /// Overlapping kernels of random lengths on a device that is never idle once it has begun.
  private func randomKernels(_ random: inout SeededGenerator) -> (program: Program, table: CostTable) {
    var table = table((0..<6).map { _ in Picoseconds.random(in: 1...1_000_000, using: &random) })
    table.costs += (0..<3).map { _ in Cost(Picoseconds.random(in: 0...300_000, using: &random), .dispatch) }
    let streams = Int.random(in: 2...5, using: &random)
    var program = Program([], streams: streams)
    for _ in 0..<Int.random(in: 2...20, using: &random) {
      let stream = Int.random(in: 0..<streams, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: program.instructions.append(Instruction(.work, operand: Int.random(in: 6..<9, using: &random)))
      default:
        program.instructions.append(
          Instruction(.launch, operand: Int.random(in: 0..<6, using: &random), stream: stream))
      }
    }
    return (program, table)
  }

  @Test("While the device is busy it does one second's work a second, whoever shares it")
  func conservation() throws {
    for seed in UInt64(0)..<400 {
      var random = SeededGenerator(seed: seed)
      let (program, table) = randomKernels(&random)
      let timing = try Simulator().time(program, table, .synchronized)
      let work = program.instructions.filter { $0.opcode == .launch }
        .reduce(Picoseconds(0)) { $0 + table.costs[Int($1.operand)].duration }
      // Each change of the sharing rounds each running kernel's rest to a whole picosecond.
      #expect(abs((timing.deviceBusy - work).count) <= 600, "seed \(seed)")
      #expect(timing.account.wrappedSum() == timing.latency.count, "seed \(seed)")
      #expect(timing.latency >= timing.deviceBusy, "seed \(seed)")
    }
  }

  @Test("Kernels of a stream keep their order, and each takes between its own time and as many times that as streams")
  func bounds() throws {
    for seed in UInt64(0)..<200 {
      var random = SeededGenerator(seed: seed)
      let (program, table) = randomKernels(&random)
      let kernels = try spans(program, table).kernels
      for stream in 0..<program.streamCount {
        let own = kernels.filter { $0.lane == .stream(stream) }
        let durations = program.instructions.filter { $0.opcode == .launch && $0.stream == stream }
          .map { table.costs[Int($0.operand)].duration }
        #expect(own.count == durations.count, "seed \(seed)")
        #expect(zip(own, own.dropFirst()).allSatisfy { $0.end <= $1.start }, "seed \(seed)")
        for (span, duration) in zip(own, durations) {
          let taken = span.end - span.start
          let most = duration * program.streamCount + 600
          if taken < duration || taken > most { Issue.record("seed \(seed): \(duration) took \(taken)") }
        }
      }
    }
  }

  @Test("What never overlaps never shares", arguments: [true, false])
  func oneAfterTheOther(shares: Bool) throws {
    let program = Program(
      [
        Instruction(.launch, operand: 0), Instruction(.waitForStream, operand: 0, stream: 1),
        Instruction(.launch, operand: 1, stream: 1),
      ], streams: 2)
    let timing = try Simulator().time(program, table([700, 300], shares: shares), .synchronized)
    #expect(timing.latency == 1_000 && timing.deviceBusy == 1_000)
  }

  @Test("Without sharing, kernels overlap at their own speed")
  func withoutSharing() throws {
    let program = launches([(stream: 0, cost: 0), (stream: 1, cost: 1)], streams: 2)
    let timing = try Simulator().time(program, table([700, 300], shares: false), .synchronized)
    #expect(timing.latency == 700 && timing.deviceBusy == 700)
  }

  @Test("A copy shares nothing with kernels")
  func copiesDoNotShare() throws {
    var table = table([700])
    table.costs.append(Cost(500, .copy))
    let program = Program(
      [Instruction(.launch, operand: 0), Instruction(.copy, operand: 1, stream: 1)], streams: 2)
    let (timing, kernels) = try spans(program, table)
    #expect(kernels.map(\.end) == [500, 700])
    #expect(timing.deviceBusy == 700)
  }

  @Test("The parts of a shared hour-long kernel still sum to the whole")
  func longSharedKernelsKeepTheirAccount() throws {
    // Odd, and beyond what a Double counts to one.
    let long = Picoseconds((1 << 55) + 1)
    let (timing, kernels) = try spans(
      launches([(stream: 0, cost: 0), (stream: 1, cost: 1)], streams: 2), table([long, long + 2]))
    #expect(kernels.count == 2)
    #expect(timing.account.wrappedSum() == timing.latency.count)
  }
}
