import JSONText
import Profiles
import Roofline
import Workloads

// Pooling and interpolation.

extension OperatorRule {
  /// Windows that slide over positions.
  ///
  /// A recording does not say what a pool makes of its input.
  static let pools = [
    pool("max_pool1d max_pool2d max_pool3d max_pool2d_with_indices", writesIndices: true),
    pool("adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool2d adaptive_avg_pool3d", .reduction),
    pool(
      """
      avg_pool1d avg_pool2d avg_pool3d _adaptive_avg_pool2d interpolate upsample_nearest1d upsample_nearest2d \
      upsample_bilinear2d upsample_bicubic2d grid_sampler local_response_norm
      """),
  ]

  private static func pool(
    _ names: String, _ kernelClass: KernelClass = .elementwise, writesIndices: Bool = false
  ) -> OperatorRule {
    OperatorRule(
      names, .pooling, recorded: { _ in false },
      check: { operation throws(OperatorFault) in try checkPool(operation) },
      lower: { $0.pool($1, kernelClass, writesIndices: writesIndices) })
  }

  private static func checkPool(_ operation: Operator) throws(OperatorFault) {
    guard !operation.inputs.isEmpty else { throw .tooFewOperands(needed: 1, found: 0) }
    let window = operation.attribute("kernel_size") ?? []
    guard window.count <= 3 else { throw .wrongAttributeCount(name: "kernel_size", found: window.count, axes: 3) }
    for (name, lowest) in [("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1)] {
      try OperatorCheck.checkValues(name, operation.attribute(name) ?? [], Int64(lowest)...OperatorCheck.attributeLimit)
    }
  }
}

extension Lowering {
  /// One operation for each element of each window; nine where none is told.
  static func poolOperations(_ operation: Operator) -> Double {
    let name = OperatorRule.baseName(operation.name)
    let axes = name.contains("1d") ? 1 : name.contains("3d") ? 3 : 2
    let sides = operation.attribute("kernel_size") ?? [3]
    // One value is of each axis.
    let window = OperatorCheck.product(sides.count == 1 ? Array(repeating: sides[0], count: axes) : sides)
    return Pooling.operations(outputs: operation.outputElements, window: window)
  }

  /// A kernel that looks at each element of the input several times; PyTorch keeps the positions of extrema.
  fileprivate func pool(_ operation: Operator, _ kernelClass: KernelClass, writesIndices: Bool) -> [Kernel] {
    let outputs = operation.outputElements
    let indices = writesIndices && !target.isHost ? 8 * outputs : 0
    return [
      Kernel(
        name: operation.name, kernelClass, .pooling, flops: Self.poolOperations(operation),
        bytesRead: operation.inputElements(0) * target.precision.bytesPerElement,
        bytesWritten: operation.outputBytes(target) + indices, arithmetic: target.precision)
    ]
  }
}
