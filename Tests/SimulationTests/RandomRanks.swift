import EventEngine
import Roofline
import TestSupport

@testable import Simulation

/// Ranks that run one random program, each at its own costs, made from a seed.
///
/// Both collectives and one of the kernels, in graphs or alone, are done together: the collectives in channels 0 and 1,
/// the kernel in channel 2. Each channel keeps to one stream.
struct RandomRanks {
  private(set) var ranks: [Rank] = []

  init(seed: UInt64, _ shape: ProgramShape, _ durations: DurationRange, count: Int, areAlike: Bool = false) {
    let random = RandomProgram(seed: seed, shape, durations)
    let program = Self.ordered(random.program)
    for rank in 0..<count {
      var table = random.table
      if rank > 0, !areAlike {
        table = RandomProgram(seed: seed &+ UInt64(rank) &* 1_000_003, shape, durations).table
        table.sharesDevice = random.table.sharesDevice
      }
      table.channels = Array(repeating: -1, count: 10) + [2, -1, -1, -1, 0, 1]
      ranks.append(Rank(program, table))
    }
  }

  /// The program with what is done together in streams of its own.
  private static func ordered(_ program: Program) -> Program {
    var program = program
    for index in program.instructions.indices {
      let instruction = program.instructions[index]
      switch (instruction.opcode, instruction.operand) {
      case (.collective, 15): program.instructions[index].stream = UInt16(program.streamCount - 1)
      case (.collective, _), (.launch, 10): program.instructions[index].stream = 0
      case (.launchGraph, let length):
        let nodes = program.instructions[(index + 1)...].prefix(Int(length))
        if nodes.contains(where: { $0.opcode == .node && $0.operand == 10 }) {
          program.instructions[index].stream = 0
        }
      default: break
      }
    }
    return program
  }

  /// How often a pass meets others.
  var meetings: Double {
    let uses = ranks[0].counts.kernelUses
    return [10, 14, 15].reduce(0) { $0 + ($1 < uses.count ? uses[$1] : 0) }
  }
}
