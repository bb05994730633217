import Workloads

/// A call and the rule that was found for it, once for all passes from a workload to a plan.
package struct ResolvedOperator: Sendable, Hashable {
  /// The call.
  package let operation: Operator
  /// What is known of it.
  ///
  /// Rules live as long as the program: counting who holds one would only make cores wait for one another.
  package unowned(unsafe) let rule: OperatorRule

  /// A call with its rule.
  package init(_ operation: Operator) { self.init(operation, .of(operation)) }

  /// A call with the rule that was found for it.
  init(_ operation: Operator, _ rule: OperatorRule) {
    self.operation = operation
    self.rule = rule
  }

  /// The floating-point operations of a pass over memory.
  var flops: Double { rule.arithmetic.flops(of: operation) }

  /// Whether the calls are alike: the rule follows from the call.
  package static func == (left: ResolvedOperator, right: ResolvedOperator) -> Bool { left.operation == right.operation }

  /// Hashes the call.
  package func hash(into hasher: inout Hasher) { operation.hash(into: &hasher) }
}

/// The different calls of a program, with their rules.
package struct DifferentCalls: Sendable {
  /// The calls.
  package let operators: BoundOperators
  /// The rule of each.
  let rules: [OperatorRule]

  /// Finds the rule of each call.
  init(_ operators: BoundOperators) {
    let byName = operators.plainNames.map { OperatorRule.named($0) ?? .unknown }
    self.operators = operators
    rules = operators.indices.map { index in
      guard let name = operators.plainName(of: index) else { return .of(operators[index]) }
      let rule = byName[name]
      return rule.variant.map { $0(operators[index]) ?? rule } ?? rule
    }
  }

  private init(_ operators: BoundOperators, _ rules: [OperatorRule]) {
    self.operators = operators
    self.rules = rules
  }

  /// The same, each kept as it is: for whoever looks at them often.
  var kept: DifferentCalls { DifferentCalls(operators.kept, rules) }

  /// How many there are.
  package var count: Int { operators.count }

  /// A call with its rule.
  package subscript(index: Int) -> ResolvedOperator { ResolvedOperator(operators[index], rules[index]) }
}

/// A program, of which each different call is kept once.
package struct ResolvedProgram: Sendable {
  /// The different calls.
  package let calls: DifferentCalls
  /// What runs, as indices into ``calls``.
  package let sequence: [Block<Int>]

  private init(_ calls: DifferentCalls, _ sequence: [Block<Int>]) {
    self.calls = calls
    self.sequence = sequence
  }

  /// The program of a workload.
  ///
  /// - Parameters:
  ///   - workload: The workload.
  ///   - callsModules: Whether the framework calls the model's modules; else nothing is left of them.
  package init(_ workload: BoundWorkload, callsModules: Bool = true) {
    self.init(DifferentCalls(workload.different), workload.sequence)
    if !callsModules, workload.different.callsModules {
      self = replacingCalls { [$0.operation.calledBehind(modules: 0)] }
    }
  }

  /// Whether the calls stand in the order in which they first come, and none besides.
  var isInOrder: Bool {
    var (next, isInOrder) = (0, true)
    sequence.forEachLeaf { call, _ in
      if call == next { next += 1 } else if call > next { isInOrder = false }
    }
    return isInOrder && next == calls.count
  }

  /// The same with other calls before and behind them.
  func between(_ before: [Operator], _ after: [Operator]) -> ResolvedProgram {
    let first = calls.count
    let last = first + before.count
    return ResolvedProgram(
      DifferentCalls(calls.operators.appending(before + after)),
      (first..<last).map(Block.leaf) + sequence + (last..<last + after.count).map(Block.leaf))
  }

  /// The same with several calls, or none, in the place of each.
  func replacingCalls(_ transform: (ResolvedOperator) -> [Operator]) -> ResolvedProgram {
    var different = DifferentOperators()
    let places = (0..<calls.count).map { call in transform(calls[call]).map { different.index(of: $0) } }
    return ResolvedProgram(DifferentCalls(different.operators), sequence.flatMapLeaves { places[$0] })
  }
}
