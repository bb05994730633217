import JSONText

extension Workload {
  /// Gives the parameters values and computes every shape.
  ///
  /// - Parameters:
  ///   - values: Values by parameter name, from 1 to ``parameterValueLimit``; other parameters keep their default.
  ///   - check: Says what is wrong with an operator, if anything is; by default, nothing ever is.
  /// - Returns: The workload with every dimension known.
  /// - Throws: ``WorkloadFault/unknownParameter(_:workload:suggestion:known:)`` and
  ///   ``WorkloadFault/parameterOutOfRange(_:value:)`` for what is asked, ``WorkloadFault/inFile(_:)`` where the file's
  ///   formulas come to nothing sensible with these values, or the check finds fault with an operator.
  /// - Complexity: O(n) time and memory in the length of the file, whatever the values.
  public func bind(
    _ values: [String: Int64] = [:], check: (Operator) -> OperatorProblem? = { _ in nil }
  ) throws(WorkloadFault) -> BoundWorkload {
    let names = parameters.map(\.name)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard names.contains(name) else {
        let suggestion = nearestName(to: name, among: names)
        throw .unknownParameter(name, workload: self.name, suggestion: suggestion, known: names)
      }
      guard value >= 1, value <= Workload.parameterValueLimit else { throw .parameterOutOfRange(name, value: value) }
    }
    let bound = parameters.map { BoundParameter(name: $0.name, value: values[$0.name] ?? $0.defaultValue) }
    do throws(JSONFault) {
      let binder = Binder(json: json, parameters: bound)
      let weights = try weightElements.map { (count) throws(JSONFault) in try binder.integer(count, atLeast: 0) }
      if let weights, weights > Shape.elementLimit { throw binder.tooManyWeights(weightElements, weights) }
      let program = try binder.program(program, modules: modules, check).blocks
      return BoundWorkload(
        name: name, parameters: bound, weightElements: weights, inputs: try binder.tensors(inputs),
        outputs: try binder.tensors(outputs), program: program, library: library)
    } catch {
      throw .inFile(error)
    }
  }
}

/// Computes a program's shapes for one set of parameter values.
private struct Binder {
  let json: JSONSource
  let parameters: [BoundParameter]
  let values: [Int64]

  init(json: JSONSource, parameters: [BoundParameter]) {
    self.json = json
    self.parameters = parameters
    values = parameters.map(\.value)
  }

