/// What can be wrong with a formula, in its text or for the parameters' values.
struct FormulaFault: Error, Equatable {
  /// Where in the formula's UTF-8 the matter is.
  let offset: Int

  let fact: Fact

  enum Fact: Equatable {
    /// The text ends where something is needed.
    case unexpectedEnd(expected: Expectation)
    /// A character stands where something else is needed.
    case unexpectedCharacter(Unicode.Scalar, expected: Expectation)
    /// A name that no parameter has.
    case unknownParameter(String)
    /// A number that `Int64` cannot hold.
    case numberTooLarge
    /// More parentheses and signs within each other than there may be.
    case tooDeep(limit: Int)
    /// A result that `Int64` cannot hold.
    case overflow
    /// A division by zero.
    case divisionByZero
    /// A division that leaves a remainder.
    case remainder(dividend: Int64, divisor: Int64)
  }

  enum Expectation: Equatable {
    case operand
    case operation
    case closingParenthesis
  }
}
