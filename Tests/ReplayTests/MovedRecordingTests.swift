import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import TestSupport
import Testing
import Traces
import Workloads

@testable import Replay

/// Recordings on other hardware and with other batches: what rests on which rule, and between what the answer lies.
///
/// The sample device streams 400 of its 500 GB/s, and a kernel that does nothing takes 2 us.
@Suite("Moved recordings") struct MovedRecordingTests {
  private static func sample(_ change: (inout AcceleratorProfile) -> Void = { _ in }) throws -> AcceleratorProfile {
    var accelerator = try Sample.accelerator()
    change(&accelerator)
    return accelerator
  }

  private static func study(
    _ run: RecordedRun, errors: MoveErrors? = nil, _ change: (inout TraceChanges) throws -> Void
  ) throws -> TraceStudy {
    var changes = TraceChanges()
    try change(&changes)
    return try TraceStudy(
      run, accelerator: sample(), connection: nil, host: Sample.host(), framework: Sample.framework(),
      changes: changes, errors: errors)
  }

  private static func errors(_ rows: [MoveErrors.Part: [MoveErrors.Row]]) -> MoveErrors { MoveErrors(rows: rows) }

  private static func row(_ error: Double, _ systems: String...) -> MoveErrors.Row {
    MoveErrors.Row(systems: systems, passes: 10, logarithmicError: error)
  }

  /// A layer and what is around it: a product with shapes, an activation, a step of the optimizer, work without shapes, a copy,
  /// and a collective, one behind the other.
  private static func layer(batch: Int = 16) throws -> RecordedRun {
    var text = TraceText()
    let shapes = [
      ("aten::linear", "[[\(batch), 1024], [512, 1024], [512]]", "sgemm_kernel", 300),
      ("aten::relu", "[[\(batch), 512]]", "vectorized_elementwise_kernel", 100),
      ("aten::mul", "[[512, 1024], [512, 1024]]", "vectorized_elementwise_kernel", 50),
    ]
    for (place, operation) in shapes.enumerated() {
      let start = Double(1_000 * place)
      text.operation(operation.0, start, 20, shapes: operation.1)
      text.launch(start + 5, 4, kernel: start + 12, Double(operation.3), name: operation.2)
    }
    text.launch(3_005, 4, kernel: 3_012, 40, name: "mystery")
    text.launch(4_005, 4, kernel: 4_012, 60, name: "ncclDevKernel_AllReduce_Sum_f32_RING_LL")
    text.call("cudaDeviceSynchronize", 4_020, 60)
    return try text.run()
  }

  // MARK: Rules

  @Test("The shares of all rules sum to one and their times to the device's, wherever it is moved", arguments: 0..<3)
  func conservation(_ sort: Int) throws {
    let run = try Self.layer()
    let study = try Self.study(run) { changes in
      switch sort {
      case 0: changes.hostSpeed = 2
      case 1:
        changes.accelerator = try Self.sample {
          $0.name = "faster"
          $0.memory.bandwidthGBPerS = 1000
        }
      default: changes.batchScale = 2
      }
    }
    let shares = study.ruleShares
    #expect(abs(shares.reduce(0) { $0 + $1.fraction } - 1) < 1e-12)
    #expect(shares.reduce(0) { $0 + $1.jobs } == 5)
    #expect(shares.reduce(Picoseconds.zero) { $0 + $1.recorded } == Picoseconds(nanoseconds: 550_000))
    // Nothing overlaps here, so that the target is busy for the sum.
    #expect(shares.reduce(Picoseconds.zero) { $0 + ($1.target ?? .zero) } == study.target?.deviceBusy)
    let jobs = Dictionary(uniqueKeysWithValues: shares.map { ($0.rule, $0.jobs) })
    // What connects the devices is known of neither, so that the collective stays as it was, and is counted so.
    let isMoved = sort > 0
    #expect(
      jobs == [
        .shapes: 3, .kernelClass: 0, .copy: 0, .interconnect: isMoved ? 0 : 1, .bandwidth: 1,
        .recorded: isMoved ? 1 : 0,
      ])
    if isMoved { #expect(shares[ScalingRule.recorded.rawValue].target == Picoseconds(nanoseconds: 60_000)) }
  }

  // MARK: Another batch

  @Test("What has the batch in its shapes grows by the ratio of modeled times, and weights stay")
  func batch() throws {
    let study = try Self.study(Self.layer()) { $0.batchScale = 4 }
    let moved = try #require(study.moved)
    #expect(moved.batchRules == [.shapes, .shapes, .kept, .assumed, .kept])
    let times = moved.costs.map { $0.duration.seconds * 1e6 }
    // An activation of 16 x 512 elements, read and written: 65,536 bytes at 400 GB/s beside 2 us.
    let bytes = 2.0 * 16 * 512 * 4
    func time(_ bytes: Double) -> Double { 2 + bytes / 400e9 * 1e6 }
    #expect(abs(times[1] - 100 * time(4 * bytes) / time(bytes)) < 1e-6 * times[1])
    #expect(moved.costs[2].duration == Picoseconds(nanoseconds: 50_000))
    // Of work without shapes all but the 2 us that are fixed grows.
    #expect(abs(times[3] - (2 + 4 * 38)) < 1e-6 * times[3])
    #expect(times[4] == 60)
    #expect(study.batchShares.reduce(0) { $0 + $1.jobs } == 5)
    #expect(abs(study.batchShares.reduce(0) { $0 + $1.fraction } - 1) < 1e-12)
  }

