/// An integer formula over a workload's parameters, `batch * (sequence_length + 1)`, parsed once.
///
/// It is kept in postfix order, so that evaluating it is one pass over an array. Arithmetic is exact: whatever `Int64`
/// cannot hold, and every `/` with a remainder, is a fault. A dimension that is nearly right is wrong. Where rounding down
/// is meant, as at the edge of an image, `//` says so: the greatest integer that is not above the quotient.
struct Formula: Sendable {
  /// The formula as it is written.
  let text: String

  /// The steps, operands before what is done with them.
  let steps: [Step]

  /// One number, parameter or operation.
  struct Step: Sendable {
    let action: Action

    /// Where in the text's UTF-8 it stands.
    let offset: Int
  }

  /// What a step does to the stack of values.
  enum Action: Sendable, Equatable {
    /// Pushes a number.
    case constant(Int64)
    /// Pushes the value of a parameter, given by its index.
    case parameter(Int)
    /// Replaces the two values on top by the result of an operation.
    case add, subtract, multiply, divide
    /// The same, rounded down.
    case divideRoundingDown
    /// Changes the sign of the value on top.
    case negate
  }

  /// Parses a formula.
  ///
  /// - Parameters:
  ///   - text: The formula: numbers, names, `+ - * / //`, parentheses and blanks.
  ///   - parameters: The names that it may have.
  /// - Throws: What is wrong with the text, at its place.
  init(_ text: String, parameters: [String]) throws(FormulaFault) {
    var parser = FormulaParser(text, parameters: parameters)
    self.text = text
    steps = try parser.parse()
  }

  /// The formula's value.
  ///
  /// - Parameter parameters: The values of the parameters, in the order in which parsing was given their names.
  /// - Returns: The value.
  /// - Throws: The operation that has no exact result in 64 bits.
  func value(for parameters: [Int64]) throws(FormulaFault) -> Int64 {
    var stack: [Int64] = []
    for step in steps {
      switch step.action {
      case .constant(let number): stack.append(number)
      case .parameter(let index): stack.append(parameters[index])
      case .negate: stack.append(try combine(0, stack.removeLast(), by: .subtract, at: step.offset))
      case .add, .subtract, .multiply, .divide, .divideRoundingDown:
        let right = stack.removeLast()
        stack.append(try combine(stack.removeLast(), right, by: step.action, at: step.offset))
      }
    }
    return stack.removeLast()
  }

  /// The indices of the parameters that the formula names, each once, in ascending order.
  var parametersUsed: [Int] {
    var used: Set<Int> = []
    for case .parameter(let index) in steps.map(\.action) { used.insert(index) }
    return used.sorted()
  }
}

private func combine(
  _ left: Int64, _ right: Int64, by action: Formula.Action, at offset: Int
) throws(FormulaFault) -> Int64 {
  var (result, overflow): (Int64, Bool)
  switch action {
  case .add: (result, overflow) = left.addingReportingOverflow(right)
  case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
  case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
  default:
    guard right != 0 else { throw FormulaFault(offset: offset, fact: .divisionByZero) }
    (result, overflow) = left.dividedReportingOverflow(by: right)
    if !overflow, result * right != left {
      guard action == .divideRoundingDown else {
        throw FormulaFault(offset: offset, fact: .remainder(dividend: left, divisor: right))
      }
      // Swift rounds toward zero: one too high where the quotient is negative.
      if (left < 0) != (right < 0) { result -= 1 }
    }
  }
  guard !overflow else { throw FormulaFault(offset: offset, fact: .overflow) }
  return result
}
