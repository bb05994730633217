import Profiles
import Workloads

/// Attention as eager programs write it: a product, scaling and masks, a softmax, and the product with the values.
///
/// Only shapes are known, and they tell enough: everything between the two products has the shape of the scores, and the
/// second product reads them.
struct AttentionPattern {
  private let members: [ResolvedOperator]

  /// The operators of a group, the first of which may be the product of queries and keys.
  init(_ members: [ResolvedOperator]) {
    self.members = members
  }

  /// Whether the operators are a whole attention: the last is the product with the values.
  var isComplete: Bool { beginsWithProduct && members[members.count - 1].rule.fusion == .matmul && hasSoftmax }

  /// Whether the operators begin as attention, go on after the first product, and are none.
  var isBroken: Bool { beginsWithProduct && !isComplete }

  /// Whether an operator goes on with the pattern.
  func takes(_ call: ResolvedOperator) -> Bool {
    guard let scores = members.first?.operation.outputs.first, scores.rank >= 3, !isComplete else { return false }
    switch call.rule.fusion {
    case .pointwise: return call.operation.outputs.first == scores
    case .softmax: return call.operation.outputs.first == scores && !hasSoftmax
    case .matmul:
      return call.operation.inputs.first == scores && hasSoftmax && AttentionPattern(members + [call]).fused != nil
    default: return false
    }
  }

  /// The one operator that it is, with queries, keys and values as its operands; nil where it is no attention.
  var fused: Operator? {
    guard isComplete, let first = members.first, let last = members.last,
      let factors = first.rule.product?.factors(of: first.operation), let queries = factors.first,
      let keys = factors.dropFirst().first?.dimensions, keys.count >= 2,
      let values = last.rule.product?.factors(of: last.operation).dropFirst().first
    else { return nil }
    let turned = Shape(keys.dropLast(2) + [keys[keys.count - 1], keys[keys.count - 2]])
    let attention = OperatorRule.attention(
      queries, turned, values, outputs: last.operation.outputs, stream: first.operation.stream)
    return OperatorCheck.fault(in: attention) == nil ? attention : nil
  }

  private var beginsWithProduct: Bool { members.count > 1 && members[0].rule.fusion == .matmul }
  private var hasSoftmax: Bool { members.contains { $0.rule.fusion == .softmax } }
}
