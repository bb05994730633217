/// Computes the shapes of plain operators for one set of parameter values.
struct PlainBinding {
  let texts: OperatorTexts
  /// The values of the parameters, in the order of the file.
  let values: [Int64]

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

  @inline(__always)
  private func integer(_ word: Int32, atLeast minimum: Int64) -> Int64? {
    guard let index = OperatorTexts.formula(of: word) else { return Int64(word) }
    guard let value = try? texts.formulas[index].value(for: values), value >= minimum else { return nil }
    return value
  }

  private func shapes(from start: Int32, _ count: UInt8) -> [Shape]? {
    var shapes: [Shape] = []
    shapes.reserveCapacity(Int(count))
    var place = Int(start)
    for _ in 0..<count {
      let rank = OperatorTexts.rank(texts.words[place])
      var dimensions: [Int64] = []
      dimensions.reserveCapacity(rank)
      for word in texts.words[place + 1..<place + 1 + rank] {
        guard let dimension = integer(word, atLeast: 0) else { return nil }
        dimensions.append(dimension)
      }
      guard let shape = Shape(checking: dimensions) else { return nil }
      shapes.append(shape)
      place += 1 + rank
    }
    return shapes
  }

  private func types(from start: Int32, _ count: UInt8) -> [ElementType] {
    var place = Int(start)
    var (types, areFloats) = ([ElementType](), true)
    types.reserveCapacity(Int(count))
    for _ in 0..<count {
      let word = texts.words[place]
      let type = ElementType.allCases[OperatorTexts.type(word)]
      if type != .float { areFloats = false }
      types.append(type)
      place += 1 + OperatorTexts.rank(word)
    }
    return areFloats ? ElementType.floats(Int(count)) : types
  }

  private func attributes(from start: Int32, _ count: UInt8) -> [OperatorAttribute]? {
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
