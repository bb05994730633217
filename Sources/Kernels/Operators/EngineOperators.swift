import Profiles
import Workloads

// What programs that serve language models have written for themselves, by the names that they give it.

extension OperatorRule {
  /// Kernels of vLLM, SGLang and TensorRT-LLM, and PyTorch's grouped product.
  static let engineOperators = [
    // (input, residual, weight) -> (normalized, sum)
    OperatorRule(
      "fused_add_rms_norm fused_add_layer_norm", .layerNorm, arithmetic: fusedNormArithmetic, weights: { $0 > 1 },
      lower: { $0.normalization($1, fusedNormArithmetic, step: { $0.engineNormalization }) }),
    // (gate and up, side by side) -> (their product)
    engine("silu_and_mul gelu_and_mul gelu_tanh_and_mul swigluoai_and_mul", flopsPerResult: 11),
    // (queries, keys) -> (queries, keys), turned by their positions
    engine("rotary_embedding apply_rope_with_cos_sin_cache_inplace", flopsPerResult: 3),
    // (tensor) -> (tensor in the format of weights)
    engine(
      "dynamic_scaled_quant scaled_fp8_quant scaled_fp4_quant dynamic_per_token_scaled_fp8_quant", flopsPerResult: 2),
    // (keys, values) -> (the same, in a cache)
    OperatorRule("reshape_and_cache reshape_and_cache_flash concat_and_cache_mla set_kv_buffer", .copy) {
      $0.cacheWrite($1)
    },
    // (scores of experts) -> (weights and indices of the chosen)
    OperatorRule("topk_softmax topk_sigmoid grouped_topk", .reduction, arithmetic: .perOperand(5)) {
      $0.reduction($1, .perOperand(5))
    },
    // (indices) -> (rows in the order of their experts): counted, then sorted
    OperatorRule("moe_align_block_size", .gather) { lowering, operation in
      let pass = lowering.move(operation.name, bytes: operation.resultBytes(lowering.target))
      return [pass, pass]
    },
    // (rows of each chosen expert) -> (their weighted sum), of which each thread adds up its own elements
    OperatorRule("moe_sum", .reduction, arithmetic: .perOperand(2)) { $0.reduction($1, .perOperand(2), PassShape()) },
    // (input, weights), which a compiler writes as a sum where the input is one row
    OperatorRule(
      "compiled_linear", .linear, weights: { $0 == 1 }, product: compiledForm,
      check: { operation throws(OperatorFault) in try compiledForm.check(operation) },
      lower: { $0.compiled($1, "linear") }),
    OperatorRule(
      "compiled_grouped_mm", .linear, weights: { $0 == 1 },
      check: { operation throws(OperatorFault) in try checkGroups(operation) }, lower: { $0.compiled($1, "grouped_mm") }
    ),
    OperatorRule(
      "_grouped_mm grouped_mm", .linear, weights: { $0 == 1 },
      check: { operation throws(OperatorFault) in try checkGroups(operation) }, lower: { $0.groupedProduct($1) }),
  ]

  private static let compiledForm = ProductForm(isLinear: true, right: 1...2)
  private static let fusedNormArithmetic = OperatorArithmetic.perOperand(9)

  private static func engine(_ names: String, flopsPerResult: Double) -> OperatorRule {
    OperatorRule(names, .pointwise, arithmetic: .perResult(flopsPerResult)) {
      $0.pointwise($1, flopsPerResult: flopsPerResult, isTuned: true)
    }
  }

  private static func checkGroups(_ operation: Operator) throws(OperatorFault) {
    guard operation.inputs.count >= 2 else { throw .tooFewOperands(needed: 2, found: operation.inputs.count) }
    let (rows, weights) = (operation.inputs[0], operation.inputs[1])
    try OperatorCheck.checkRank(rows, of: .input, 2...2)
    try OperatorCheck.checkRank(weights, of: .weights, 3...3)
    guard rows[1] == weights[1] else {
      throw .unequal(.width(.input), rows[1], wanted: weights[1], by: .innerDimension(.weights))
    }
    try OperatorCheck.checkValues("active", operation.attribute("active") ?? [], 1...max(1, weights[0]))
  }
}

extension Lowering {
  /// New keys and values go into a cache, which may be in another format.
  fileprivate func cacheWrite(_ operation: Operator) -> [Kernel] {
    let elements = operation.inputs.reduce(0) { $0 + Double($1.elementCount) }
    guard elements > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .copy, flops: 0, bytesRead: operation.inputBytes(target),
        bytesWritten: elements * target.bytes(.cache), arithmetic: target.precision)
    ]
  }

  /// A product of one token is a sum for each result, with as many rows as experts that it chose; of more it is a product.
  fileprivate func compiled(_ operation: Operator, _ product: String) -> [Kernel] {
    guard let rule = OperatorRule.named(product) else { return [] }
    let tokens = operation.inputElements(0) / Double(max(1, operation.inputs[0].last ?? 1))
    let isOneToken = tokens == Double(operation.attribute("active")?.first ?? 1)
    return rule.lower(self, operation).map { kernel in
      guard isOneToken else { return kernel }
      var sum = kernel
      sum.work = .weightedSum
      return sum
    }
  }

  /// A product with the matrices of several groups, each of which has some of the rows: the experts of a layer.
  ///
  /// Rows are of tokens that choose `active` groups each, evenly; the weights of groups that none chooses are not read.
  fileprivate func groupedProduct(_ operation: Operator) -> [Kernel] {
    let (rows, weights) = (operation.inputs[0], operation.inputs[1])
    guard rows.elementCount > 0, weights.elementCount > 0 else { return [] }
    let groups = Double(weights[0])
    let active = Double(operation.attribute("active")?.first ?? 1)
    let touched = EvenChoice.touched(of: groups, active: active, tokens: Double(rows[0]) / active)
    let shape = MatrixShape(batch: touched, m: Double(rows[0]) / touched, n: Double(weights[2]), k: Double(weights[1]))
    let matrices = touched * shape.n * shape.k
    let isOfFormat = operation.inputTypes[1] == .weight
    let formats = isOfFormat ? target.formats : TensorFormats(target.precision)
    var kernel = Kernel(
      name: operation.name, .matrixMultiply, .matrix(shape), flops: shape.flops,
      bytesRead: Double(rows.elementCount) * target.bytes(operation.inputTypes[0])
        + matrices * formats.weights.bytesPerElement,
      bytesWritten: Double(rows[0]) * shape.n * target.precision.bytesPerElement,
      arithmetic: target.arithmetic(of: .linear))
    kernel.readWeights(matrices, formats)
    // Weights of four bits have kernels of their own in every engine, of which nothing is measured.
    if formats.weights.bytesPerElement >= 1 { kernel.groups = target.groupedProducts }
    return [kernel]
  }
}
