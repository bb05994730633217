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
  package init(_ operation: Operator) {
    self.operation = operation
    rule = .of(operation)
  }

  /// The floating-point operations of a pass over memory.
  var flops: Double { rule.arithmetic.flops(of: operation) }

  /// Whether the calls are alike: the rule follows from the call.
  package static func == (left: ResolvedOperator, right: ResolvedOperator) -> Bool { left.operation == right.operation }

  /// Hashes the call.
  package func hash(into hasher: inout Hasher) { operation.hash(into: &hasher) }
}

/// A program, of which each different call is kept once.
package struct ResolvedProgram: Sendable {
  /// The different calls, with their rules.
  package private(set) var calls: [ResolvedOperator]
  /// What runs, as indices into ``calls``.
  package private(set) var sequence: [Block<Int>]

  /// The program of a workload.
  ///
  /// - Parameters:
  ///   - workload: The workload.
  ///   - callsModules: Whether the framework calls the model's modules; else nothing is left of them.
  package init(_ workload: BoundWorkload, callsModules: Bool = true) {
    calls = workload.operators.map { ResolvedOperator($0) }
    sequence = workload.sequence
    if !callsModules, workload.operators.contains(where: { $0.moduleCalls > 0 }) {
      self = replacingCalls { [ResolvedOperator($0.operation.calledBehind(modules: 0))] }
    }
  }

  /// The same with other calls before and behind them.
  func between(_ before: [ResolvedOperator], _ after: [ResolvedOperator]) -> ResolvedProgram {
    var program = self
    func place(_ call: ResolvedOperator) -> Block<Int> {
      program.calls.append(call)
      return .leaf(program.calls.count - 1)
    }
    let first = before.map(place)
    program.sequence = first + sequence + after.map(place)
    return program
  }

  /// The same with several calls, or none, in the place of each.
  func replacingCalls(_ transform: (ResolvedOperator) -> [ResolvedOperator]) -> ResolvedProgram {
    var different = DifferentOperators()
    let places = calls.map { call in transform(call).map { different.index(of: $0.operation) } }
    var program = self
    program.calls = different.operators.map { ResolvedOperator($0) }
    program.sequence = sequence.flatMapLeaves { places[$0] }
    return program
  }
}
