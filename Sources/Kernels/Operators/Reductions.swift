import Profiles
import Workloads

// Sums, extrema, sorting.

extension OperatorRule {
  /// Operators that reduce many elements to one, or look at all for each.
  static let reductions = [
    OperatorRule(
      """
      mean sum prod amax amin max min argmax argmin cumsum cumprod norm linalg_vector_norm var std var_mean any all \
      topk sort argsort logsumexp count_nonzero unique_consecutive unique2 histc bincount aminmax logcumsumexp
      """, .reduction, arithmetic: .perOperand(1), lower: { $0.reduction($1, .perOperand(1)) })
  ]
}

extension Lowering {
  /// A kernel that reads the operands and writes less.
  func reduction(_ operation: Operator, _ arithmetic: OperatorArithmetic) -> [Kernel] {
    [
      Kernel(
        name: operation.name, .reduction, flops: arithmetic.flops(of: operation),
        bytesRead: operation.inputBytes(target), bytesWritten: operation.resultBytes(target),
        arithmetic: target.precision)
    ]
  }
}
