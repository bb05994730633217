/// Computes the shapes of plain operators for one set of parameter values.
///
/// A class, though nothing of it ever changes: whoever asks for an operator would hold and let go each of its arrays.
final class PlainBinding: Sendable {
  let texts: OperatorTexts
  private let values: [Int64]
  /// What each formula comes to, nil where that is nothing; empty where each is computed when it is asked for.
  private let formulas: [Int64?]

  /// - Parameters:
  ///   - texts: The operators.
  ///   - values: The values of the parameters, in the order of the file.
  ///   - isWhole: Whether all of the operators are bound, and not those of one kind of layer.
  init(texts: OperatorTexts, values: [Int64], isWhole: Bool) {
    self.texts = texts.plainOnly
    self.values = values
    formulas = isWhole ? texts.formulas.map { try? $0.value(for: values) } : []
  }

  /// The operator; nil where a formula or shape comes to nothing sensible.
  func operation(_ text: OperatorTexts.Plain) -> Operator? {
    guard let inputs = shapes(from: text.inputs, text.inputCount),
      let outputs = shapes(from: text.outputs, text.outputCount),
      let attributes = attributes(from: text.attributes, text.attributeCount)
    else { return nil }
    return Operator(
      name: texts.names[Int(text.name)], inputs: inputs, outputs: outputs,
      inputTypes: types(from: text.inputs, text.inputCount), outputTypes: types(from: text.outputs, text.outputCount),
      attributes: attributes)
  }

  /// An operator that has been seen to be sensible, by its place among the plain ones.
  func known(_ number: Int32) -> Operator {
    guard let operation = operation(texts.plain[Int(number)]) else { preconditionFailure("bound before") }
    return operation
  }

  @inline(__always)
  private func integer(_ word: Int32, atLeast minimum: Int64) -> Int64? {
    guard let index = OperatorTexts.formula(of: word) else { return Int64(word) }
    guard let value = formulas.isEmpty ? try? texts.formulas[index].value(for: values) : formulas[index],
      value >= minimum
    else { return nil }
    return value
  }

  private func shapes(from start: Int32, _ count: UInt8) -> [Shape]? {
    guard count > 0 else { return [] }
    var shapes: [Shape] = []
    shapes.reserveCapacity(Int(count))
    var place = Int(start)
    for _ in 0..<count {
      guard let shape = shape(at: place) else { return nil }
      shapes.append(shape)
      place += 1 + shape.rank
    }
    return shapes
  }

  @inline(__always)
  private func shape(at place: Int) -> Shape? {
    Shape(rank: OperatorTexts.rank(texts.words[place])) { integer(texts.words[place + 1 + $0], atLeast: 0) }
  }

  private static let types = ElementType.allCases

  private func types(from start: Int32, _ count: UInt8) -> [ElementType] {
    var place = Int(start)
    for _ in 0..<count {
      let word = texts.words[place]
      if OperatorTexts.type(word) != 0 { return differentTypes(from: start, count) }
      place += 1 + OperatorTexts.rank(word)
    }
    return ElementType.floats(Int(count))
  }

  private func differentTypes(from start: Int32, _ count: UInt8) -> [ElementType] {
    var place = Int(start)
    return (0..<count).map { _ in
      let word = texts.words[place]
      place += 1 + OperatorTexts.rank(word)
      return Self.types[OperatorTexts.type(word)]
    }
  }

  private func attributes(from start: Int32, _ count: UInt8) -> [OperatorAttribute]? {
    guard count > 0 else { return [] }
    var place = Int(start)
    var attributes: [OperatorAttribute] = []
    for _ in 0..<count {
      let valueCount = Int(texts.words[place + 1])
      var values: [Int64] = []
      for word in texts.words[place + 2..<place + 2 + valueCount] {
        guard let value = integer(word, atLeast: .min) else { return nil }
        values.append(value)
      }
      attributes.append(OperatorAttribute(name: texts.names[Int(texts.words[place])], values: values))
      place += 2 + valueCount
    }
    return attributes
  }
}

// MARK: Without making an operator

