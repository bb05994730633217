import TestSupport
import Testing

@testable import Simulation

/// Loops in the place of what is written out several times.
@Suite("Repeats of a flat program") struct InstructionRepeatsTests {
  /// A program written out: its loops multiplied out, its graphs' too.
  static func unfolded(_ instructions: ArraySlice<Instruction>) -> [Instruction] {
    var result: [Instruction] = []
    var index = instructions.startIndex
    while index < instructions.endIndex {
      let instruction = instructions[index]
      index += 1
      switch instruction.opcode {
      case .beginLoop:
        let end = Array(instructions).endOfLoop(from: index - instructions.startIndex) + instructions.startIndex
        let body = unfolded(instructions[index..<end - 1])
        for _ in 0..<instruction.operand { result += body }
        index = end
      case .launchGraph:
        var launch = instruction
        let nodes = unfolded(instructions[index..<index + Int(instruction.operand)])
        index += Int(instruction.operand)
        launch.operand = Int32(nodes.count)
        result += [launch] + nodes
      default: result.append(instruction)
      }
    }
    return result
  }

  static func folded(_ instructions: [Instruction]) -> [Instruction] {
    let folded = InstructionRepeats.folding(instructions)
    #expect(unfolded(folded[...]) == unfolded(instructions[...]), "what runs is what ran")
    return folded
  }

  static func work(_ costs: some Sequence<Int>) -> [Instruction] { costs.map { Instruction(.work, operand: $0) } }

  /// A layer of any length, between other operators: one is left.
  @Test(arguments: [1, 2, 3, 7, 12, 64, 500]) func `of layers one is left`(length: Int) {
    let count = 4 + 64 / length
    var random = SeededGenerator(seed: UInt64(length))
    // Of few different operators, so that a layer begins like itself at many places.
    let layer = (0..<length).map { _ in Int.random(in: 0..<9, using: &random) }
    let layers = Array(repeating: layer, count: count).flatMap(\.self)
    let folded = Self.folded(Self.work([100, 101] + layers + [102]))
    #expect(folded.count <= 3 + 2 * (length + 2), "\(folded.count) instructions of \(length)")
  }

  @Test func `loops stand in loops`() {
    let inner = Array(repeating: [1, 2], count: 20).flatMap(\.self)
    let outer = Array(repeating: inner + [3], count: 10).flatMap(\.self)
    // The outer loop may begin with the 3: then an inner loop stands before it and a 3 behind.
    #expect(Self.folded(Self.work(outer)).count <= (2 + 2) + (2 + 1 + 2 + 2) + 1)
  }

  @Test func `what does not repeat itself stays`() {
    let flat = Self.work(0..<1000)
    #expect(Self.folded(flat) == flat)
    let short = Self.work(Array(repeating: 1, count: 31))
    #expect(Self.folded(short) == short, "a loop would spare too little")
  }

  /// The nodes of a graph fold within it, and graphs fold whole.
  @Test func `graphs keep their nodes`() {
    let nodes = Array(repeating: [1, 2, 3], count: 30).flatMap(\.self).map { Instruction(.node, operand: $0) }
    let graph = [Instruction(.launchGraph, operand: nodes.count)] + nodes
    #expect(Self.folded(graph).count == 1 + 2 + 3)
    let pieces = Array(repeating: graph + Self.work([7]), count: 12).flatMap(\.self)
    #expect(Self.folded(pieces).count == 2 + 1 + 2 + 3 + 1)
  }

  /// Random sequences over few costs, with stretches that repeat themselves, and loops that stand there already.
  @Test(arguments: 0..<150) func `does what the program did`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func program(depth: Int) -> [Instruction] {
      var instructions: [Instruction] = []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let length = Int.random(in: 1...9, using: &random)
        var stretch = Self.work((0..<length).map { _ in Int.random(in: 0..<3, using: &random) })
        if depth > 0, Bool.random(using: &random) {
          let body = program(depth: depth - 1)
          stretch += [Instruction(.beginLoop, operand: Int.random(in: 0...3, using: &random))] + body
          stretch.append(Instruction(.endLoop, operand: body.count))
        }
        for _ in 0..<Int.random(in: 1...12, using: &random) { instructions += stretch }
      }
      return instructions
    }
    let flat = program(depth: 2)
    #expect(Self.folded(flat).count <= flat.count)
  }
}