  @Test("Of an operator without a rule the recorded shapes say whether its work is of the batch")
  func withoutRule() throws {
    var text = TraceText()
    let operations = [
      ("aten::linear", "[[16, 1024], [512, 1024], [512]]"), ("mine::backward", "[[16, 512], [512, 1024]]"),
      ("mine::update", "[[512, 1024], [512, 1024]]"),
    ]
    for (place, operation) in operations.enumerated() {
      let start = Double(1_000 * place)
      text.operation(operation.0, start, 20, shapes: operation.1)
      text.launch(start + 5, 4, kernel: start + 12, 100, name: "elementwise_kernel")
    }
    let study = try Self.study(text.run()) { $0.batchScale = 2 }
    let moved = try #require(study.moved)
    #expect(moved.batchRules == [.shapes, .proportional, .kept])
    // All but the 2 us that are fixed.
    #expect(abs(moved.costs[1].duration.seconds - 198e-6) < 1e-9)
    #expect(abs(moved.costs[2].duration.seconds - 100e-6) < 1e-12)
  }

  @Test("The same batch changes nothing, and back again is back again", arguments: [1, 2, 8])
  func there(factor: Int) throws {
    let small = try Self.layer()
    let grown = try #require(Self.study(small) { $0.batchScale = Double(factor) }.moved)
    let large = try Self.layer(batch: 16 * factor)
    // The recording with the large batch, moved back, has the inverse of each ratio.
    let shrunk = try #require(Self.study(large) { $0.batchScale = 1 / Double(factor) }.moved)
    for job in 0..<3 {
      let recorded = small.trace.deviceEvents[job].duration
      let product = grown.costs[job].duration.seconds * shrunk.costs[job].duration.seconds
      let square = Double(recorded) * Double(recorded) * 1e-18
      #expect(abs(product / square - 1) < 1e-6, "job \(job)")
    }
    if factor == 1 { #expect(grown.costs[1].duration == Picoseconds(nanoseconds: 100_000)) }
  }

  /// Shapes written as JSON.
  private static func shapes(_ text: String) -> [Shape] {
    text.dropFirst().dropLast().split(separator: "]").map { part in
      Shape(part.split { !$0.isNumber }.compactMap { Int64($0) })
    }
  }

  @Test(
    "Which dimensions are the batch",
    arguments: [
      ("aten::mm", "[[16, 512], [512, 1024]]", "[[32, 512], [512, 1024]]"),
      // The gradient of a weight sums over the batch.
      ("aten::mm", "[[512, 16], [16, 1024]]", "[[512, 32], [32, 1024]]"),
      ("aten::bmm", "[[64, 8, 32], [64, 32, 8]]", "[[128, 8, 32], [128, 32, 8]]"),
      // What is the same for all of the batch stays.
      (
        "aten::scaled_dot_product_attention", "[[16, 8, 4, 32], [16, 8, 4, 32], [16, 8, 4, 32], [1, 1, 4, 4]]",
        "[[32, 8, 4, 32], [32, 8, 4, 32], [32, 8, 4, 32], [1, 1, 4, 4]]"
      ),
      ("aten::matmul", "[[16, 8, 32], [32, 64]]", "[[32, 8, 32], [32, 64]]"),
      ("aten::addmm", "[[512], [16, 1024], [1024, 512]]", "[[512], [32, 1024], [1024, 512]]"),
      ("aten::add", "[[16, 512], [512]]", "[[32, 512], [512]]"),
      // A tensor of another first dimension is none of the batch.
      ("aten::relu", "[[7, 16]]", "nil"),
      // A weight is none, though it begins with as many rows as the batch has.
      ("aten::mul", "[[16, 24]]", "nil"),
    ])
  func dimensions(_ name: String, _ shapes: String, _ expected: String) throws {
    var text = TraceText()
    text.operation("aten::linear", 0, 20, shapes: "[[16, 1024], [512, 1024], [512]]")
    text.launch(5, 4, kernel: 12, 10)
    text.operation("aten::linear", 30, 20, shapes: "[[16, 24], [16, 24], [16]]")
    text.launch(35, 4, kernel: 40, 10)
    let batch = RecordedBatch(try text.run())
    let rule = try #require(OperatorRule.named(name))
    let scaled = batch.scaled(Self.shapes(shapes), name, rule, by: 2)
    #expect((scaled.map { "[" + $0.map(\.description).joined(separator: ", ") + "]" } ?? "nil") == expected)
  }

  @Test("Without shapes, and with half of one, a batch is refused and it is said what is missing")
  func refusals() throws {
    var text = TraceText()
    text.operation("aten::linear", 0, 20)
    text.launch(5, 4, kernel: 12, 100, name: "sgemm_kernel")
    let bare = try #require(throws: TraceStudyFault.self) { try Self.study(text.run()) { $0.batchScale = 2 } }
    guard case .unknownBatch(let fraction, let hasShapes) = bare else {
      Issue.record("\(bare)")
      return
    }
    #expect(fraction == 0 && !hasShapes)
    let half = try #require(throws: TraceStudyFault.self) {
      try Self.study(Self.layer(batch: 3)) { $0.batchScale = 0.5 }
    }
    guard case .unknownBatch(_, hasShapes: true) = half else {
      Issue.record("\(half)")
      return
    }
  }

