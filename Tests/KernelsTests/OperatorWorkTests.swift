import Kernels
import Profiles
import Roofline
import SampleModels
import TestSupport
import Testing
import Workloads

/// What operators do at least, from the library of roofline math, and the kernels that they become.
@Suite("The least work of an operator") struct OperatorWorkTests {
  private static func told(_ vector: RooflineVector) -> ToldOperator {
    var attributes: [OperatorAttribute] = []
    if case .record(let members)? = vector.inputs["attributes"] {
      attributes = members.map { name, value in
        let values = RooflineVector.list(value).map { Int64(RooflineVector.int($0)) }
        return OperatorAttribute(name: name, values: values.isEmpty ? [Int64(RooflineVector.int(value))] : values)
      }
    }
    func shapes(_ key: String) -> [Shape] {
      RooflineVector.list(vector.inputs[key]).map { shape in
        Shape(RooflineVector.list(shape).map { Int64(RooflineVector.int($0)) })
      }
    }
    return ToldOperator(
      name: vector.word("operator"), inputs: shapes("inputs"),
      outputs: vector.inputs["outputs"] == nil ? nil : shapes("outputs"), attributes: attributes)
  }

  @Test(arguments: try RooflineVector.all(of: "operator")) func `is what the vectors say`(
    vector: RooflineVector
  ) throws {
    let operation = try Operator(completing: Self.told(vector))
    let work = OperatorWork(operation, bytesPerElement: vector.double("bytes_per_element"))
    #expect(vector.difference("flops", fromCount: work.operationCount) == nil)
    #expect(vector.difference("bytes", from: work.bytes.value) == nil)
    #expect(vector.difference("intensity", from: work.intensity.value) == nil)
  }

  /// What a derivation in words and numbers comes to: its numbers, signs and parentheses.
  private static func value(of derivation: String) -> Int128? {
    if derivation.hasPrefix("none: ") { return 0 }
    let spaced = derivation.replacing("(", with: " ( ").replacing(")", with: " ) ").replacing(",", with: " ")
    var tokens = spaced.split(separator: " ").filter { Int128($0) != nil || ["x", "+", "(", ")"].contains($0) }[...]
    func factor() -> Int128? {
      guard let token = tokens.popFirst() else { return nil }
      guard token == "(" else { return Int128(token) }
      let inner = sum()
      return tokens.popFirst() == ")" ? inner : nil
    }
    func term() -> Int128? {
      var result = factor()
      while tokens.first == "x" {
        tokens.removeFirst()
        guard let left = result, let right = factor() else { return nil }
        result = left * right
      }
      return result
    }
    func sum() -> Int128? {
      var result = term()
      while tokens.first == "+" {
        tokens.removeFirst()
        guard let left = result, let right = term() else { return nil }
        result = left + right
      }
      return result
    }
    let result = sum()
    return tokens.isEmpty ? result : nil
  }

  @Test(arguments: try RooflineVector.all(of: "operator")) func `is derived in words that come to it`(
    vector: RooflineVector
  ) throws {
    let operation = try Operator(completing: Self.told(vector))
    let size = vector.double("bytes_per_element")
    let work = OperatorWork(operation, bytesPerElement: size)
    let arithmetic = OperatorDerivation.arithmetic(of: operation)
    let traffic = OperatorDerivation.traffic(of: operation, bytesPerElement: size)
    #expect(Self.value(of: arithmetic) == work.operationCount, "\(operation.name): \(arithmetic)")
    #expect(Self.value(of: traffic).map { Double($0) } == work.bytes.value, "\(operation.name): \(traffic)")
  }

  /// A rule that is added without a vector is noticed here: a rule prices a family of operators by one formula.
  @Test func `has vectors for every rule that kernels are made by`() throws {
    let told = try RooflineVector.all(of: "operator").map { try Operator(completing: Self.told($0)) }
    let without = OperatorRule.all.filter { rule in
      !told.contains { rule.names.contains(OperatorRule.baseName($0.name)) }
    }
    #expect(without.map { $0.names.sorted() } == [])
  }

  /// Operators that become several kernels of their own, each with traffic, or look at elements that nobody tells.
  private static let ofSeveralKernels: Set<String> = ["one_hot", "isin", "topk", "nonzero"]

