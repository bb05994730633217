import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

/// Expectations are products of the shapes, written out.
@Suite("A matrix product is lowered") struct MatrixLoweringTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let operation: Operator
    let shape: MatrixShape
    var testDescription: String { "\(operation.name) \(operation.inputs)" }

    init(_ name: String, _ inputs: [[Int64]], batch: Double = 1, m: Double, n: Double, k: Double) {
      operation = .make(name, inputs)
      shape = MatrixShape(batch: batch, m: m, n: n, k: k)
    }
  }

  static let cases = [
    // y = x W^T + b: the weight has the results' width first.
    Case("aten::linear", [[4, 128, 768], [3072, 768], [3072]], m: 512, n: 3072, k: 768),
    Case("aten::linear", [[768], [10, 768]], m: 1, n: 10, k: 768),
    Case("aten::linear", [[8, 768], [768]], m: 8, n: 1, k: 768),
    // b + x W: the weight has the sum's length first, and the first operand is the bias.
    Case("aten::addmm", [[3072], [512, 768], [768, 3072]], m: 512, n: 3072, k: 768),
    Case("aten::mm", [[5, 7], [7, 3]], m: 5, n: 3, k: 7),
    Case("aten::addmv", [[5], [5, 7], [7]], m: 5, n: 1, k: 7),
    Case("aten::bmm", [[12, 128, 64], [12, 64, 128]], batch: 12, m: 128, n: 128, k: 64),
    Case("aten::baddbmm", [[12, 1, 128], [12, 128, 64], [12, 64, 128]], batch: 12, m: 128, n: 128, k: 64),
    // matmul broadcasts: a matrix on the right is one product with all rows of the left.
    Case("aten::matmul", [[2, 12, 128, 64], [64, 32]], m: times(2, 12, 128), n: 32, k: 64),
    Case("aten::matmul", [[2, 12, 128, 64], [2, 12, 64, 128]], batch: 24, m: 128, n: 128, k: 64),
    Case("aten::matmul", [[2, 1, 128, 64], [1, 12, 64, 128]], batch: 24, m: 128, n: 128, k: 64),
    Case("aten::matmul", [[128, 64], [12, 64, 128]], batch: 12, m: 128, n: 128, k: 64),
    Case("aten::matmul", [[64], [64, 32]], m: 1, n: 32, k: 64),
    Case("aten::matmul", [[128, 64], [64]], m: 128, n: 1, k: 64),
    Case("aten::dot", [[64], [64]], m: 1, n: 1, k: 64),
  ]

  @Test(arguments: cases) func `to one product`(_ testCase: Case) throws {
    let lowered = try Target.plain().lower(testCase.operation)
    #expect(lowered.hasRule && lowered.kernels.count == 1)
    let kernel = try #require(lowered.kernels.first)
    let shape = testCase.shape
    #expect(kernel.matrix == shape)
    #expect(kernel.kernelClass == .matrixMultiply)
    #expect(kernel.flops == times(2, shape.batch, shape.m, shape.n, shape.k), "a multiply-add counts two")
    let read = testCase.operation.inputs.reduce(0) { $0 + 4 * Double($1.elementCount) }
    #expect(kernel.bytesRead == read, "every operand once")
    #expect(kernel.bytesWritten == times(4, shape.batch, shape.m, shape.n))
  }

  /// (2, 1) x (1, 12) batches are 24 products.
  @Test func `with a batch broadcast on both sides`() throws {
    let kernel = try #require(
      try Target.plain().lower(.make("aten::matmul", [[2, 1, 128, 64], [1, 12, 64, 128]])).kernels.first)
    #expect(kernel.matrix?.batch == 24)
  }

  /// Funnel Transformer's sums, at batch 1 and 2 and 128 tokens: heads 12, width 64.
  @Test(arguments: [
    ([2, 128, 12, 64], [2, 128, 12, 64], [2, 12, 128, 128], MatrixShape(batch: 24, m: 128, n: 128, k: 64)),
    ([1, 12, 128, 128], [1, 128, 12, 64], [1, 128, 12, 64], MatrixShape(batch: 12, m: 128, n: 64, k: 128)),
    ([256, 768], [768, 12, 64], [256, 12, 64], MatrixShape(batch: 1, m: 256, n: 768, k: 768)),
    ([1, 128, 12, 64], [256, 12, 64], [1, 12, 128, 256], MatrixShape(batch: 12, m: 128, n: 256, k: 64)),
    ([2, 128, 12, 64], [2, 12, 64], [2, 12, 128, 2], MatrixShape(batch: 12, m: 256, n: 2, k: 64)),
  ])
  func `of an einsum, from the shapes alone`(
    _ left: [Int64], _ right: [Int64], _ output: [Int64], _ shape: MatrixShape
  ) throws {
    let kernels = try Target.plain().lower(.make("aten::einsum", [left, right], to: [output])).kernels
    let found = try #require(kernels.first?.matrix)
    #expect(found.flops == shape.flops && found.k == shape.k && found.batch == shape.batch, "\(found)")
  }

  @Test func `with half the bytes in half precision`() throws {
    let operation = Operator.make("aten::linear", [[4, 64], [32, 64], [32]])
    let wide = try #require(try Target.plain(.fp32).lower(operation).kernels.first)
    let narrow = try #require(try Target.plain(.fp16).lower(operation).kernels.first)
    #expect(wide.bytes == 4 * 2464.0)
    #expect(narrow.bytes == wide.bytes / 2 && narrow.flops == wide.flops)
    #expect(wide.arithmetic == .fp32 && narrow.arithmetic == .fp16)
  }

  @Test func `in TF32 only for the kinds that the framework lets, on a device that has it`() throws {
    let linear = Operator.make("aten::linear", [[4, 64], [32, 64]])
    let convolution = Operator.make("aten::conv2d", [[1, 8, 8, 8], [8, 8, 3, 3]])
    func arithmetic(_ operation: Operator, _ lowering: Lowering) -> Precision? {
      lowering.lower(operation).kernels.first { $0.work != .stream }?.arithmetic
    }
    #expect(try arithmetic(linear, Target.matrix(.fp32)) == .fp32, "not among the framework's tf32 kinds")
    #expect(try arithmetic(convolution, Target.matrix(.fp32)) == .tf32)
    #expect(try arithmetic(convolution, Target.plain(.fp32)) == .fp32, "no units")
    #expect(try arithmetic(linear, Target.matrix(.tf32)) == .tf32, "asked for outright")
  }

  @Test func `to fused attention: two products, the scores kept on chip`() throws {
    let operand: [Int64] = [2, 12, 128, 64]
    let lowered = try Target.plain().lower(.make("aten::scaled_dot_product_attention", [operand, operand, operand]))
    let kernel = try #require(lowered.kernels.first)
    #expect(lowered.kernels.count == 1 && lowered.kind == .attention)
    let shape = AttentionShape(batch: 2, heads: 12, keyHeads: 12, queries: 128, keys: 128, width: 64)
    #expect(kernel.work == .attention(shape))
    #expect(kernel.flops == 2 * (times(2, 24, 128, 128, 64)))
    #expect(kernel.bytes == 4 * 4 * (times(2, 12, 128, 64)), "queries, keys, values in; results out")
  }

  @Test func `to fused attention of shared heads: those of queries are work, those of keys and values traffic`() throws
  {
    // Eight of 32 heads of queries share one of keys and values.
    let lowered = try Target.plain(.fp16).lower(
      .make("aten::scaled_dot_product_attention", [[2, 32, 1, 128], [2, 4, 1000, 128], [2, 4, 1000, 128]]))
    let kernel = try #require(lowered.kernels.first)
    let shape = AttentionShape(batch: 2, heads: 32, keyHeads: 4, queries: 1, keys: 1000, width: 128)
    #expect(kernel.work == .attention(shape))
    #expect(kernel.flops == 2 * times(2, 64, 1000, 128))
    #expect(kernel.bytesRead == 2 * (times(2, 32, 128) + 2 * times(2, 4, 1000, 128)))
    #expect(kernel.bytesWritten == 2 * times(2, 32, 128))
  }

  @Test(arguments: [
    Operator.make("aten::linear", [[4, 64]]), .make("aten::matmul", []), .make("aten::mm", [[], [3]]),
    .make("aten::bmm", [[4, 8, 0], [4, 0, 8]]), .make("aten::addmm", [[3], [2, 4]]),
    .make("aten::scaled_dot_product_attention", [[4, 64], [4, 64]]),
  ])
  func `to element-wise traffic at most where its shapes are no product`(_ operation: Operator) throws {
    for kernel in try Target.matrix().lower(operation).kernels {
      #expect(kernel.work == .stream && kernel.flops.isFinite && kernel.bytes.isFinite, "\(kernel)")
    }
  }
}
