import Workloads

/// The arguments of a recorded call.
///
/// Recordings say what goes into an operator; its rule adds what comes out, and names what is no tensor.
package struct RecordedArguments: Sendable {
  /// The shapes of the tensors it was given.
  package var inputs: [Shape]
  /// Their element types, one for each.
  package var types: [ElementType]
  /// All arguments as text, as PyTorch's profiler writes them: `[2, 2]`, `False`, or nothing for a tensor.
  package let values: [String]
  /// The shapes of the results, as far as the rule needs them.
  package var outputs: [Shape] = []
  /// What else the call is given.
  package var attributes: [OperatorAttribute] = []

  /// Arguments as they were recorded.
  package init(inputs: [Shape], types: [ElementType], values: [String]) {
    self.inputs = inputs
    self.types = types
    self.values = values
  }

  /// The integers of an argument such as `[2, 2]`; nil where it is something else, an empty list, or missing.
  func integers(_ index: Int) -> [Int64]? {
    guard values.indices.contains(index), values[index].hasPrefix("[") else { return nil }
    let numbers = values[index].dropFirst().dropLast().split(separator: ",")
      .compactMap { Int64($0.filter { $0 != " " }) }
    return numbers.isEmpty ? nil : numbers
  }

  /// Sets the one result to the shape of the first operand.
  mutating func resultLikeFirstOperand() -> Bool {
    outputs = [inputs[0]]
    return true
  }

  /// Sets the one result; false where no tensor may have such dimensions.
  mutating func results(in dimensions: [Int64]) -> Bool {
    guard let shape = Shape(checking: dimensions) else { return false }
    outputs = [shape]
    return true
  }
}
