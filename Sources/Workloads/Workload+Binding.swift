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
    try bind(values, isChecked: { _ in true }, check: check)
  }

  /// The same, where nothing is ever wrong with operators of some names.
  ///
  /// - Parameters:
  ///   - values: Values by parameter name.
  ///   - isChecked: Whether operators of a name are to be checked.
  ///   - check: Says what is wrong with one of these.
  /// - Returns: What ``bind(_:check:)`` returns.
  /// - Throws: What ``bind(_:check:)`` throws.
  package func bind(
    _ values: [String: Int64], isChecked: (String) -> Bool, check: (Operator) -> OperatorProblem?
  ) throws(WorkloadFault) -> BoundWorkload {
    let names = parameters.map(\.name)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard names.contains(name) else {
        let suggestion = nearestName(to: name, among: names)
        throw .unknownParameter(name, workload: self.name, suggestion: suggestion, known: names)
      }
      let minimum = parameters.first { $0.name == name }?.minimum ?? 1
      guard value >= minimum, value <= Workload.parameterValueLimit else {
        throw .parameterOutOfRange(name, value: value)
      }
    }
    return try bound(values, layers: nil, isChecked: isChecked, check: check)
  }

  /// Gives the parameters of an engine's operators the values of a step of a decoder.
  ///
  /// - Parameters:
  ///   - values: Values by parameter name, from 0 on; what the file does not know is left out.
  ///   - layers: The decoder's layers.
  ///   - valuesOf: The values that are one kind of layer's own.
  ///   - check: Says what is wrong with an operator, if anything is.
  /// - Returns: The workload, in which the repeat that is named `layer` stands for the layers.
  /// - Throws: ``WorkloadFault/inFile(_:)``.
  package func bind(
    _ values: [String: Int64], layers: [Block<DecoderLayer>], valuesOf: @escaping (DecoderLayer) -> [String: Int64],
    check: (Operator) -> OperatorProblem? = { _ in nil }
  ) throws(WorkloadFault) -> BoundWorkload {
    try bound(values, layers: (layers, valuesOf), isChecked: { _ in true }, check: check)
  }

  private func bound(
    _ values: [String: Int64], layers: LayerBinding?, isChecked: (String) -> Bool,
    check: (Operator) -> OperatorProblem?
  ) throws(WorkloadFault) -> BoundWorkload {
    let bound = parameters.map { BoundParameter(name: $0.name, value: values[$0.name] ?? $0.defaultValue) }
    do throws(JSONFault) {
      // Layers have values of their own, each kind others: what is bound for them is kept as it is.
      let plain = PlainBinding(texts: operators, values: bound.map(\.value), isWhole: layers == nil)
      let binder = Binder(
        json: json, texts: operators, parameters: bound, layers: layers, plain: plain, keepsPlain: layers == nil,
        isUnchecked: operators.names.map { !isChecked($0) },
        pool: OperatorPool(DifferentOperators(layers == nil ? plain : nil, capacity: operators.forms.count)))
      let weights = try weightElements.map { (count) throws(JSONFault) in try binder.integer(count, atLeast: 0) }
      if let weights, weights > Shape.elementLimit { throw binder.tooManyWeights(weightElements, weights) }
      let program = try binder.program(program, modules: modules, check).blocks
      return BoundWorkload(
        name: name, parameters: bound, weightElements: weights, inputs: try binder.tensors(inputs),
        outputs: try binder.tensors(outputs), operators: binder.pool.different.operators, sequence: program,
        library: library)
    } catch {
      throw .inFile(error)
    }
  }
}

/// The layers that a repeat named `layer` stands for, and the values that are a kind of layer's own.
private typealias LayerBinding = (blocks: [Block<DecoderLayer>], valuesOf: (DecoderLayer) -> [String: Int64])

/// The operators of all lists that are bound, whatever values their parameters have.
private final class OperatorPool {
  var different: DifferentOperators
  var place = OperatorPlace()

  init(_ different: DifferentOperators) { self.different = different }
}

