import EventEngine
import Roofline
import Simulation
import TestSupport

/// What a random program may contain.
struct ProgramShape {
  var streams = 1...1
  var hasCopies = false
  var hasCollectives = false
  var hasGraphs = true
  var hasHostKernels = false
  var hasSynchronizations = true
  var hasLoops = true
  var rounds = 0...4
  var length = 1...14
  var queueDepths = [1, 2, 3, 7, 30]
  /// Whether kernels may slow one another down, and copies of several streams share an engine: beyond the reference.
  var sharesDevice = false
  /// Whether the host takes no time, so that the streams alone decide.
  var hasFreeHost = false

  /// Everything on one stream.
  static let oneStream = ProgramShape(hasCopies: true, hasCollectives: true)
  /// Everything on up to four streams.
  static let severalStreams = ProgramShape(streams: 2...4, hasCopies: true, hasCollectives: true)
  /// Streams whose kernels may share the device, and whose copies share their engines.
  static let sharing = ProgramShape(streams: 2...4, hasCopies: true, hasCollectives: true, sharesDevice: true)
  /// The same in long loops.
  static let longLoops = ProgramShape(
    streams: 2...3, hasCopies: true, hasCollectives: true, rounds: 0...60, length: 1...6,
    queueDepths: [1, 2, 5, 17, 64, 300],
    sharesDevice: true)
  /// Streams that only the depth of their queues holds together: their accounts drift apart.
  static let streamsAlone = ProgramShape(
    streams: 2...3, hasGraphs: false, hasSynchronizations: false, length: 2...6, queueDepths: [1, 2, 3, 5],
    sharesDevice: true, hasFreeHost: true)
  /// A processor-only system.
  static let hostOnly = ProgramShape(hasGraphs: false, hasHostKernels: true)
}

/// How long random costs last.
enum DurationRange: CaseIterable {
  /// Zero to four: ties everywhere, and costs of nothing.
  case tiny
  /// Like those of real systems; some of them zero.
  case real
  /// So many different durations that two paths are hardly ever of the same length.
  case tieFree

  func duration(using random: inout SeededGenerator) -> Picoseconds {
    switch self {
    case .tiny: Picoseconds.random(in: 0...4, using: &random)
    case .real: Int.random(in: 0..<10, using: &random) == 0 ? 0 : Picoseconds.random(in: 1...20_000_000, using: &random)
    case .tieFree:
      Picoseconds(Int64.random(in: 1_000_000_000_000...2_000_000_000_000, using: &random) >> shift(using: &random))
    }
  }

  private func shift(using random: inout SeededGenerator) -> Int64 { Int64.random(in: 0...4, using: &random) }
}

/// A program and its costs, made from a seed.
struct RandomProgram {
  private(set) var program = Program()
  private(set) var table = CostTable()
  private var random: SeededGenerator
  private let shape: ProgramShape
  /// Each copy engine is used by one stream.
  private var laneStream = [0, 0]

  private static let works = 0..<5
  private static let kernels = 5..<11
  private static let copies = 11..<14
  private static let collectives = 14..<16

  init(seed: UInt64, _ shape: ProgramShape, _ durations: DurationRange) {
    random = SeededGenerator(seed: seed)
    self.shape = shape
    program.streamCount = Int.random(in: shape.streams, using: &random)
    laneStream = laneStream.map { _ in Int.random(in: 0..<program.streamCount, using: &random) }
    price(durations)
    emitStatements(count: Int.random(in: shape.length, using: &random), depth: 0)
    if program.instructions.isEmpty { program.instructions.append(Instruction(.work, operand: 0)) }
  }

