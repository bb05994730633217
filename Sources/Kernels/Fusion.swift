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
package struct Fusion: Sendable {
  /// The rules that apply.
  package let rules: [FusionRule]

  /// The largest number of operators in a group.
  static let groupLimit = 64

  private var open: [ResolvedOperator] = []

  /// A rewrite by some rules; without rules every operator is a group of its own.
  package init(rules: [FusionRule]) {
    self.rules = rules
  }

  /// The groups of a program, most of which have one member.
  ///
  /// Its operators share one dispatch and, where they have any, their kernels.
  package func rewrite(_ program: [Block<ResolvedOperator>]) -> [Block<[ResolvedOperator]>] {
    var state = self
    var emitted = state.walk(program)
    state.close(into: &emitted)
    return emitted
  }

  private mutating func walk(_ program: [Block<ResolvedOperator>]) -> [Block<[ResolvedOperator]>] {
    var emitted: [Block<[ResolvedOperator]>] = []
    for block in program {
      switch block {
      case .leaf(let call): place(call, into: &emitted)
      case .loop(let count, let body): walkLoop(count, body, into: &emitted)
      }
    }
    return emitted
  }

  private mutating func walkLoop(
    _ count: Int, _ body: [Block<ResolvedOperator>], into emitted: inout [Block<[ResolvedOperator]>]
  ) {
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

  private mutating func place(_ call: ResolvedOperator, into emitted: inout [Block<[ResolvedOperator]>]) {
    let operation = call.operation
    guard !rules.isEmpty, operation.stream == 0, operation.waitsForStreams.isEmpty else {
      close(into: &emitted)
      emitted.append(.leaf([call]))
      return
    }
    if call.rule.fusion == .view, operation.copies.isEmpty {
      if !rules.contains(.removeViews) { emitted.append(.leaf([call])) }
      return
    }
    if rules.contains(.copy), call.isConversionOfNothing { return }
    if joins(call) {
      open.append(call)
      if open.count == Self.groupLimit || AttentionPattern(open).isComplete { close(into: &emitted) }
      return
    }
    close(into: &emitted)
    if opens(call.rule.fusion) { open = [call] } else { emitted.append(.leaf([call])) }
  }

  /// The shape that the open group computes: that of its first result, or of what it has put together since.
  private var shape: Shape? {
    (open.last { $0.rule.fusion == .concatenate } ?? open.first)?.operation.outputs.first
  }

  /// Whether a result is of one element for each row of the open group, after a reduction of its rows.
  private func isOfRows(_ own: Shape, _ shape: Shape) -> Bool {
    open.contains { $0.rule.fusion == .reduction } && shape.rank > 0 && own.rank <= shape.rank
      && own.elementCount * max(1, shape[shape.rank - 1]) == shape.elementCount
  }

  /// Whether a result is a part of each row of the open group, of which a concatenation makes whole rows again.
  private func isPartOfRows(_ own: Shape, _ shape: Shape) -> Bool {
    guard rules.contains(.concatenate), own.rank == shape.rank, own.rank > 0 else { return false }
    return own.dimensions.dropLast() == shape.dimensions.dropLast() && own[own.rank - 1] <= shape[shape.rank - 1]
  }

  /// Whether the open group has element-wise operators and nothing else.
  private var isOnlyElementwise: Bool { open.allSatisfy { $0.rule.fusion == .pointwise } }

  /// Whether an operator becomes part of the open group.
  private func joins(_ call: ResolvedOperator) -> Bool {
    let role = call.rule.fusion
    guard let first = open.first, let shape = first.operation.outputs.first, let own = call.operation.outputs.first
    else {
      return false
    }
    let anchor = first.rule.fusion
    switch anchor {
    case .matmul where rules.contains(.attention) && AttentionPattern(open).takes(call): return true
    case .linear where role == .linear:
      return rules.contains(.projections)
        && open.allSatisfy {
          $0.operation.name == call.operation.name && $0.operation.inputs == call.operation.inputs
        }
    case .linear where open.count > 1 && open[1].rule.fusion == .linear: return false
    case .convolution, .linear, .matmul:
      if role == .batchNorm { return anchor == .convolution && open.count == 1 && rules.contains(.foldBatchNorm) }
      return role == .pointwise && rules.contains(.epilogue) && own == shape
    default:
      if !rules.contains(.pointwise), let last = open.last, last.rule.fusion != .pointwise { return false }
      guard let shape = self.shape, fuses(role) else { return false }
      switch role {
      case .reduction: return call.operation.inputs.first == shape
      case .concatenate: return call.operation.inputs.contains { $0 == open.last?.operation.outputs.first }
      default: return own == shape || isOfRows(own, shape) || isPartOfRows(own, shape)
      }
    }
  }

  private func opens(_ role: FusionRole) -> Bool {
    switch role {
    case .convolution: rules.contains(.epilogue) || rules.contains(.foldBatchNorm)
    case .linear: rules.contains(.epilogue) || rules.contains(.projections)
    case .matmul: rules.contains(.epilogue) || rules.contains(.attention)
    default: fuses(role)
    }
  }

  /// Whether the rules let an operator share a kernel with element-wise ones.
  private func fuses(_ role: FusionRole) -> Bool {
    switch role {
    case .pointwise: rules.contains(.pointwise) || rules.contains(.normalizationInputs)
    case .batchNorm: rules.contains(.batchNorm)
    case .layerNorm: rules.contains(.layerNorm)
    case .softmax: rules.contains(.softmax)
    case .reduction: rules.contains(.reduction)
    case .concatenate: rules.contains(.concatenate)
    case .copy, .conversion: rules.contains(.copy)
    case .convolution, .linear, .matmul, .view, .none: false
    }
  }

  private mutating func close(into emitted: inout [Block<[ResolvedOperator]>]) {
    defer { open = [] }
    if isOnlyElementwise, !rules.contains(.pointwise) {
      emitted += open.map { .leaf([$0]) }
      return
    }
    guard rules.contains(.attention), AttentionPattern(open).isBroken else {
      if !open.isEmpty { emitted.append(.leaf(open)) }
      return
    }
    // What began like attention was none: its operators are fused by the other rules.
    emitted += Fusion(rules: rules.filter { $0 != .attention }).rewrite(open.map(Block.leaf))
  }
}

extension ResolvedOperator {
  /// Whether it is asked for a type and a layout that its operand has already.
  fileprivate var isConversionOfNothing: Bool {
    rule.fusion == .conversion && operation.copies.isEmpty && operation.outputTypes.first == operation.inputTypes.first
  }
}