  // MARK: The band

  @Test("The band is the replay with the device as much faster and slower as such moves were wrong")
  func band() throws {
    let errors = Self.errors([
      .accelerators: [Self.row(0.1, "a", "b"), Self.row(0.2, "a", "c")], .batches: [Self.row(0.05, "a")],
    ])
    let study = try Self.study(Self.layer(), errors: errors) { changes in
      changes.accelerator = try Self.sample {
        $0.name = "faster"
        $0.memory.bandwidthGBPerS = 1000
      }
    }
    let band = try #require(study.band)
    let target = try #require(study.target)
    // Three systems have two degrees of freedom: 2.920 deviations, of the root of the mean square of both.
    let width = 2.920 * ((0.01 + 0.04) / 2).squareRoot()
    let factor = try #require(errors.ninetyPercent([.accelerators]))
    // e to the width, by its series.
    let expected = (0..<20).reversed().reduce(1.0) { 1 + width / Double($1 + 1) * $0 }
    #expect(abs(factor - expected) < 1e-9)
    #expect(abs(band.deviceBusy.high.fraction(of: target.deviceBusy) - factor) < 1e-6)
    #expect(abs(target.deviceBusy.fraction(of: band.deviceBusy.low) - factor) < 1e-6)
    #expect(band.span.low <= target.span && target.span <= band.span.high)
    // Of the span only what the device sets moves: here the end of the last kernel.
    #expect(band.span.high - band.span.low < band.deviceBusy.high - band.deviceBusy.low)
    #expect(band.parts.map(\.part) == [.accelerators] && band.parts[0].systems == 3)
  }

  @Test("Where nothing was measured of a move there is no band")
  func noBand() throws {
    let errors = Self.errors([.accelerators: [Self.row(0.1, "a", "b")]])
    let run = try Self.layer()
    #expect(try Self.study(run, errors: errors) { $0.batchScale = 2 }.band == nil)
    #expect(try Self.study(run, errors: errors) { $0.deviceSpeed = 2 }.band == nil)
    #expect(try Self.study(run, errors: errors) { $0.hostSpeed = 2 }.band == nil)
  }

  // MARK: Unexplained waiting

  @Test("Waiting for nothing that was recorded is a part of its own, and all parts sum to the span")
  func unexplained() throws {
    var text = TraceText()
    for index in 0..<6 {
      let start = Double(100 * index)
      text.operation("aten::add", start, 20)
      text.launch(start + 5, 4, kernel: start + 12, 30)
    }
    // 3 us after its call's return as all others, and 5 ms.
    text.operation("aten::add", 600, 20)
    text.launch(605, 4, kernel: 5_612, 30)
    text.call("cudaDeviceSynchronize", 630, 5_015)
    let run = try text.run()
    let program = RecordedProgram(run)
    let result = try Recordings.replay(program)
    #expect(program.unexplainedWait == 5_000_000)
    #expect(result.unexplainedWait == Picoseconds(nanoseconds: 5_000_000))
    #expect(result.time(in: .kernelOverhead) == .zero)
    #expect(ReplayPart.allCases.reduce(Picoseconds.zero) { $0 + result.time(in: $1) } == result.span)
    #expect(abs(result.span.fraction(of: run.span) - 1) < 0.001)
    // A faster device does not shorten what nobody knows.
    #expect(try Recordings.replay(program, deviceSpeed: 100).unexplainedWait == Picoseconds(nanoseconds: 5_000_000))
  }

  @Test(
    "In recordings, no part is negative and no more waits unexplained than was found",
    .enabled("needs ../shared/traces") { Recordings.arePresent }, arguments: Recordings.names)
  func unexplained(_ name: String) throws {
    let program = RecordedProgram(try #require(Recordings.runs[name]))
    let result = try Recordings.replay(program)
    #expect(ReplayPart.allCases.allSatisfy { result.time(in: $0) >= .zero })
    #expect(ReplayPart.allCases.reduce(Picoseconds.zero) { $0 + result.time(in: $1) } == result.span)
    #expect(result.unexplainedWait <= Picoseconds(nanoseconds: program.unexplainedWait))
  }
}