  /// Binds a program and counts its operators, repeats multiplied out.
  func program(
    _ program: [WorkloadStatement], modules: SymbolicInteger?, _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> (blocks: [Block<Operator>], operators: Int) {
    var blocks: [Block<Operator>] = []
    var operators = 0
    var calls = try moduleCalls(modules, in: program)
    for statement in program {
      let place: Int
      switch statement {
      case .operator(let template):
        var operation = try bind(template)
        operation.moduleCalls = calls.next()
        if let problem = check(operation) { throw fault(problem, operation.name, at: template.byteOffset) }
        blocks.append(.leaf(operation))
        operators += 1
        place = template.byteOffset
      case .repeat(let template):
        guard let (bound, count) = try bind(template, check) else { continue }
        blocks.append(bound)
        operators += count
        place = template.count.byteOffset
      }
      guard operators <= BoundWorkload.operatorLimit else { throw tooManyOperators(at: place) }
    }
    return (blocks, operators)
  }

  /// The calls of a list's modules, dealt out to its operators.
  private func moduleCalls(
    _ modules: SymbolicInteger?, in program: [WorkloadStatement]
  ) throws(JSONFault) -> ModuleCalls {
    guard let modules else { return ModuleCalls(0, among: 1) }
    let count = try integer(modules, atLeast: 0)
    guard count <= BoundWorkload.operatorLimit else { throw tooManyOperators(at: modules.byteOffset) }
    let operators = program.count { if case .operator = $0 { true } else { false } }
    return ModuleCalls(Int(count), among: operators)
  }

  /// Binds a repeat, or returns nil if it comes to nothing.
  private func bind(
    _ template: RepeatTemplate, _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> (block: Block<Operator>, operators: Int)? {
    let count = try integer(template.count, atLeast: 0)
    let inner = try program(template.program, modules: template.modules, check)
    guard count > 0, inner.operators > 0 else { return nil }
    guard let operators = operatorProduct(Int(count), inner.operators) else {
      throw tooManyOperators(at: template.count.byteOffset)
    }
    return (.loop(count: Int(count), body: inner.blocks), operators)
  }

  private func bind(_ template: OperatorTemplate) throws(JSONFault) -> Operator {
    let copies = template.copies.filter { !isWaived($0) }
    return Operator(
      name: template.name, inputs: try template.inputs.map(shape), outputs: try template.outputs.map(shape),
      inputTypes: template.inputTypes, outputTypes: template.outputTypes,
      attributes: try template.attributes.map { (attribute) throws(JSONFault) in
        let values = try attribute.values.map { (value) throws(JSONFault) in try integer(value, atLeast: .min) }
        return OperatorAttribute(name: attribute.name, values: values)
      },
      copies: try copies.map { (copy) throws(JSONFault) in try shape(copy.shape) },
      stream: template.stream, waitsForStreams: template.waitsForStreams)
  }

  func tensors(_ templates: [TensorTemplate]) throws(JSONFault) -> [Tensor] {
    try templates.map { (tensor) throws(JSONFault) in Tensor(shape: try shape(tensor.shape), type: tensor.type) }
  }

  private func isWaived(_ copy: CopyTemplate) -> Bool {
    !copy.unless.isEmpty && copy.unless.allSatisfy { values[$0.parameter] == $0.value }
  }

  private func shape(_ template: ShapeTemplate) throws(JSONFault) -> Shape {
    let dimensions = try template.dimensions.map { (dimension) throws(JSONFault) in try integer(dimension, atLeast: 0) }
    guard let shape = Shape(checking: dimensions) else {
      let path = json.path(ofValueAtByte: template.byteOffset)
      throw json.fault(.tooManyElements(dimensions), atByte: template.byteOffset, path: path)
    }
    return shape
  }

  func integer(_ integer: SymbolicInteger, atLeast minimum: Int64) throws(JSONFault) -> Int64 {
    switch integer.form {
    case .number(let number): return number
    case .formula(let formula):
      let value: Int64
      do {
        value = try formula.value(for: values)
      } catch {
        throw fault(error.jsonFact(formula: formula, for: parameters), at: integer, utf8Offset: error.offset)
      }
      guard value >= minimum else {
        throw fault(.negativeFormula(formula, value: value, for: parameters), at: integer)
      }
      return value
    }
  }

  /// The fault of weights that are more than the largest tensor.
  func tooManyWeights(_ integer: SymbolicInteger?, _ count: Int64) -> JSONFault {
    fault(.tooManyElements([count]), atByte: integer?.byteOffset ?? 0)
  }

  private func fault(_ problem: OperatorProblem, _ name: String, at place: Int) -> JSONFault {
    fault(.wrongOperator(name, problem), atByte: place)
  }

  private func fault(_ fact: JSONFact, atByte place: Int) -> JSONFault {
    json.fault(fact, atByte: place, path: json.path(ofValueAtByte: place))
  }

  private func tooManyOperators(at place: Int) -> JSONFault {
    let fact = JSONFact.tooManyOperators(limit: BoundWorkload.operatorLimit)
    return json.fault(fact, atByte: place, path: json.path(ofValueAtByte: place))
  }

  private func fault(_ fact: JSONFact, at integer: SymbolicInteger, utf8Offset: Int = 0) -> JSONFault {
    var place = integer.byteOffset
    if case .formula = integer.form { place = json.byteOffset(ofUTF8Offset: utf8Offset, inStringAtByte: place) }
    return json.fault(fact, atByte: place, path: json.path(ofValueAtByte: integer.byteOffset))
  }
}
