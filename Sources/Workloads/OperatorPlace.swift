/// A place in which operators are looked at one after the other.
///
/// Most of a long program differ from others of their name in sizes alone: these are written over those of the one before, and
/// nothing is allocated for them.
package struct OperatorPlace {
  /// By the number of a name the last plain operator of it.
  private var last: [Operator?] = []

  /// Nothing was looked at yet.
  package init() {}

  /// Looks at the operator at an index.
  package mutating func look<Result>(
    _ operators: BoundOperators, at index: Int, _ body: (Operator) throws -> Result
  ) rethrows -> Result {
    guard let (binding, number) = operators.plain(at: index) else { return try body(operators[index]) }
    return try look(binding, number, body)
  }

  /// The same of a plain operator that has been seen to be sensible.
  mutating func look<Result>(
    _ binding: PlainBinding, _ number: Int32, _ body: (Operator) throws -> Result
  ) rethrows -> Result {
    let name = Int(binding.texts.plain[Int(number)].name)
    if name >= last.count { last += Array(repeating: nil, count: name + 1 - last.count) }
    // Taken out, so that it is nobody else's, and no part of it is held and let go.
    var operation = last[name].take() ?? binding.known(number)
    if !operation.writeSizes(of: number, binding) { operation = binding.known(number) }
    let result = try body(operation)
    last[name] = consume operation
    return result
  }
}

extension Operator {
  /// Becomes another operator of the same name; false where they differ in more than sizes.
  fileprivate mutating func writeSizes(of number: Int32, _ binding: PlainBinding) -> Bool {
    let text = binding.texts.plain[Int(number)]
    guard attributes.isEmpty, text.attributeCount == 0, inputs.count == Int(text.inputCount),
      outputs.count == Int(text.outputCount), binding.haveTypes(text, inputTypes, outputTypes)
    else { return false }
    binding.writeShapes(from: text.inputs, to: &inputs)
    binding.writeShapes(from: text.outputs, to: &outputs)
    return true
  }
}
