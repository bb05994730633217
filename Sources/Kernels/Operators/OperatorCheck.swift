import Profiles
import Workloads

/// Whether an operator's operands and attributes fit together as its rule takes for granted, and what the checks of the
/// rules have in common.
///
/// Rules rely on what this check has seen and look at nothing twice: whatever passes has finite times and traffic, none of
/// them negative. What no rule relies on is not looked at; empty tensors, scalars where an operator takes them and left-out
/// results pass.
package enum OperatorCheck {
  /// What is wrong with an operator, or nil.
  package static func fault(in operation: Operator) -> OperatorFault? {
    OperatorRule.of(operation).fault(in: operation)
  }

  /// The same in words, as a workload's fault has it.
  package static func problem(_ operation: Operator) -> OperatorProblem? {
    guard let words = fault(in: operation)?.words else { return nil }
    return OperatorProblem(problem: words.problem, advice: words.advice)
  }

  /// Whether anything may be wrong with an operator of a name.
  static func isChecked(_ name: String) -> Bool {
    guard let rule = OperatorRule.named(name) else { return false }
    return rule.check != nil || rule.variant != nil
  }

  /// The highest number that an attribute of a window may have: more positions than any tensor has on an axis.
  static let attributeLimit: Int64 = 1 << 30

  /// Dimensions multiplied; 1 for none.
  static func product(_ dimensions: some Sequence<Int64>) -> Double { dimensions.reduce(1) { $0 * Double($1) } }

  /// The values of an attribute of a window, one for each axis.
  static func values(
    _ name: String, of operation: Operator, axes: Int, _ range: ClosedRange<Int64>, default fallback: Int64
  ) throws(OperatorFault) -> [Int64] {
    let values = operation.attribute(name) ?? []
    try checkValues(name, values, range)
    switch values.count {
    case 0: return Array(repeating: fallback, count: axes)
    case 1: return Array(repeating: values[0], count: axes)
    case axes: return values
    default: throw .wrongAttributeCount(name: name, found: values.count, axes: axes)
    }
  }

  static func checkValues(
    _ name: String, _ values: [Int64], _ range: ClosedRange<Int64>
  ) throws(OperatorFault) {
    for value in values where !range.contains(value) {
      throw .attributeOutOfRange(name: name, value: value, range: range)
    }
  }

  static func checkRank(
    _ shape: Shape?, of operand: OperatorFault.Operand, _ wanted: ClosedRange<Int>
  ) throws(OperatorFault) {
    guard let shape else { throw .tooFewOperands(needed: 1, found: 0) }
    guard wanted.contains(shape.rank) else { throw .wrongRank(operand, shape, wanted: wanted) }
  }
}

extension OperatorRule {
  /// What is wrong with one of the rule's operators, or nil.
  func fault(in operation: Operator) -> OperatorFault? {
    guard let check else { return nil }
    do throws(OperatorFault) {
      try check(operation)
      return nil
    } catch {
      return error
    }
  }
}

extension Workload {
  /// Gives the parameters values, computes every shape and checks the operands of every operator.
  ///
  /// - Parameter values: Values by parameter name; other parameters keep their default.
  /// - Returns: The workload, all of whose operators have passed ``OperatorCheck``.
  /// - Throws: What ``bind(_:check:)`` throws; an operator whose operands do not fit is reported where it stands.
  public func bindChecked(_ values: [String: Int64] = [:]) throws(WorkloadFault) -> BoundWorkload {
    try bind(values, isChecked: OperatorCheck.isChecked, check: OperatorCheck.problem)
  }
}
