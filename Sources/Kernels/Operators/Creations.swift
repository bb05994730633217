import Profiles
import Workloads

// New tensors.

extension OperatorRule {
  /// Operators that make a tensor of nothing; those that leave it as it is launch nothing.
  static let creations = [
    creation("empty empty_like new_empty empty_strided new_empty_strided", writes: false),
    creation(
      """
      zeros ones full arange zeros_like ones_like full_like new_zeros new_ones new_full tensor scalar_tensor rand randn \
      rand_like linspace eye range bernoulli
      """, writes: true),
  ]

  private static func creation(_ names: String, writes: Bool) -> OperatorRule {
    OperatorRule(
      names, .creation, recorded: { call in call.resultLikeFirstOperand() },
      lower: { writes ? $0.creation($1) : [] })
  }
}

extension Lowering {
  /// A kernel that writes and reads nothing.
  func creation(_ operation: Operator) -> [Kernel] {
    guard operation.outputElements > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .elementwise, flops: 0, bytesRead: 0, bytesWritten: operation.outputBytes(target),
        arithmetic: target.precision)
    ]
  }
}
