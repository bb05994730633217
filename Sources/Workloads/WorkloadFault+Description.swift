import JSONText

/// All the prose of this module: of requests first, then of formulas and programs within files.
extension WorkloadFault: Fault {
  /// The place in the file, or the file.
  public var place: String? {
    switch self {
    case .inFile(let fault): fault.place
    case .unreadable(let fault): fault.place
    case .unknownWorkload, .unknownParameter, .parameterOutOfRange: nil
    }
  }

  /// What is wrong and what would be right.
  public var words: FaultWords {
    switch self {
    case .inFile(let fault): fault.words
    case .unreadable(let fault): fault.words
    case .unknownWorkload(let name, let near, let known):
      "there is no workload \(quoted(name))\(choices(near, known, of: "workloads", none: "the catalog is empty"))"
    case .unknownParameter(let name, let workload, let near, let known):
      "the workload \(quoted(workload)) has no parameter \(quoted(name))"
        + "\(choices(near, known, of: "parameters", none: "it has none"))"
    case .parameterOutOfRange(let name, let value):
      value < 1
        ? "the parameter \(quoted(name)) must be at least 1 (it is \(value))"
        : "the parameter \(quoted(name)) must be at most \(Workload.parameterValueLimit) (it is \(value))"
    }
  }
}

extension FormulaFault {
  /// The fault of a formula's text.
  func jsonFact(formula text: String, parameters: [String]) -> JSONFact {
    switch fact {
    case .unknownParameter(let name): .unknownParameter(name, known: parameters)
    default: .described(problem: "is \(quoted(text)), \(words)", advice: advice)
    }
  }

  /// The fault of a formula for the parameters' values.
  func jsonFact(formula: Formula, for parameters: [BoundParameter]) -> JSONFact {
    .described(problem: "is \(quoted(formula.text)), \(words)\(values(of: parameters, in: formula))", advice: advice)
  }

  private var words: String {
    switch fact {
    case .unexpectedEnd(let expected): "which ends where \(expected.words) is needed"
    case .unexpectedCharacter(let found, let expected):
      "which has \(quoted(String(found))) where \(expected.words) is needed"
    case .unknownParameter(let name): "which names an unknown parameter, \(quoted(name)),"
    case .numberTooLarge: "which has a number of more than 64 bits"
    case .tooDeep(let limit): "which has more than \(limit) parentheses and signs within each other"
    case .overflow: "which is beyond 64 bits"
    case .divisionByZero: "which divides by zero"
    case .remainder(let dividend, let divisor): "which leaves a remainder, \(dividend) / \(divisor),"
    }
  }

  private var advice: String {
    switch fact {
    case .unexpectedEnd, .unexpectedCharacter: "a formula has integers, parameters, + - * / // and parentheses"
    case .unknownParameter: "declare it under /parameters"
    case .numberTooLarge, .overflow: "numbers reach \(Int64.max)"
    case .tooDeep: "write it with fewer"
    case .divisionByZero: "choose values for which the divisor is not 0"
    case .remainder: "choose values that divide evenly"
    }
  }
}

extension FormulaFault.Expectation {
  fileprivate var words: String {
    switch self {
    case .operand: "a number or parameter"
    case .operation: "an operation"
    case .closingParenthesis: "\")\""
    }
  }
}

extension JSONFact {
  static func unknownParameter(_ name: String, known: [String]) -> JSONFact {
    .unknownName(what: "parameter", name: name, suggestion: nearestName(to: name, among: known), known: known)
  }

  static func badParameterName(_ name: String) -> JSONFact {
    .described(
      problem: "has the parameter \(quoted(name)), which no formula could name",
      advice: "a name has letters, digits and underscores, and no digit first")
  }

  static func tooManyParameters(limit: Int) -> JSONFact {
    .described(problem: "has more than \(limit) parameters", advice: "declare fewer")
  }

  static var emptyProgram: JSONFact {
    .described(problem: "must not be empty", advice: "list at least one operator")
  }

  static var modulesWithoutOperators: JSONFact {
    .described(
      problem: "counts modules of a list without an operator of its own",
      advice: "count them where the operators stand that they call")
  }

  static var emptyCondition: JSONFact {
    .described(problem: "must not be empty", advice: "name a parameter and its value, or remove the key")
  }

  static var neitherOperatorNorRepeat: JSONFact {
    .described(problem: "is neither an operator nor a repeat", advice: "give it the key \"operator\" or \"repeat\"")
  }

  static func tooManyNestedRepeats(limit: Int) -> JSONFact {
    .described(problem: "stands within \(limit) repeats", advice: "nest fewer")
  }

  static func typesNotParallel(types: Int, shapes: Int, key: String) -> JSONFact {
    .described(problem: "has a length of \(types), and \(quoted(key)) of \(shapes)", advice: "list one type for each")
  }

  static func tooManyElements(_ dimensions: [Int64]) -> JSONFact {
    let factors = dimensions.prefix(8).map(String.init) + (dimensions.count > 8 ? ["..."] : [])
    return .described(
      problem: "comes to \(factors.joined(separator: " x ")), more than 2^50 elements",
      advice: "choose smaller parameter values or dimensions")
  }

  static func wrongOperator(_ name: String, _ problem: OperatorProblem) -> JSONFact {
    .described(problem: "is \(quoted(name)), and \(problem.problem)", advice: problem.advice)
  }

  static func tooManyOperators(limit: Int) -> JSONFact {
    .described(problem: "takes the program beyond \(limit) operators", advice: "repeat less often")
  }

  static func negativeFormula(_ formula: Formula, value: Int64, for parameters: [BoundParameter]) -> JSONFact {
    .described(
      problem: "is \(quoted(formula.text)), which is negative, \(value),\(values(of: parameters, in: formula))",
      advice: "choose values for which it is at least 0")
  }
}

/// ` for batch = 3 and sequence_length = 128`, or nothing where the formula names no parameter.
private func values(of parameters: [BoundParameter], in formula: Formula) -> String {
  let used = formula.parametersUsed.map { "\(parameters[$0].name) = \(parameters[$0].value)" }
  return used.isEmpty ? "" : " for " + listed(used, by: "and")
}

private func choices(_ near: String?, _ known: [String], of kind: String, none: String) -> String {
  if let near { return "; did you mean \(quoted(near))?" }
  return known.isEmpty ? "; \(none)" : "; the \(kind) are \(listed(known.map(quoted), by: "and"))"
}
