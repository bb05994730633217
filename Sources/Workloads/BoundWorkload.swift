/// A workload whose parameters have values, so that every shape is known.
///
/// Repeats stay repeats: it takes memory in proportion to the file, however many operators a pass has.
public struct BoundWorkload: Sendable {
  /// The most operators that a pass may have.
  public static let operatorLimit = 1_000_000_000_000

  /// The workload's stable name: `bert-base-uncased`.
  public let name: String

  /// The parameters in the file's order.
  public let parameters: [BoundParameter]

  /// How many elements the model's weights have, if the file says so.
  public let weightElements: Int64?

  /// The tensors that a pass is given; empty where the file does not say.
  public let inputs: [Tensor]

  /// The tensors that a pass gives back; empty where the file does not say.
  public let outputs: [Tensor]

  /// The different operators, in the order in which they first come.
  package let different: BoundOperators

  /// The same, each made: for whoever looks at a few.
  package var operators: [Operator] { Array(different) }

  /// What the workload does, in order, as indices into ``different``: an operator that comes a hundred thousand times is
  /// one, for everything that is made of it.
  package let sequence: [Block<Int>]

  /// What the workload does, in order; a repeat of nothing, or no times, is left out.
  ///
  /// - Complexity: O(n) in the length of the text.
  public var program: [Block<Operator>] {
    let operators = operators
    return sequence.mapLeaves { operators[$0] }
  }

  /// Whose modules its operators are called by.
  package let library: ModuleLibrary

  /// What a pass is a step over, where an engine runs it.
  package var step: StepLoad?

  /// How many operators one pass runs, repeats multiplied out; at most ``operatorLimit``.
  public let operatorCount: Int

  /// Makes a workload in code; `program` keeps to ``operatorLimit``, and its repeats run at least once and hold something.
  public init(
    name: String, parameters: [BoundParameter] = [], weightElements: Int64? = nil, inputs: [Tensor] = [],
    outputs: [Tensor] = [], program: [Block<Operator>]
  ) {
    self.init(
      name: name, parameters: parameters, weightElements: weightElements, inputs: inputs, outputs: outputs,
      program: program, library: .torch)
  }

  /// The same, whose operators call modules of a library.
  package init(
    name: String, parameters: [BoundParameter], weightElements: Int64?, inputs: [Tensor], outputs: [Tensor],
    program: [Block<Operator>], library: ModuleLibrary
  ) {
    var different = DifferentOperators()
    let sequence = program.mapLeaves { different.index(of: $0) }
    self.init(
      name: name, parameters: parameters, weightElements: weightElements, inputs: inputs, outputs: outputs,
      operators: different.operators, sequence: sequence, library: library)
  }

  /// A workload whose operators are told apart already.
  package init(
    name: String, parameters: [BoundParameter], weightElements: Int64?, inputs: [Tensor], outputs: [Tensor],
    operators: BoundOperators, sequence: [Block<Int>], library: ModuleLibrary
  ) {
    guard let count = operatorTotal(sequence) else { preconditionFailure("\(name): too many operators") }
    self.name = name
    self.parameters = parameters
    self.weightElements = weightElements
    self.inputs = inputs
    self.outputs = outputs
    different = operators
    self.sequence = sequence
    self.library = library
    operatorCount = count
  }

  /// The value of a parameter, or nil if the workload has none of that name.
  public func parameter(_ name: String) -> Int64? { parameters.first { $0.name == name }?.value }
}

/// A tensor: its shape and the type of its elements.
public struct Tensor: Sendable, Hashable {
  /// How many elements it has along each dimension.
  public let shape: Shape

  /// What its elements are.
  public let type: ElementType

  /// A tensor.
  public init(shape: Shape, type: ElementType = .float) {
    self.shape = shape
    self.type = type
  }

  /// Hashes what tells most tensors apart; equality decides.
  public func hash(into hasher: inout Hasher) { hasher.combine(shape) }
}

/// A parameter and its value.
public struct BoundParameter: Sendable, Hashable {
  /// The name that formulas have for it.
  public let name: String

  /// The value, at least 1.
  public let value: Int64

  /// Gives a parameter a value.
  public init(name: String, value: Int64) {
    self.name = name
    self.value = value
  }
}

/// The operators of a program, repeats multiplied out, or nil if they are too many.
private func operatorTotal(_ program: [Block<Int>]) -> Int? {
  var total = 0
  for block in program {
    switch block {
    case .leaf: total += 1
    case .loop(let count, let inner):
      precondition(count > 0 && !inner.isEmpty, "a repeat of nothing")
      guard let once = operatorTotal(inner), let all = operatorProduct(count, once) else { return nil }
      total += all
    }
    guard total <= BoundWorkload.operatorLimit else { return nil }
  }
  return total
}

/// `count` times `operators`, or nil if that is more than a pass may have.
func operatorProduct(_ count: Int, _ operators: Int) -> Int? {
  let (product, overflow) = count.multipliedReportingOverflow(by: operators)
  return overflow || product > BoundWorkload.operatorLimit ? nil : product
}

/// What a step of an engine's loop runs over.
package struct StepLoad: Sendable, Hashable {
  /// Requests in it.
  package var requests: Int64
  /// New tokens of all of them.
  package var tokens: Int64

  /// A step over so many requests and tokens.
  package init(requests: Int64, tokens: Int64) {
    self.requests = requests
    self.tokens = tokens
  }
}
