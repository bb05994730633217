import Profiles
import Workloads

// Waits of the host for the device.

extension OperatorRule {
  /// Operators whose result the host looks at.
  static let synchronizations = [
    OperatorRule(
      "item _local_scalar_dense is_nonzero equal synchronize allclose", .synchronization, arithmetic: .perOperand(1),
      recorded: { _ in false }, lower: { _, _ in [] }),
    positions,
  ]

  /// `nonzero` counts, waits, and writes the positions: PyTorch calls a sum and a selection of CUB's (one and two kernels)
  /// and turns flat positions into indices in a fourth, where there are some and a position has several indices.
  static let positions = OperatorRule(
    "nonzero", .synchronization, arithmetic: .perOperand(1), recorded: { _ in false },
    lower: { lowering, operation in
      let read = operation.inputBytes(lowering.target)
      let selection = lowering.byLibrary(lowering.move(operation.name, bytes: read))
      let isFlat = operation.inputs.first.map { $0.rank < 2 } ?? true
      let findsNothing = !operation.outputs.isEmpty && operation.outputElements == 0
      return lowering.reduction(operation, .perOperand(1))
        + Array(repeating: selection, count: isFlat || findsNothing ? 2 : 3)
    })
}
