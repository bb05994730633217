import JSONText
import Profiles
import Roofline
import Workloads

// One result for each element.

extension OperatorRule {
  /// Element-wise operators.
  ///
  /// An exponential, logarithm or the like is a polynomial of about ten terms; anything else counts once for an element.
  static let pointwise = [
    pointwise(
      "gelu", flopsPerResult: transcendental, decomposition: (rule: .gelu, nodes: { geluNodes($0) })),
    pointwise(
      "tanh sigmoid silu exp expm1 erf log log1p log2 cos sin pow softplus mish elu celu selu logit",
      flopsPerResult: transcendental),
    pointwise(
      """
      abs add addcdiv addcmul __and__ and bitwise_and bitwise_not bitwise_or bitwise_xor ceil clamp clamp_max \
      clamp_min cumulative div eq fill floor floor_divide fmod fused ge glu greater greater_equal gt hardsigmoid \
      hardswish hardtanh le leaky_relu lerp less less_equal logical_and logical_not logical_or lt maximum \
      minimum mul nan_to_num ne neg not_equal __or__ prelu reciprocal relu relu6 remainder round rsqrt rsub sign sqrt \
      square sub threshold tril triu true_divide __xor__ xor zero
      """, flopsPerResult: 1),
    // What is not filled in place is copied first.
    OperatorRule(
      "masked_fill", .pointwise, fusion: .pointwise, arithmetic: .perResult(1),
      lower: { lowering, operation in
        let filled = lowering.pointwise(operation)
        guard !operation.name.contains("masked_fill_"), !filled.isEmpty else { return filled }
        let copy = lowering.move(operation.name, bytes: operation.resultBytes(lowering.target))
        return [lowering.byLibrary(copy)] + filled
      }),
    // With a condition alone it lists the positions that meet it, and waits for their number.
    pointwise("where", flopsPerResult: 1, variant: { $0.inputs.count == 1 ? positions : nil }),
  ]

  private static let transcendental = Double(PassOverMemory.transcendentalOperations)

  private static func pointwise(
    _ names: String, flopsPerResult: Double, variant: (@Sendable (Operator) -> OperatorRule?)? = nil,
    decomposition: (rule: DecompositionRule, nodes: @Sendable (Operator) -> [Operator])? = nil
  ) -> OperatorRule {
    OperatorRule(
      names, .pointwise, fusion: .pointwise, arithmetic: .perResult(flopsPerResult), decomposition: decomposition,
      variant: variant, lower: { $0.pointwise($1, flopsPerResult: flopsPerResult) })
  }

  /// `x * (erf(x / sqrt(2)) + 1) * 0.5`.
  private static func geluNodes(_ operation: Operator) -> [Operator] {
    guard let shape = operation.inputs.first else { return [operation] }
    return operation.spelledOut([
      GraphNode("div", [shape], shape), GraphNode("erf", [shape], shape), GraphNode("add", [shape], shape),
      GraphNode("mul", [shape, shape], shape), GraphNode("mul", [shape], shape),
    ])
  }
}

extension Lowering {
  /// A kernel that reads the operands and writes a result for each element.
  ///
  /// Operands that are no larger than one element, or as large as the result, are loaded several elements at a time. Of
  /// others a general kernel computes the place of each, unless it was written for them.
  func pointwise(_ operation: Operator, flopsPerResult: Double = 1, isTuned: Bool = false) -> [Kernel] {
    let elements = operation.outputs.isEmpty ? operation.largestInputElements : operation.outputElements
    guard elements > 0 else { return [] }
    var kernel = Kernel(
      name: operation.name, .elementwise, flops: flopsPerResult * elements, bytesRead: operation.inputBytes(target),
      bytesWritten: operation.resultBytes(target), arithmetic: target.precision)
    let isBroadcast = operation.inputs.contains { $0.elementCount > 1 && Double($0.elementCount) < elements }
    if isBroadcast, !isTuned { kernel.pass.placed = elements }
    return [kernel]
  }
}
