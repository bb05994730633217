import Profiles
import Workloads

extension Operator {
  /// Whether an operand is a weight of the model: a tensor that every pass finds in memory as the pass before left it.
  ///
  /// - Parameters:
  ///   - index: Which operand.
  ///   - kind: The operator's kind, which the caller has looked up; nil without a rule.
  /// - Returns: True for a weight.
  func isWeight(_ index: Int, _ kind: OperatorKind?) -> Bool {
    switch kind {
    case .linear:
      // `addmm` has its bias first, and its input between bias and matrix.
      ["addmm", "addmv"].contains(OperatorKind.baseName(name)) ? index != 1 : index > 0
    case .convolution, .batchNorm, .layerNorm: index > 0
    case .embedding: index == 0
    default: false
    }
  }

  /// Whether an operand that nothing before has made is a tensor of its own at every call: a cache of keys or values,
  /// which a call extends, writes into or attends to.
  func readsCache(_ index: Int, _ kind: OperatorKind?) -> Bool {
    switch kind {
    case .concatenate: true
    case .attention: index == 1 || index == 2
    case .gather:
      index == 0 && ["index_copy", "index_put", "_index_put_impl", "scatter"].contains(OperatorKind.baseName(name))
    default: false
    }
  }
}

extension ElementType {
  /// Bytes of one element, of a floating-point number in the precision asked for.
  func bytes(in precision: Precision) -> Double {
    switch self {
    case .float: precision.bytesPerElement
    case .int64: 8
    case .int32: 4
    case .bool: 1
    }
  }
}
