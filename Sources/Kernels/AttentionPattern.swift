import Profiles
import Workloads

/// Attention as eager programs write it: a product, scaling and masks, a softmax, and the product with the values.
///
/// Only shapes are known, and they tell enough: everything between the two products has the shape of the scores, and the
/// second product reads them.
struct AttentionPattern {
  private let members: [Operator]

  /// The operators of a group, the first of which may be the product of queries and keys.
  init(_ members: [Operator]) {
    self.members = members
  }

  /// Whether the operators are a whole attention: the last is the product with the values.
  var isComplete: Bool {
    guard members.count > 1, let last = members.last, kind(members[0]) == .matmul else { return false }
    return kind(last) == .matmul && members.contains { kind($0) == .softmax }
  }

  /// Whether the operators begin as attention, go on after the first product, and are none.
  var isBroken: Bool {
    guard let first = members.first, kind(first) == .matmul, members.count > 1 else { return false }
    return !isComplete
  }

  /// Whether an operator goes on with the pattern.
  func takes(_ operation: Operator, _ kind: OperatorKind) -> Bool {
    guard let first = members.first, let scores = first.outputs.first, scores.rank >= 3, !isComplete else {
      return false
    }
    switch kind {
    case .pointwise: return operation.outputs.first == scores
    case .softmax: return operation.outputs.first == scores && !members.contains { self.kind($0) == .softmax }
    case .matmul:
      return operation.inputs.first == scores && members.contains { self.kind($0) == .softmax }
        && AttentionPattern(members + [operation]).fused != nil
    default: return false
    }
  }

  /// The one operator that it is, with queries, keys and values as its operands; nil where it is no attention.
  var fused: Operator? {
    guard isComplete, let first = members.first, let last = members.last,
      let queries = OperatorCheck.factors(of: first)?.operands.first,
      let keys = OperatorCheck.factors(of: first)?.operands.dropFirst().first?.dimensions, keys.count >= 2,
      let values = OperatorCheck.factors(of: last)?.operands.dropFirst().first
    else { return nil }
    let turned = Shape(keys.dropLast(2) + [keys[keys.count - 1], keys[keys.count - 2]])
    let attention = Operator(
      name: "aten::scaled_dot_product_attention", inputs: [queries, turned, values], outputs: last.outputs,
      stream: first.stream)
    return OperatorCheck.fault(in: attention) == nil ? attention : nil
  }

  private func kind(_ operation: Operator) -> OperatorKind { OperatorKind(operatorName: operation.name) ?? .other }
}