  /// What a kernel moves more or less than the operator's tensors, bytes.
  private static func exception(_ operation: Operator, _ precision: Precision) -> Double {
    let parameters =
      operation.inputs.dropFirst(2).reduce(0) { $0 + Double($1.elementCount) } * precision.bytesPerElement
    switch OperatorRule.of(operation).kind {
    // A bias is added by a kernel of the library's.
    case .convolution, .depthwiseConvolution: return -parameters
    // The numbers of the channels are not counted.
    case .batchNorm:
      let first = operation.inputs.dropFirst().first.map { Double($0.elementCount) } ?? 0
      return -parameters - first * precision.bytesPerElement
    // PyTorch writes where each maximum stood.
    case .pooling where OperatorRule.baseName(operation.name) == "max_pool2d":
      return 8 * operation.outputs.reduce(0) { $0 + Double($1.elementCount) }
    default: return 0
    }
  }

  @Test(arguments: try ShippedProfiles.workloads().names, [Precision.fp16, .fp32])
  func `is that of the kernels of every shipped workload`(name: String, precision: Precision) throws {
    let workload = try ShippedProfiles.workloads().load(name).bindChecked()
    let lowering = try Target.matrix(precision)
    var checked = 0
    var wrong: [String] = []
    var seen: Set<Operator> = []
    workload.program.forEachLeaf { operation, _ in
      guard operation.movesTensors, seen.insert(operation).inserted, !operation.isGuessed,
        !Self.ofSeveralKernels.contains(OperatorRule.baseName(operation.name)), operation.copies.isEmpty,
        let whole = try? operation.completed
      else { return }
      let kernels = lowering.lower(operation).kernels.filter { !$0.isLaunchedByLibrary }
      guard !kernels.isEmpty else { return }
      let work = OperatorWork(whole, bytesPerElement: precision.bytesPerElement)
      let flops = kernels.reduce(0) { $0 + $1.flops }
      let bytes = kernels.reduce(0) { $0 + $1.bytes } - Self.exception(operation, precision)
      // Where no window is told, the kernel model takes nine elements for one.
      let isPoolOfAll = OperatorRule.baseName(operation.name).hasPrefix("adaptive")
      if flops != work.flops.value, !isPoolOfAll {
        wrong.append("\(operation.name) \(operation.inputs): \(flops) FLOPs, not \(work.flops.value)")
      }
      if bytes != work.bytes.value {
        wrong.append("\(operation.name) \(operation.inputs): \(bytes) B, not \(work.bytes.value)")
      }
      checked += 1
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    #expect(checked > 0)
  }

  private static let results: [(ToldOperator, Shape)] = [
    (ToldOperator(name: "aten::add", inputs: [[8, 1], [1, 8]]), [8, 8]),
    (ToldOperator(name: "aten::add", inputs: [[4, 8], []]), [4, 8]),
    (ToldOperator(name: "aten::matmul", inputs: [[2, 1, 3, 4], [5, 4, 6]]), [10, 3, 6]),
    (
      ToldOperator(
        name: "aten::sum", inputs: [[2, 3, 4]], attributes: [OperatorAttribute(name: "dim", values: [0, -1])]), [3]
    ), (ToldOperator(name: "aten::amax", inputs: [[2, 3]]), []),
    (
      ToldOperator(name: "aten::topk", inputs: [[9, 100]], attributes: [OperatorAttribute(name: "k", values: [5])]),
      [9, 5]
    ),
    (
      ToldOperator(
        name: "aten::max_pool2d", inputs: [[1, 8, 7, 7]],
        attributes: [
          OperatorAttribute(name: "kernel_size", values: [2]), OperatorAttribute(name: "ceil_mode", values: [1]),
        ]), [1, 8, 4, 4]
    ), (ToldOperator(name: "aten::glu", inputs: [[4, 10]]), [4, 5]),
    (ToldOperator(name: "aten::embedding", inputs: [[100, 16], [2, 3]]), [2, 3, 16]),
    (ToldOperator(name: "aten::scatter_add_", inputs: [[100, 4], [7, 4], [7, 4]]), [7, 4]),
    (ToldOperator(name: "c10d::_allgather_base_", inputs: [[100]]), [100]),
  ]

  @Test(arguments: results) func `is of results that follow from the operands`(told: ToldOperator, result: Shape) throws
  {
    #expect(try Operator(completing: told).outputs.first == result)
  }

  /// What engines call their own operators: operations and bytes, at two bytes an element.
  private static let ofEngines: [(ToldOperator, Int128, Double)] = [
    // 64 rows of 60 experts, 2048 to 1408: every expert may have a row.
    (
      ToldOperator(name: "aten::_grouped_mm", inputs: [[64, 2048], [60, 2048, 1408]]), 2 * 64 * 2048 * 1408,
      2 * (64 * 2048 + 60 * 2048 * 1408 + 64 * 1408)
    ),
    // Four rows reach four experts at most.
    (
      ToldOperator(name: "aten::_grouped_mm", inputs: [[4, 2048], [60, 2048, 1408]]), 2 * 4 * 2048 * 1408,
      2 * (4 * 2048 + 4 * 2048 * 1408 + 4 * 1408)
    ), (ToldOperator(name: "vllm::silu_and_mul", inputs: [[8, 200]]), 11 * 800, 2 * (1600 + 800)),
    (ToldOperator(name: "vllm::rotary_embedding", inputs: [[8, 64], [8, 16]]), 3 * 640, 2 * 2 * 640),
    (ToldOperator(name: "vllm::fused_add_rms_norm", inputs: [[8, 64], [8, 64], [64]]), 9 * 512, 2 * (4 * 512 + 64)),
    (ToldOperator(name: "vllm::reshape_and_cache", inputs: [[8, 64], [8, 64]]), 0, 2 * 4 * 512),
    (ToldOperator(name: "vllm::moe_sum", inputs: [[8, 4, 64]]), 2 * 2048, 2 * (2048 + 512)),
    // Latent attention: values are part of the keys.
    (
      ToldOperator(
        name: "aten::scaled_dot_product_attention", inputs: [[1, 16, 1, 576], [1, 1, 100, 576], [1, 1, 100, 512]],
        attributes: [OperatorAttribute(name: "shares_values", values: [1])]), 2 * 16 * 100 * (576 + 512),
      2 * (16 * 576 + 100 * 576 + 16 * 512)
    ),
  ]

  @Test(arguments: ofEngines) func `is known of what engines have written for themselves`(
    told: ToldOperator, operations: Int128, bytes: Double
  ) throws {
    let work = OperatorWork(try Operator(completing: told), bytesPerElement: 2)
    #expect(work.operationCount == operations && work.bytes.value == bytes, "\(told.name) \(work)")
  }

  @Test func `takes indices for integers and comparisons for truth values`() throws {
    let embedding = try Operator(completing: ToldOperator(name: "aten::embedding", inputs: [[100, 16], [5]]))
    #expect(embedding.inputTypes == [.float, .int64])
    #expect(OperatorWork(embedding, bytesPerElement: 2).bytes.value == 2 * 5 * 16 * 2 + 5 * 8)
    let comparison = try Operator(completing: ToldOperator(name: "aten::gt", inputs: [[64], [64]]))
    #expect(OperatorWork(comparison, bytesPerElement: 4).bytes.value == 2 * 64 * 4 + 64)
  }

  @Test(arguments: [
    (ToldOperator(name: "aten::add", inputs: [[3], [4]]), "3 and 4 positions on dimension -1"),
    (ToldOperator(name: "aten::sum", inputs: [[3]], attributes: [OperatorAttribute(name: "dim", values: [1])]), "dim"),
    (
      ToldOperator(name: "vllm::compiled_linear", inputs: [[3, 4], []]),
      "the shape of the weights, [], has 0 dimensions"
    ),
    (ToldOperator(name: "aten::mm", inputs: [[3, 4], [5, 6]]), "inner dimension of the right factor is 5"),
    (
      ToldOperator(name: "aten::topk", inputs: [[3]], attributes: [OperatorAttribute(name: "k", values: [4])]),
      "attribute k is 4"
    ),
    (
      ToldOperator(
        name: "aten::max_pool2d", inputs: [[1, 1, 2, 2]],
        attributes: [OperatorAttribute(name: "kernel_size", values: [3, 3])]), "does not fit the input"
    ),
    (
      ToldOperator(
        name: "aten::linear", inputs: [[1 << 30, 4], [1 << 30, 4]]), "no tensor of at most 2^50 elements"
    ),
  ]) func `is refused where operands do not fit`(told: ToldOperator, words: String) {
    #expect {
      try Operator(completing: told)
    } throws: { error in
      guard case .wrongOperands(let problem)? = error as? LoneOperatorFault else { return false }
      return problem.problem.contains(words)
    }
  }

  @Test(arguments: ["aten::adaptive_avg_pool2d", "aten::einsum", "aten::unique2", "aten::topk", "aten::add"])
  func `is unknown where results do not follow`(name: String) {
    let told = ToldOperator(name: name, inputs: name == "aten::add" ? [] : [[4, 4, 4, 4]])
    #expect(throws: LoneOperatorFault.resultsUnknown) { try Operator(completing: told) }
  }
}
