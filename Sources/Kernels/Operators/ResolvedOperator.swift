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

extension [Block<Operator>] {
  /// The program with the rule of every call.
  package var resolved: [Block<ResolvedOperator>] { mapLeaves { ResolvedOperator($0) } }
}
