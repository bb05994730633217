import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

@Suite("Attention and projections") struct AttentionFusionTests {
  static let x: [Int64] = [2, 128, 768]
  static let heads: [Int64] = [2, 12, 128, 64]
  static let turned: [Int64] = [2, 12, 64, 128]
  static let scores: [Int64] = [2, 12, 128, 128]

  static let attention: [Operator] = [
    .make("aten::matmul", [heads, turned], to: [scores], copies: [heads]), .make("aten::div", [scores], to: [scores]),
    .make("aten::add", [scores, [2, 1, 1, 128]], to: [scores]), .make("aten::softmax", [scores], to: [scores]),
    .make("aten::dropout", [scores], to: [scores]), .make("aten::matmul", [scores, heads], to: [heads]),
  ]

  static func lowered(_ operators: [Operator], _ rules: [FusionRule]) throws -> LoweredProgram {
    let workload = BoundWorkload(name: "w", program: operators.map { .leaf($0) })
    return LoweredProgram(workload, target: try Target.plain().target, rules: rules)
  }

  @Test func `is one kernel that reads queries, keys and values and writes the result`() throws {
    let fused = try Self.lowered(Self.attention, [.attention, .removeViews])
    #expect(fused.kernelCount == 1 && fused.operations.map(\.kind) == [.attention])
    let tensor = Double(2 * 12 * 128 * 64 * 4)
    #expect(fused.bytes == 4 * tensor)
    // Two products, and a scale, a mask and a softmax of five FLOPs for each score.
    #expect(fused.flops == times(4, 24, 128, 128, 64) + times(7, 24, 128, 128))
    #expect(try Self.lowered(Self.attention, []).kernelCount == 6, "five, and a copy")
  }

  @Test func `that breaks off is fused by the other rules`() throws {
    let broken = Array(Self.attention.prefix(4)) + [.make("aten::linear", [Self.x, [768, 768]], to: [Self.x])]
    let groups = Fusion(rules: [.attention, .pointwise, .softmax]).rewrite(broken.map { .leaf($0) })
    let sizes = groups.map { statement -> Int in
      if case .leaf(let members) = statement { members.count } else { 0 }
    }
    #expect(sizes == [1, 3, 1])
  }

  @Test func `projections over one input are one product of all their columns`() throws {
    let projection = Operator.make("aten::linear", [Self.x, [768, 768], [768]], to: [Self.x])
    let view = Operator.make("aten::view", [Self.x], to: [Self.x])
    let three = [projection, view, projection, view, projection, view]
    let merged = try Self.lowered(three, [.projections, .removeViews])
    #expect(merged.kernels.compactMap(\.matrix) == [MatrixShape(m: 256, n: 3 * 768, k: 768)])
    let apart = try Self.lowered(three, [.removeViews])
    #expect(merged.kernelCount == 1 && apart.kernelCount == 3)
    #expect(merged.flops == apart.flops)
    #expect(apart.bytes - merged.bytes == times(2, 256, 768, 4), "the input is read once")
  }

  @Test func `other products and those with something in between stay apart`() throws {
    let wide = Operator.make("aten::linear", [Self.x, [3072, 768]], to: [[2, 128, 3072]])
    let square = Operator.make("aten::linear", [Self.x, [768, 768]], to: [Self.x])
    let relu = Operator.make("aten::relu", [Self.x], to: [Self.x])
    #expect(try Self.lowered([square, wide], [.projections]).kernelCount == 2)
    #expect(try Self.lowered([square, relu, square], [.projections]).kernelCount == 3)
    #expect(try Self.lowered([square, square, relu], [.projections, .epilogue]).kernelCount == 2)
  }
}