/// Computes a program's shapes for one set of parameter values.
private struct Binder {
  let json: JSONSource
  let texts: OperatorTexts
  let parameters: [BoundParameter]
  let values: [Int64]
  let layers: LayerBinding?
  /// Whether a repeat that runs once is no repeat: in an engine's file most are there or not.
  let flattens: Bool
  let plain: PlainBinding
  /// Whether plain operators stay as their text is, and else are made.
  let keepsPlain: Bool
  /// By the number of a plain operator's name, whether nothing is ever wrong with its operands.
  let isUnchecked: [Bool]
  let pool: OperatorPool
  private let known: KnownOperators

  init(
    json: JSONSource, texts: OperatorTexts, parameters: [BoundParameter], layers: LayerBinding?, plain: PlainBinding,
    keepsPlain: Bool, isUnchecked: [Bool], pool: OperatorPool, flattens: Bool = false
  ) {
    self.json = json
    self.texts = texts
    self.parameters = parameters
    self.layers = layers
    self.plain = plain
    self.keepsPlain = keepsPlain
    self.isUnchecked = isUnchecked
    self.pool = pool
    self.flattens = flattens || layers != nil
    values = parameters.map(\.value)
    known = KnownOperators(count: texts.forms.count)
  }

  /// The same with other values of some parameters, for one layer.
  private func with(_ values: [String: Int64]) -> Binder {
    let parameters = parameters.map { BoundParameter(name: $0.name, value: values[$0.name] ?? $0.value) }
    return Binder(
      json: json, texts: texts, parameters: parameters, layers: nil,
      plain: PlainBinding(texts: texts, values: parameters.map(\.value), isWhole: false), keepsPlain: false,
      isUnchecked: isUnchecked, pool: pool, flattens: true)
  }

