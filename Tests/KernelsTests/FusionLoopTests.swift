import Kernels
import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

/// A repeated block is fused as if it were written out.
@Suite("Fusion across repeats", .tags(.slow)) struct FusionLoopTests {
  static let names = ["add", "relu", "view", "conv2d", "batch_norm", "linear", "softmax", "mean", "mul", "layer_norm"]

  /// A program of some statements, with loops in loops.
  static func program(depth: Int, _ random: inout SeededGenerator) -> [Block<Operator>] {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      if depth > 0, Int.random(in: 0..<3, using: &random) == 0 {
        let count = [1, 2, 3, 5, 40].randomElement(using: &random) ?? 2
        return .loop(count: count, body: program(depth: depth - 1, &random))
      }
      let name = names.randomElement(using: &random) ?? "add"
      let shape: [Int64] = Int.random(in: 0..<4, using: &random) == 0 ? [1, 8, 2, 2] : FusionRuleTests.shape
      return .leaf(FusionRuleTests.op(name, shape))
    }
  }

  /// Every operator of a program in turn, its repeats written out.
  static func unrolled(_ program: [Block<Operator>]) -> [Operator] {
    program.flatMap { statement in
      switch statement {
      case .leaf(let operation): [operation]
      case .loop(let count, let body): Array(repeating: unrolled(body), count: count).flatMap(\.self)
      }
    }
  }

  /// Every group in turn.
  static func unrolled(_ groups: [Block<[Operator]>]) -> [[Operator]] {
    groups.flatMap { statement in
      switch statement {
      case .leaf(let members): [members]
      case .loop(let count, let body): Array(repeating: unrolled(body), count: count).flatMap(\.self)
      }
    }
  }

  static func isView(_ operation: Operator) -> Bool { OperatorRule.named(operation.name)?.kind == .view }

  @Test(arguments: 0..<60) func `makes the groups of the program written out`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let program = Self.program(depth: 2, &random)
    let rules = FusionRule.allCases.filter { _ in Bool.random(using: &random) }
    let operators = Self.unrolled(program)
    let looped = Self.unrolled(Fusion(rules: rules).rewrite(program))
    let flat = Self.unrolled(Fusion(rules: rules).rewrite(operators.map { .leaf($0) }))
    #expect(looped == flat, "rules \(rules)")

    // Every operator that is not removed is in one group, in its order; views stand aside in theirs.
    let members = looped.flatMap(\.self)
    #expect(members.filter { !Self.isView($0) } == operators.filter { !Self.isView($0) })
    let views = operators.filter(Self.isView)
    #expect(members.filter(Self.isView) == (rules.contains(.removeViews) ? [] : views))
    #expect(looped.allSatisfy { (1...64).contains($0.count) })
  }

  /// A block of element-wise operators only: its group runs through the repeats without end, and is cut.
  @Test(arguments: [1, 2, 63, 64, 65, 127, 128, 129, 130, 131, 200, 1000])
  func `loses and adds nothing where a chain never ends`(count: Int) {
    for length in [1, 3, 64, 65] {
      let body = (0..<length).map { Block.leaf(FusionRuleTests.op($0 % 2 == 0 ? "add" : "mul")) }
      let program: [Block<Operator>] = [
        .leaf(FusionRuleTests.op("exp")), .loop(count: count, body: body),
        .leaf(FusionRuleTests.op("neg")),
      ]
      let groups = Self.unrolled(Fusion(rules: [.pointwise]).rewrite(program))
      #expect(groups.flatMap(\.self) == Self.unrolled(program), "\(length) operators, \(count) times")
      #expect(groups.allSatisfy { $0.count <= 64 })
    }
  }

  /// Twelve layers are twelve layers, but the text of one or two: what a loop saves.
  @Test func `keeps repeats as loops`() {
    let layer = ["linear", "gelu", "linear", "add", "layer_norm"].map {
      Block.leaf(FusionRuleTests.op($0))
    }
    let program: [Block<Operator>] = [.loop(count: 100_000, body: layer)]
    let groups = Fusion(rules: [.pointwise, .layerNorm, .epilogue]).rewrite(program)
    func size(_ groups: [Block<[Operator]>]) -> Int {
      groups.reduce(0) { sum, statement in
        if case .loop(_, let body) = statement { sum + size(body) } else { sum + 1 }
      }
    }
    #expect(size(groups) < 20)
  }

  @Test func `is counted out when kernels are`() throws {
    // The convolution has a helper of its library.
    let layer = ["conv2d", "batch_norm", "relu"].map { Block.leaf(FusionRuleTests.op($0)) }
    let workload = BoundWorkload(name: "w", program: [.loop(count: 1000, body: layer)])
    let plain = LoweredProgram(workload, target: try Target.plain().target, rules: [])
    #expect(plain.kernelCount == 4000 && plain.kernels.count == 4 && plain.operations.count == 3)
    let folded = LoweredProgram(workload, target: try Target.plain().target, rules: [.foldBatchNorm, .epilogue])
    #expect(folded.kernelCount == 2000 && folded.bytes < plain.bytes)
    let once = try layer.reduce(0.0) { sum, statement in
      guard case .leaf(let operation) = statement else { return sum }
      return try sum + Target.plain().lower(operation).kernels.reduce(0) { $0 + $1.flops }
    }
    #expect(plain.flops == 1000 * once)
  }
}
