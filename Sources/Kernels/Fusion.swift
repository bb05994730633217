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

  /// A rewrite by some rules; without rules every operator is a group of its own.
  package init(rules: [FusionRule]) {
    self.rules = rules
  }

  /// The groups of a program, most of which have one member.
  ///
  /// Its operators share one dispatch and, where they have any, their kernels.
  package func rewrite(_ program: ResolvedProgram) -> FusedProgram {
    if rules.isEmpty {
      // Every operator is a group, and most programs are long, with calls in the order in which they first come.
      if program.isInOrder {
        return FusedProgram(groups: OperatorGroups(alone: program.calls), sequence: program.sequence)
      }
      var groups = OperatorGroups(program.calls)
      let sequence = program.sequence.mapLeaves { groups.index(of: $0) }
      return FusedProgram(groups: groups, sequence: sequence)
    }
    var walk = FusionWalk(rules: rules, groups: OperatorGroups(program.calls.kept))
    var emitted = walk.walk(program.sequence)
    walk.close(into: &emitted)
    return FusedProgram(groups: walk.groups, sequence: emitted)
  }
}

/// What fusion makes of a program.
package struct FusedProgram: Sendable {
  /// The different groups.
  package let groups: OperatorGroups
  /// What runs, as indices of groups.
  package let sequence: [Block<Int>]
}

/// The different groups of a program's operators, in the order in which they first come.
package struct OperatorGroups: Sendable {
  /// The program's different calls.
  package let calls: DifferentCalls
  /// The members of all groups, one group behind the other, as indices into ``calls``.
  private var members: [Int32] = []
  /// Where each group ends among them.
  private var ends: [Int32] = []
  /// The group of each call by itself, or -1.
  private var alone: [Int32]
  private var together: [[Int]: Int] = [:]

  /// No groups of some calls.
  init(_ calls: DifferentCalls) {
    self.calls = calls
    alone = [Int32](repeating: -1, count: calls.count)
  }

  /// Each call by itself, as the group of its own index.
  init(alone calls: DifferentCalls) {
    self.calls = calls
    members = (0..<Int32(calls.count)).map { $0 }
    ends = members.map { $0 + 1 }
    alone = []
  }

  /// How many there are.
  package var count: Int { ends.count }

  /// The members of a group, as indices into ``calls``.
  @inline(__always)
  func places(of group: Int) -> ArraySlice<Int32> {
    members[(group > 0 ? Int(ends[group - 1]) : 0)..<Int(ends[group])]
  }

  /// The members of a group.
  package subscript(group: Int) -> [ResolvedOperator] { places(of: group).map { calls[Int($0)] } }

  /// The index of a call by itself.
  @inline(__always)
  mutating func index(of call: Int) -> Int {
    if alone[call] >= 0 { return Int(alone[call]) }
    members.append(Int32(call))
    ends.append(Int32(members.count))
    alone[call] = Int32(ends.count - 1)
    return ends.count - 1
  }

  /// The index of a group, which has a member at least.
  mutating func index(of group: [Int]) -> Int {
    if group.count == 1 { return index(of: group[0]) }
    if let known = together[group] { return known }
    for call in group { members.append(Int32(call)) }
    ends.append(Int32(members.count))
    together[group] = ends.count - 1
    return ends.count - 1
  }
}

/// Goes through a program with the group that is open.
private struct FusionWalk {
  private var rules: [FusionRule]
  var groups: OperatorGroups
  /// The members of the open group.
  private var open: [Int] = []

  init(rules: [FusionRule], groups: OperatorGroups) {
    self.rules = rules
    self.groups = groups
  }

  private func call(_ index: Int) -> ResolvedOperator { groups.calls[index] }

  mutating func walk(_ program: [Block<Int>]) -> [Block<Int>] {
    var emitted: [Block<Int>] = []
    for block in program {
      switch block {
      case .leaf(let call): place(call, into: &emitted)
      case .loop(let count, let body): walkLoop(count, body, into: &emitted)
      }
    }
    return emitted
  }