  private mutating func price(_ durations: DurationRange) {
    table.costs =
      Self.works.map { _ in Cost(durations.duration(using: &random), .dispatch) }
      + Self.kernels.map { Cost(durations.duration(using: &random), $0.isMultiple(of: 2) ? .compute : .memory) }
      + Self.copies.map { _ in Cost(durations.duration(using: &random), .copy) }
      + Self.collectives.map { _ in
        shape.hasCollectives ? Cost(durations.duration(using: &random), .communication) : .zero
      }
    table.launch.call = Cost(durations.duration(using: &random), .launch)
    table.launch.latency = Cost(durations.duration(using: &random), .launch)
    table.launch.kernelGap = Cost(durations.duration(using: &random), .kernelGap)
    table.launch.graphCall = Cost(durations.duration(using: &random), .launch)
    table.launch.graphLatency = Cost(durations.duration(using: &random), .launch)
    table.launch.graphKernelGap = Cost(durations.duration(using: &random), .kernelGap)
    table.launch.synchronization = Cost(durations.duration(using: &random), .synchronization)
    table.launch.pass = Cost(durations.duration(using: &random), .dispatch)
    if shape.hasFreeHost {
      for index in Self.works { table.costs[index] = .zero }
      (table.launch.call, table.launch.latency, table.launch.pass) = (.zero, .zero, .zero)
    }
    table.queueDepth = shape.queueDepths[Int.random(in: shape.queueDepths.indices, using: &random)]
    table.sharesDevice = shape.sharesDevice && Int.random(in: 0..<3, using: &random) > 0
  }

  private mutating func emitStatements(count: Int, depth: Int) {
    for _ in 0..<count { emitStatement(depth: depth) }
  }

  private mutating func emitStatement(depth: Int) {
    let stream = Int.random(in: 0..<program.streamCount, using: &random)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5: emit(.work, Self.works)
    case 5..<11 where shape.hasHostKernels: emit(.hostKernel, Self.kernels)
    case 5..<6 where shape.hasCollectives: emit(.collective, Self.collectives, stream)
    case 5..<11: emit(.launch, Self.kernels, stream)
    case 11..<13 where shape.hasCopies:
      let lane = Int.random(in: 0...1, using: &random)
      let blocks = Int.random(in: 0..<3, using: &random) == 0
      program.instructions.append(
        Instruction(
          blocks ? .blockingCopy : .copy, operand: Int.random(in: Self.copies, using: &random),
          stream: shape.sharesDevice ? stream : laneStream[lane], lane: lane))
    case 13..<15 where program.streamCount > 1:
      let other = Int.random(in: 0..<program.streamCount, using: &random)
      program.instructions.append(Instruction(.waitForStream, operand: other, stream: stream))
    case 15 where shape.hasSynchronizations: program.instructions.append(Instruction(.synchronize, operand: 0))
    case 16..<18 where shape.hasGraphs: emitGraph(stream)
    case 18..<20 where shape.hasLoops && depth < 3:
      emitLoop { $0.emitStatements(count: Int.random(in: 0...4, using: &$0.random), depth: depth + 1) }
    default: emit(.work, Self.works)
    }
  }

  private mutating func emit(_ opcode: Instruction.Opcode, _ costs: Range<Int>, _ stream: Int = 0) {
    let cost = Int.random(in: costs, using: &random)
    program.instructions.append(Instruction(opcode, operand: cost, stream: stream))
  }

  private mutating func emitGraph(_ stream: Int) {
    let launch = program.instructions.count
    program.instructions.append(Instruction(.launchGraph, operand: 0, stream: stream))
    emitNodes(depth: 0)
    program.instructions[launch].operand = Int32(program.instructions.count - launch - 1)
  }

  private mutating func emitNodes(depth: Int) {
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      if shape.hasLoops, depth < 2, Int.random(in: 0..<4, using: &random) == 0 {
        emitLoop { $0.emitNodes(depth: depth + 1) }
      } else {
        emit(.node, Self.kernels)
      }
    }
  }

  private mutating func emitLoop(_ body: (inout RandomProgram) -> Void) {
    let begin = program.instructions.count
    program.instructions.append(Instruction(.beginLoop, operand: Int.random(in: shape.rounds, using: &random)))
    body(&self)
    program.instructions.append(Instruction(.endLoop, operand: program.instructions.count - begin - 1))
  }
}
