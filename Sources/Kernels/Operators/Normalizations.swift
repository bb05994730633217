import Profiles
import Roofline
import Workloads

// Normalizations and softmax.

extension OperatorRule {
  /// Batch normalizations, normalizations of rows, and softmax.
  ///
  /// A batch normalization at inference scales and shifts; one of a row has two sums, a difference, a product, and scale
  /// and shift; a softmax has an extremum, a difference, an exponential and a quotient.
  static let normalizations = [
    OperatorRule(
      "batch_norm native_batch_norm cudnn_batch_norm miopen_batch_norm _batch_norm_impl_index", .batchNorm,
      fusion: .batchNorm, arithmetic: batchNormArithmetic, weights: { $0 > 0 },
      check: { operation throws(OperatorFault) in
        try OperatorCheck.checkRank(operation.inputs.first, of: .input, 2 ... .max)
      },
      lower: { $0.batchNorm($1, batchNormArithmetic) }),
    rowNorm("layer_norm", decomposition: (rule: .layerNorm, nodes: { layerNormNodes($0) })),
    rowNorm("native_layer_norm group_norm native_group_norm rms_norm _fused_rms_norm instance_norm"),
    OperatorRule(
      "softmax _softmax log_softmax _log_softmax", .softmax, fusion: .softmax, arithmetic: softmaxArithmetic,
      lower: { $0.softmax($1, softmaxArithmetic) }),
  ]

  private static let batchNormArithmetic = OperatorArithmetic.perInput(
    Double(Normalization.operationsPerElement(.batch)))
  private static let rowNormArithmetic = OperatorArithmetic.perOperand(
    Double(Normalization.operationsPerElement(.rows)))
  private static let softmaxArithmetic = OperatorArithmetic.perOperand(Double(Softmax.operationsPerElement))

  private static func rowNorm(
    _ names: String, decomposition: (rule: DecompositionRule, nodes: @Sendable (Operator) -> [Operator])? = nil
  ) -> OperatorRule {
    OperatorRule(
      names, .layerNorm, fusion: .layerNorm, arithmetic: rowNormArithmetic, weights: { $0 > 0 },
      decomposition: decomposition, lower: { $0.normalization($1, rowNormArithmetic) })
  }

  /// `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * weight + bias`.
  private static func layerNormNodes(_ operation: Operator) -> [Operator] {
    guard let shape = operation.inputs.first, shape.rank > 0, operation.inputs.count >= 3 else { return [operation] }
    let normalized = operation.inputs[1]
    let kept = shape.rank - normalized.rank
    guard kept >= 0 else { return [operation] }
    let row = Shape(shape.dimensions.prefix(kept) + Array(repeating: 1, count: normalized.rank))
    return operation.spelledOut([
      GraphNode("mean", [shape], row), GraphNode("sub", [shape, row], shape), GraphNode("pow", [shape], shape),
      GraphNode("mean", [shape], row), GraphNode("add", [row], row), GraphNode("sqrt", [row], row),
      GraphNode("div", [shape, row], shape), GraphNode("mul", [shape, normalized], shape),
      GraphNode("add", [shape, operation.inputs[2]], shape),
    ])
  }
}

extension Lowering {
  /// Rows that are normalized: as long as the weights, or as the last dimension.
  ///
  /// - Parameters:
  ///   - operation: The call.
  ///   - arithmetic: What it computes.
  ///   - step: How many elements of a row its kernel takes at once.
  /// - Returns: The kernel.
  func normalization(
    _ operation: Operator, _ arithmetic: OperatorArithmetic,
    step: (RowEfficiency.Steps) -> Double = { $0.normalization }
  ) -> [Kernel] {
    guard let steps = target.rows else { return reduction(operation, arithmetic, PassShape()) }
    let input = operation.inputs.first ?? Shape([])
    let width = Double(max(1, input.last ?? 1))
    let rows = Double(input.elementCount) / width
    return reduction(
      operation, arithmetic,
      .normalization(
        rows: rows, width: width, centers: !OperatorRule.isRootMeanSquare(operation.name),
        step: step(steps)))
  }

  fileprivate func softmax(_ operation: Operator, _ arithmetic: OperatorArithmetic) -> [Kernel] {
    let input = operation.inputs.first ?? Shape([])
    let width = Double(max(1, input.last ?? 1))
    return reduction(
      operation, arithmetic,
      .softmax(
        rows: Double(input.elementCount) / width, width: width,
        bytesRead: Double(input.elementCount) * target.precision.bytesPerElement))
  }

  /// Half precision is normalized in three kernels, two of them over the channels only, which make a factor of the variance.
  fileprivate func batchNorm(_ operation: Operator, _ arithmetic: OperatorArithmetic) -> [Kernel] {
    let bytes = operation.inputElements(0) * target.precision.bytesPerElement
    let channels = Double(operation.inputs[0][1])
    let main = Kernel(
      name: operation.name, .elementwise, flops: arithmetic.flops(of: operation), bytesRead: bytes, bytesWritten: bytes,
      arithmetic: target.precision)
    guard target.precision == .fp16 || target.precision == .bf16, !target.isHost else { return [main] }
    let small = Kernel(
      name: operation.name, .elementwise, flops: channels, bytesRead: 4 * channels, bytesWritten: 4 * channels,
      arithmetic: .fp32)
    var transform = main
    if target.rows != nil, !target.isCompiled, operation.inputs[0].rank > 2 {
      let planes = Double(operation.inputs[0][0]) * channels
      transform.pass = .planes(planes, size: operation.inputElements(0) / max(1, planes))
    }
    return [byLibrary(small), byLibrary(small), transform]
  }
}
