import Roofline

/// What a round of a loop comes to where all rounds are alike, whatever goes on beside them.
struct LoopRound: Sendable {
  /// What it takes.
  var cost = Cost.zero
  /// The part of it in which kernels run.
  var busy: Picoseconds = 0

  /// The rounds of the loops in which the host does nothing but spend time, each by the index of its loop's end.
  ///
  /// - Complexity: O(instructions in the text).
  static func ofHost(_ instructions: [Instruction], _ table: CostTable) -> [Int: LoopRound] {
    all(instructions) { instruction in
      switch instruction.effect {
      case .hostWork(let cost): LoopRound(cost: table.costs[cost])
      case .hostKernel(let cost): LoopRound(cost: table.costs[cost], busy: table.costs[cost].duration)
      // Behind the first round nothing more has been launched that there were to wait for.
      case .waitForStream: LoopRound()
      case .launch, .node, .synchronize, .beginLoop, .endLoop, .recorded: nil
      }
    }
  }

  /// The rounds of the loops of a graph's nodes, each with the gap before it.
  ///
  /// - Complexity: O(instructions in the text).
  static func ofNodes(_ instructions: [Instruction], _ table: CostTable) -> [Int: LoopRound] {
    all(instructions) { instruction in
      guard case .node(let cost) = instruction.effect else { return nil }
      let (node, gap) = (table.costs[cost], table.launch.graphKernelGap)
      return LoopRound(
        cost: Cost(duration: node.duration + gap.duration, account: node.account &+ gap.account),
        busy: node.duration)
    }
  }

  private static func all(
    _ instructions: [Instruction], _ round: (Instruction) -> LoopRound?
  ) -> [Int: LoopRound] {
    var rounds: [Int: LoopRound] = [:]
    // Nil for a loop that holds anything else.
    var open: [LoopRound?] = [LoopRound()]
    for (index, instruction) in instructions.enumerated() {
      switch instruction.effect {
      case .beginLoop: open.append(LoopRound())
      case .endLoop(let length):
        let inner = open.removeLast()
        rounds[index] = inner
        let count = instructions[index - length - 1].operand
        open[open.count - 1] = open[open.count - 1]?.adding(inner, times: Int(count))
      default: open[open.count - 1] = open[open.count - 1]?.adding(round(instruction), times: 1)
      }
    }
    return rounds
  }

  /// This and so many rounds of another; nil where there is no other, or where the sum leaves the clock's range.
  private func adding(_ other: LoopRound?, times count: Int) -> LoopRound? {
    guard count > 0 else { return self }
    guard let other else { return nil }
    let (product, overflow) = other.cost.duration.count.multipliedReportingOverflow(by: Int64(count))
    guard !overflow, product < 1 << 61, cost.duration.count < 1 << 61 else { return nil }
    return self + other.times(count)
  }

  /// So many rounds.
  func times(_ count: Int) -> LoopRound {
    LoopRound(
      cost: Cost(
        duration: cost.duration * count, account: cost.account &* Int64(count)),
      busy: busy * count)
  }

  /// One after the other.
  static func + (one: LoopRound, other: LoopRound) -> LoopRound {
    LoopRound(
      cost: Cost(
        duration: one.cost.duration + other.cost.duration, account: one.cost.account &+ other.cost.account),
      busy: one.busy + other.busy)
  }
}
