/// What is wrong with an operator's operands, in words.
public struct OperatorProblem: Error, Sendable, Equatable {
  /// What is the case, as a clause: "the weights, [], have 0 dimensions".
  public let problem: String

  /// What would be right: "it needs 3 to 5".
  public let advice: String

  /// A problem in words.
  public init(problem: String, advice: String) {
    self.problem = problem
    self.advice = advice
  }
}