extension PlainBinding {
  /// Calls back with the tensors that an operator reads, which has been seen to be sensible, and with those that it makes.
  func forEachTensor(
    of number: Int32, inputs: (Int, Shape, ElementType) -> Void, outputs: (Shape, ElementType) -> Void
  ) {
    let text = texts.plain[Int(number)]
    var place = Int(text.inputs)
    for index in 0..<Int(text.inputCount) {
      guard let shape = shape(at: place) else { preconditionFailure("bound before") }
      inputs(index, shape, Self.types[OperatorTexts.type(texts.words[place])])
      place += 1 + shape.rank
    }
    place = Int(text.outputs)
    for _ in 0..<text.outputCount {
      guard let shape = shape(at: place) else { preconditionFailure("bound before") }
      outputs(shape, Self.types[OperatorTexts.type(texts.words[place])])
      place += 1 + shape.rank
    }
  }

  /// What ``Operator/quickHash`` is of an operator; nil where a formula or shape comes to nothing sensible.
  func quickHash(_ text: OperatorTexts.Plain) -> Int? {
    var hash = QuickHash()
    hash.add(UInt64(texts.names[Int(text.name)].utf8.count))
    guard add(from: text.inputs, text.inputCount, to: &hash), add(from: text.outputs, text.outputCount, to: &hash),
      text.attributeCount == 0 || attributes(from: text.attributes, text.attributeCount) != nil
    else { return nil }
    return hash.value
  }

  /// Adds shapes to a hash as `Shape.add(to:)` does; false where one of them is none.
  @inline(__always)
  private func add(from start: Int32, _ count: UInt8, to hash: inout QuickHash) -> Bool {
    var place = Int(start)
    for _ in 0..<count {
      let rank = OperatorTexts.rank(texts.words[place])
      var size = Shape.Size()
      for index in 1..<(rank + 1) {
        guard let dimension = integer(texts.words[place + index], atLeast: 0), size.append(dimension) else {
          return false
        }
        hash.add(dimension)
      }
      guard size.isShape else { return false }
      hash.add(UInt64(rank))
      place += 1 + rank
    }
    return true
  }

  /// Writes shapes, which have been seen to be sensible, over others.
  func writeShapes(from start: Int32, to shapes: inout [Shape]) {
    var place = Int(start)
    for index in shapes.indices {
      guard let shape = shape(at: place) else { preconditionFailure("bound before") }
      place += 1 + shape.rank
      shapes[index] = shape
    }
  }

  /// Whether the tensors of an operator are of some types.
  func haveTypes(_ text: OperatorTexts.Plain, _ inputs: [ElementType], _ outputs: [ElementType]) -> Bool {
    haveTypes(from: text.inputs, inputs) && haveTypes(from: text.outputs, outputs)
  }

  @inline(__always)
  private func haveTypes(from start: Int32, _ types: [ElementType]) -> Bool {
    var place = Int(start)
    for type in types {
      let word = texts.words[place]
      guard Self.types[OperatorTexts.type(word)] == type else { return false }
      place += 1 + OperatorTexts.rank(word)
    }
    return true
  }

  /// Whether two operators, which have been seen to be sensible, are the same.
  func areEqual(_ number: Int32, _ other: Int32) -> Bool {
    let (one, another) = (texts.plain[Int(number)], texts.plain[Int(other)])
    guard texts.names[Int(one.name)] == texts.names[Int(another.name)], one.inputCount == another.inputCount,
      one.outputCount == another.outputCount, one.attributeCount == another.attributeCount,
      areEqual(one.inputs, another.inputs, one.inputCount), areEqual(one.outputs, another.outputs, one.outputCount)
    else { return false }
    // Attributes are sorted by name as an operator is made.
    return one.attributeCount == 0 || known(number) == known(other)
  }

  private func areEqual(_ start: Int32, _ other: Int32, _ count: UInt8) -> Bool {
    var (place, otherPlace) = (Int(start), Int(other))
    for _ in 0..<count {
      guard texts.words[place] == texts.words[otherPlace] else { return false }
      let rank = OperatorTexts.rank(texts.words[place])
      for index in 1..<(rank + 1)
      where integer(texts.words[place + index], atLeast: 0) != integer(texts.words[otherPlace + index], atLeast: 0) {
        return false
      }
      place += 1 + rank
      otherPlace += 1 + rank
    }
    return true
  }
}
