import Workloads

/// The floating-point operations of operators that pass over memory.
///
/// They are the same whether an operator runs by itself, in a group or behind a product. What fusion saves is traffic and
/// launches.
enum OperatorArithmetic: Sendable {
  /// So many for each element of the results, or of the largest operand where no results are given.
  case perResult(Double)
  /// So many for each element of the first operand.
  case perInput(Double)
  /// So many for each element of the largest operand.
  case perOperand(Double)

  /// None.
  static let none = perResult(0)

  /// Floating-point operations of a call.
  func flops(of operation: Operator) -> Double {
    switch self {
    case .perResult(let count):
      count * (operation.outputs.isEmpty ? operation.largestInputElements : operation.outputElements)
    case .perInput(let count): count * operation.inputElements(0)
    case .perOperand(let count): count * operation.largestInputElements
    }
  }
}
