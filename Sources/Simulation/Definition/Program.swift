/// One pass, as the host issues it: instructions in program order that refer to a table of costs.
///
/// The structure is apart from the times on purpose: another host speed, launch latency or bandwidth changes the costs
/// and leaves the instructions as they are. Repeated blocks stay loops, so that memory grows with the text of a
/// workload and not with the number of operators that it runs.
package struct Program: Sendable, Equatable {
  /// The steps of a pass.
  package var instructions: [Instruction] = []
  /// What the timeline calls instructions.
  package var labels: [String] = []
  /// The number of streams; at least 1, and larger than every stream that an instruction names.
  package var streamCount = 1
  /// Where the instructions of each thread begin; a pass of several threads is done when all of them are.
  package var threadStarts = [0]

  /// A program without instructions.
  package init() {}

  /// The same pass with one synchronization at its end.
  var synchronized: Program {
    var program = self
    program.instructions = []
    program.instructions.reserveCapacity(instructions.count + 1)
    program.instructions += instructions
    program.instructions.append(Instruction(.synchronize, operand: 0))
    return program
  }

  /// How many streams there must be for every one that an instruction names.
  var namedStreamCount: Int {
    1
      + instructions.reduce(0) { largest, instruction in
        guard case .waitForStream(let other) = instruction.effect else { return max(largest, Int(instruction.stream)) }
        return max(largest, Int(instruction.stream), other)
      }
  }

  /// How many launches (kernels, collectives, graphs, copies) and how many instructions one pass executes, loops counted out.
  package var dynamicCounts: (launches: Double, instructions: Double) {
    var executed = 0.0
    forEachCounted { _, count in executed += count }
    return (launchesPerStream.reduce(0, +), executed)
  }

  /// How many launches one pass makes into each stream, loops counted out.
  var launchesPerStream: [Double] {
    var launches = Array(repeating: 0.0, count: streamCount)
    forEachCounted { instruction, count in
      if case .launch = instruction.effect { launches[Int(instruction.stream)] += count }
    }
    return launches
  }

  /// Calls back with every instruction and how often one pass executes it.
  ///
  /// Counts are finite however deep the loops: at some number that no run can reach they stop growing.
  func forEachCounted(_ body: (Instruction, Double) -> Void) {
    var factors = [1.0]
    for instruction in instructions {
      let factor = factors[factors.count - 1]
      body(instruction, factor)
      switch instruction.effect {
      case .beginLoop(let rounds): factors.append(min(factor * Double(max(0, rounds)), 0x1p256))
      case .endLoop: factors.removeLast()
      default: break
      }
    }
  }
}
