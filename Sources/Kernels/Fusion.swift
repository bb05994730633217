import Profiles
import Workloads

/// Rewrites the operator list by a framework's fusion rules.
///
/// Operators are read in program order. A group is open; an operator joins it, stands aside (a view), or closes it. So
/// that dispatch and kernel effects can be told apart, fusion only regroups: what a group then costs the host and the
/// device is the business of the profile and the lowering.
///
/// A repeated block is rewritten as if it were written out: each round starts with the group that the round before left
/// open, and as soon as a round leaves the group as it found it, the remaining rounds are a loop over what it emitted.
public struct Fusion: Sendable {
  /// The rules that apply.
  public let rules: [FusionRule]

  /// The largest number of operators in a group.
  static let groupLimit = 64

  private var open: [Operator] = []

  /// A rewrite by some rules; without rules every operator is a group of its own.
  public init(rules: [FusionRule]) {
    self.rules = rules
  }

  /// The groups of a program.
  public func rewrite(_ program: [BoundStatement]) -> [FusedStatement] {
    var state = self
    var emitted = state.walk(program)
    state.close(into: &emitted)
    return emitted
  }

  private mutating func walk(_ program: [BoundStatement]) -> [FusedStatement] {
    var emitted: [FusedStatement] = []
    for statement in program {
      switch statement {
      case .operator(let operation): place(operation, into: &emitted)
      case .repeat(let count, let body, _): walkLoop(count, body, into: &emitted)
      }
    }
    return emitted
  }

  private mutating func walkLoop(_ count: Int, _ body: [BoundStatement], into emitted: inout [FusedStatement]) {
    var remaining = count
    var rounds = 0
    while remaining > 0 {
      // A block that never settles (one long chain of element-wise operators) is cut: from here on every round begins
      // and ends with no group open, and so they are all alike.
      let isCut = rounds == 2 * Self.groupLimit
      if isCut { close(into: &emitted) }
      let before = open
      var round = walk(body)
      if isCut { close(into: &round) }
      if open == before {
        emitted.append(.loop(count: remaining, body: round))
        return
      }
      emitted += round
      rounds += 1
      remaining -= 1
    }
  }

  private mutating func place(_ operation: Operator, into emitted: inout [FusedStatement]) {
    let kind = OperatorKind(of: operation) ?? .other
    guard !rules.isEmpty, operation.stream == 0, operation.waitsForStreams.isEmpty else {
      close(into: &emitted)
      emitted.append(.group([operation]))
      return
    }
    if kind == .view, operation.copies.isEmpty {
      if !rules.contains(.removeViews) { emitted.append(.group([operation])) }
      return
    }
    if joins(operation, kind) {
      open.append(operation)
      if open.count == Self.groupLimit || AttentionPattern(open).isComplete { close(into: &emitted) }
      return
    }
    close(into: &emitted)
    if opens(kind) { open = [operation] } else { emitted.append(.group([operation])) }
  }

  /// Whether the open group has element-wise operators and nothing else.
  private var isOnlyElementwise: Bool {
    open.allSatisfy { OperatorKind(operatorName: $0.name) == .pointwise }
  }

  /// Whether an operator becomes part of the open group.
  private func joins(_ operation: Operator, _ kind: OperatorKind) -> Bool {
    guard let first = open.first, let shape = first.outputs.first, let own = operation.outputs.first else {
      return false
    }
    let anchor = OperatorKind(operatorName: first.name) ?? .other
    switch anchor {
    case .matmul where rules.contains(.attention) && AttentionPattern(open).takes(operation, kind): return true
    case .linear where kind == .linear:
      return rules.contains(.projections)
        && open.allSatisfy { $0.name == operation.name && $0.inputs == operation.inputs }
    case .linear where open.count > 1 && OperatorKind(operatorName: open[1].name) == .linear: return false
    case .convolution, .linear, .matmul:
      if kind == .batchNorm { return anchor == .convolution && open.count == 1 && rules.contains(.foldBatchNorm) }
      return kind == .pointwise && rules.contains(.epilogue) && own == shape
    default:
      if !rules.contains(.pointwise), let last = open.last, OperatorKind(operatorName: last.name) != .pointwise {
        return false
      }
      return fuses(kind) && own == shape
    }
  }

  private func opens(_ kind: OperatorKind) -> Bool {
    switch kind {
    case .convolution: rules.contains(.epilogue) || rules.contains(.foldBatchNorm)
    case .linear: rules.contains(.epilogue) || rules.contains(.projections)
    case .matmul: rules.contains(.epilogue) || rules.contains(.attention)
    default: fuses(kind)
    }
  }

  /// Whether the rules let a kind share a kernel with element-wise operators.
  private func fuses(_ kind: OperatorKind) -> Bool {
    switch kind {
    case .pointwise: rules.contains(.pointwise) || rules.contains(.normalizationInputs)
    case .batchNorm: rules.contains(.batchNorm)
    case .layerNorm: rules.contains(.layerNorm)
    case .softmax: rules.contains(.softmax)
    default: false
    }
  }

  private mutating func close(into emitted: inout [FusedStatement]) {
    defer { open = [] }
    if isOnlyElementwise, !rules.contains(.pointwise) {
      emitted += open.map { .group([$0]) }
      return
    }
    guard rules.contains(.attention), AttentionPattern(open).isBroken else {
      if !open.isEmpty { emitted.append(.group(open)) }
      return
    }
    // What began like attention was none: its operators are fused by the other rules.
    emitted += Fusion(rules: rules.filter { $0 != .attention }).rewrite(open.map(BoundStatement.operator))
  }
}
