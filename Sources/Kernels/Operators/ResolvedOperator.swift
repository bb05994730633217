import Workloads

/// A call and the rule that was found for it, once for all passes from a workload to a plan.
public struct ResolvedOperator: Sendable, Hashable {
  /// The call.
  public let operation: Operator
  /// What is known of it.
  public let rule: OperatorRule

  /// A call with its rule.
  public init(_ operation: Operator) {
    self.operation = operation
    rule = .of(operation)
  }

  /// The floating-point operations of a pass over memory.
  var flops: Double { rule.arithmetic.flops(of: operation) }

  /// Whether the calls are alike: the rule follows from the call.
  public static func == (left: ResolvedOperator, right: ResolvedOperator) -> Bool { left.operation == right.operation }

  /// Hashes the call.
  public func hash(into hasher: inout Hasher) { operation.hash(into: &hasher) }
}

extension [Block<Operator>] {
  /// The program with the rule of every call.
  public var resolved: [Block<ResolvedOperator>] { mapLeaves { ResolvedOperator($0) } }
}