  private mutating func walkLoop(_ count: Int, _ body: [Block<Int>], into emitted: inout [Block<Int>]) {
    var remaining = count
    var rounds = 0
    while remaining > 0 {
      // A block that never settles (one long chain of element-wise operators) is cut: from here on every round begins
      // and ends with no group open, and so they are all alike.
      let isCut = rounds == 2 * Fusion.groupLimit
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

  private mutating func place(_ index: Int, into emitted: inout [Block<Int>]) {
    let call = call(index)
    let operation = call.operation
    guard operation.stream == 0, operation.waitsForStreams.isEmpty else {
      close(into: &emitted)
      emitted.append(.leaf(groups.index(of: index)))
      return
    }
    if call.rule.fusion == .view, operation.copies.isEmpty {
      if !rules.contains(.removeViews) { emitted.append(.leaf(groups.index(of: index))) }
      return
    }
    if rules.contains(.copy), call.isConversionOfNothing { return }
    if joins(call) {
      open.append(index)
      if open.count == Fusion.groupLimit || pattern?.isComplete == true { close(into: &emitted) }
      return
    }
    close(into: &emitted)
    if opens(call.rule.fusion) { open = [index] } else { emitted.append(.leaf(groups.index(of: index))) }
  }

  /// The open group as attention, which it may be where it begins with a product.
  private var pattern: AttentionPattern? {
    guard let first = open.first, call(first).rule.fusion == .matmul else { return nil }
    return AttentionPattern(open.map(call))
  }

  /// The shape that the open group computes: that of its first result, or of what it has put together since.
  private var shape: Shape? {
    (open.last { call($0).rule.fusion == .concatenate } ?? open.first).flatMap { call($0).operation.outputs.first }
  }

  /// Whether a result is of one element for each row of the open group, after a reduction of its rows.
  private func isOfRows(_ own: Shape, _ shape: Shape) -> Bool {
    open.contains { call($0).rule.fusion == .reduction } && shape.rank > 0 && own.rank <= shape.rank
      && own.elementCount * max(1, shape[shape.rank - 1]) == shape.elementCount
  }

  /// Whether a result is a part of each row of the open group, of which a concatenation makes whole rows again.
  private func isPartOfRows(_ own: Shape, _ shape: Shape) -> Bool {
    guard rules.contains(.concatenate), own.rank == shape.rank, own.rank > 0 else { return false }
    return own.dimensions.dropLast() == shape.dimensions.dropLast() && own[own.rank - 1] <= shape[shape.rank - 1]
  }

  /// Whether the open group has element-wise operators and nothing else.
  private var isOnlyElementwise: Bool { open.allSatisfy { call($0).rule.fusion == .pointwise } }

  /// Whether an operator becomes part of the open group.
  private func joins(_ call: ResolvedOperator) -> Bool {
    let role = call.rule.fusion
    guard let first = open.first.map(self.call), let shape = first.operation.outputs.first,
      let own = call.operation.outputs.first
    else {
      return false
    }
    let anchor = first.rule.fusion
    switch anchor {
    case .matmul where rules.contains(.attention) && pattern?.takes(call) == true: return true
    case .linear where role == .linear:
      return rules.contains(.projections)
        && open.allSatisfy {
          let member = self.call($0).operation
          return member.name == call.operation.name && member.inputs == call.operation.inputs
        }
    case .linear where open.count > 1 && self.call(open[1]).rule.fusion == .linear: return false
    case .convolution, .linear, .matmul:
      if role == .batchNorm { return anchor == .convolution && open.count == 1 && rules.contains(.foldBatchNorm) }
      return role == .pointwise && rules.contains(.epilogue) && own == shape
    default:
      if !rules.contains(.pointwise), let last = open.last, self.call(last).rule.fusion != .pointwise { return false }
      guard let shape = self.shape, fuses(role) else { return false }
      switch role {
      case .reduction: return call.operation.inputs.first == shape
      case .concatenate:
        let last = open.last.flatMap { self.call($0).operation.outputs.first }
        return call.operation.inputs.contains { $0 == last }
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

  mutating func close(into emitted: inout [Block<Int>]) {
    guard !open.isEmpty else { return }
    let members = open
    if !rules.contains(.pointwise), isOnlyElementwise {
      for call in members { emitted.append(.leaf(groups.index(of: call))) }
      open = []
      return
    }
    let isBroken = rules.contains(.attention) && pattern?.isBroken == true
    open = []
    guard isBroken else {
      emitted.append(.leaf(groups.index(of: members)))
      return
    }
    // What began like attention was none: its operators are fused by the other rules.
    let all = rules
    rules.removeAll { $0 == .attention }
    emitted += walk(members.map(Block.leaf))
    close(into: &emitted)
    rules = all
  }
}

extension ResolvedOperator {
  /// Whether it is asked for a type and a layout that its operand has already.
  fileprivate var isConversionOfNothing: Bool {
    rule.fusion == .conversion && operation.copies.isEmpty && operation.outputTypes.first == operation.inputTypes.first
  }
}