  /// Binds a program and counts its operators, repeats multiplied out.
  func program(
    _ program: [WorkloadStatement], modules: SymbolicInteger?, _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> (blocks: [Block<Int>], operators: Int) {
    var blocks: [Block<Int>] = []
    blocks.reserveCapacity(program.count)
    var operators = 0
    var calls = try moduleCalls(modules, in: program)
    for statement in program {
      let place: Int
      switch statement {
      case .operator(let call):
        blocks.append(.leaf(try index(of: call, behind: modules == nil ? 0 : calls.next(), check)))
        operators += 1
        place = Int(call.byteOffset)
      case .repeat(let template):
        place = template.count.byteOffset
        if let layers, template.name == "layer" {
          let bound = try bind(template, as: layers.blocks, check)
          blocks += bound.blocks
          operators += bound.operators
        } else if let (bound, count) = try bind(template, check) {
          if flattens, case .loop(1, let body) = bound { blocks += body } else { blocks.append(bound) }
          operators += count
        } else {
          continue
        }
      }
      guard operators <= BoundWorkload.operatorLimit else { throw tooManyOperators(at: place) }
    }
    return (blocks, operators)
  }

  /// The place of a call among the different operators.
  ///
  /// What is written alike is bound and checked once, where it comes first.
  private func index(
    of call: OperatorStatement, behind modules: Int, _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> Int {
    let number = Int(call.number)
    if let known = known.index(of: number, behind: modules) { return known }
    if modules == 0, let index = try plainIndex(of: number, at: Int(call.byteOffset), check) {
      known.append(index, of: number, behind: modules)
      return index
    }
    var operation = try bind(number, at: Int(call.byteOffset))
    if let problem = check(operation) { throw fault(problem, operation.name, at: Int(call.byteOffset)) }
    operation.moduleCalls = modules
    let index = pool.different.index(of: operation)
    known.append(index, of: number, behind: modules)
    return index
  }

  /// The same of an operator that stays as its text is; nil for one that does not, or in which something is wrong.
  private func plainIndex(
    of number: Int, at place: Int, _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> Int? {
    guard keepsPlain, case .plain(let index) = texts.forms[number] else { return nil }
    let text = texts.plain[Int(index)]
    guard let hash = plain.quickHash(text) else { return nil }
    if !isUnchecked[Int(text.name)] {
      let problem = pool.place.look(plain, index) { check($0) }
      if let problem { throw fault(problem, texts.names[Int(text.name)], at: place) }
    }
    return pool.different.index(ofPlain: index, hash: hash)
  }

  /// The calls of a list's modules, dealt out to its operators.
  private func moduleCalls(
    _ modules: SymbolicInteger?, in program: [WorkloadStatement]
  ) throws(JSONFault) -> ModuleCalls {
    guard let modules else { return ModuleCalls(0, among: 1) }
    let count = try integer(modules, atLeast: 0)
    guard count <= BoundWorkload.operatorLimit else { throw tooManyOperators(at: modules.byteOffset) }
    let operators = program.count(where: \.isOperator)
    return ModuleCalls(Int(count), among: operators)
  }

  /// Binds the repeat that stands for a decoder's layers: its body for each kind of them.
  private func bind(
    _ template: RepeatTemplate, as layers: [Block<DecoderLayer>], _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> (blocks: [Block<Int>], operators: Int) {
    var bound: (blocks: [Block<Int>], operators: Int) = ([], 0)
    for layer in layers {
      switch layer {
      case .leaf(let kind):
        let one = with(self.layers?.valuesOf(kind) ?? [:])
        let body = try one.program(template.program, modules: template.modules, check)
        bound.blocks += body.blocks
        bound.operators += body.operators
      case .loop(let count, let body):
        let inner = try bind(template, as: body, check)
        guard let operators = operatorProduct(count, inner.operators) else {
          throw tooManyOperators(at: template.count.byteOffset)
        }
        if count > 0, !inner.blocks.isEmpty { bound.blocks.append(.loop(count: count, body: inner.blocks)) }
        bound.operators += operators
      }
    }
    return bound
  }

  /// Binds a repeat, or returns nil if it comes to nothing.
  private func bind(
    _ template: RepeatTemplate, _ check: (Operator) -> OperatorProblem?
  ) throws(JSONFault) -> (block: Block<Int>, operators: Int)? {
    let count = try integer(template.count, atLeast: 0)
    // What is not there need not make sense: the experts of a decoder without any.
    guard count > 0 else { return nil }
    let inner = try program(template.program, modules: template.modules, check)
    guard inner.operators > 0 else { return nil }
    guard let operators = operatorProduct(Int(count), inner.operators) else {
      throw tooManyOperators(at: template.count.byteOffset)
    }
    return (.loop(count: Int(count), body: inner.blocks), operators)
  }

  /// Binds an operator, which stands at a place.
  private func bind(_ number: Int, at place: Int) throws(JSONFault) -> Operator {
    switch texts.forms[number] {
    case .template(let index): return try bind(texts.templates[Int(index)])
    case .plain(let index):
      if let operation = plain.operation(texts.plain[Int(index)]) { return operation }
      // What is wrong is said of the template.
      var object = try json.cursor(ofValueAtByte: place).object()
      return try bind(try ProgramReader(parameters: parameters.map(\.name)).operatorTemplate(&object))
    }
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

/// Which operators of a list are bound already.
private final class KnownOperators {
  /// By their number, where no module is called before; -1 for those that are not.
  private var indices: [Int32]
  private var behindModules: [Key: Int] = [:]

  private struct Key: Hashable {
    let number: Int
    let modules: Int
  }

  init(count: Int) { indices = [Int32](repeating: -1, count: count) }

  @inline(__always)
  func index(of number: Int, behind modules: Int) -> Int? {
    guard modules == 0 else { return behindModules[Key(number: number, modules: modules)] }
    let index = Int(indices[number])
    return index >= 0 ? index : nil
  }

  func append(_ index: Int, of number: Int, behind modules: Int) {
    if modules == 0 {
      indices[number] = Int32(index)
    } else {
      behindModules[Key(number: number, modules: modules)] = index
    }
  }
}
