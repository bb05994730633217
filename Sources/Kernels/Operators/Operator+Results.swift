import JSONText
import Profiles
import Roofline
import Workloads

/// What a table may say of an operator: its operands, and, where it says so, their types and its results.
package struct ToldOperator: Hashable, Sendable {
  /// The framework's name of it: `aten::linear`.
  package var name: String
  /// Its tensors.
  package var inputs: [Shape]
  /// Their types; nil for those that such an operator usually has.
  package var inputTypes: [ElementType]?
  /// What it makes; nil for what follows from its operands and attributes.
  package var outputs: [Shape]?
  /// The types of that.
  package var outputTypes: [ElementType]?
  /// What else it is given.
  package var attributes: [OperatorAttribute]

  /// What is told of an operator.
  package init(
    name: String, inputs: [Shape], inputTypes: [ElementType]? = nil, outputs: [Shape]? = nil,
    outputTypes: [ElementType]? = nil, attributes: [OperatorAttribute] = []
  ) {
    self.name = name
    self.inputs = inputs
    self.inputTypes = inputTypes
    self.outputs = outputs
    self.outputTypes = outputTypes
    self.attributes = attributes
  }
}

extension Operator {
  /// A call with its results, which are found where they are not told.
  ///
  /// - Parameters:
  ///   - told: What is told of it.
  ///   - ranks: How many take part in a collective.
  /// - Throws: ``LoneOperatorFault`` where its results do not follow, or its operands do not fit.
  package init(completing told: ToldOperator, ranks: Int64 = 1) throws(LoneOperatorFault) {
    let call = Operator(name: told.name, inputs: told.inputs, attributes: told.attributes)
    let rule = OperatorRule.of(call)
    let inputTypes = told.inputTypes ?? rule.usualInputTypes(of: call)
    var results = ResultShapes(rule: rule, call: call, ranks: ranks)
    // A call with operands that do not fit has no results, and this is what is said of it.
    if let outputs = told.outputs {
      self.init(
        name: told.name, inputs: told.inputs, outputs: outputs, inputTypes: inputTypes,
        outputTypes: told.outputTypes ?? results.types(of: outputs), attributes: told.attributes)
      try rule.checkTold(self)
    } else {
      try rule.checkTold(call)
      let outputs = try results.find()
      self.init(
        name: told.name, inputs: told.inputs, outputs: outputs, inputTypes: inputTypes,
        outputTypes: told.outputTypes ?? results.types(of: outputs), attributes: told.attributes)
    }
  }
}

extension OperatorRule {
  fileprivate func checkTold(_ operation: Operator) throws(LoneOperatorFault) {
    if let words = fault(in: operation)?.words {
      throw .wrongOperands(OperatorProblem(problem: words.problem, advice: words.advice))
    }
  }

  /// The types that operands usually have: indices are integers, conditions are truth values.
  fileprivate func usualInputTypes(of call: Operator) -> [ElementType] {
    let name = Self.baseName(call.name)
    func types(_ place: Int, _ type: ElementType) -> [ElementType] {
      call.inputs.indices.map { $0 == place ? type : .float }
    }
    if kind == .embedding { return call.inputs.indices.map { $0 > 0 ? .int64 : .float } }
    if name == "index" { return call.inputs.indices.map { $0 > 0 ? .int64 : .float } }
    if name == "one_hot" { return types(0, .int64) }
    if name == "where" { return types(0, .bool) }
    if ["masked_fill", "masked_select", "masked_scatter"].contains(name) { return types(1, .bool) }
    if ["index_put", "_index_put_impl"].contains(name) {
      return call.inputs.indices.map { $0 > 0 && $0 < call.inputs.count - 1 ? .int64 : .float }
    }
    return kind == .gather ? types(1, .int64) : types(-1, .float)
  }
}

/// The results of a call of which operands and attributes are told.
private struct ResultShapes {
  let rule: OperatorRule
  let call: Operator
  let ranks: Int64

  private static let comparisons: Set<String> = [
    "eq", "ge", "gt", "greater", "greater_equal", "le", "less", "less_equal", "lt", "ne", "not_equal", "logical_and",
    "logical_not", "logical_or", "isin", "any", "all",
  ]
  private static let positions: Set<String> = ["argmax", "argmin", "argsort", "count_nonzero", "one_hot", "nonzero"]
  private static let rowsOfInput: Set<String> = ["cumsum", "cumprod", "logcumsumexp", "argsort"]

  private var name: String { OperatorRule.baseName(call.name) }
  private var input: Shape { call.inputs.first ?? Shape([]) }

  /// The types of results: floating-point numbers but for comparisons and positions.
  func types(of outputs: [Shape]) -> [ElementType] {
    outputs.indices.map { index in
      if Self.comparisons.contains(name) { return .bool }
      let isIndex =
        index == 1
        && ["sort", "topk", "topk_softmax", "topk_sigmoid", "grouped_topk", "max_pool2d_with_indices"].contains(name)
      return isIndex || Self.positions.contains(name) ? .int64 : .float
    }
  }

  /// The results.
  mutating func find() throws(LoneOperatorFault) -> [Shape] {
    switch rule.kind {
    case .view, .synchronization: return []
    case .convolution, .depthwiseConvolution: return [try convolution()]
    case .linear, .matmul: return [try product()]
    case .attention: return [try attention()]
    case .layerNorm, .softmax, .batchNorm:
      // Fused with an addition, the sum is a result, too.
      let result = try needed(call.inputs.first)
      return name.hasPrefix("fused_add") ? [result, result] : [result]
    case .pointwise: return name.contains("rotary") || name.contains("rope") ? call.inputs : [try broadcast()]
    case .reduction: return try reduction()
    case .pooling: return try pool()
    case .collective: return [try collective()]
    case .copy, .concatenate, .creation, .embedding, .gather, .other, .fused: return try recorded()
    }
  }

  private func needed(_ shape: Shape?) throws(LoneOperatorFault) -> Shape {
    guard let shape else { throw .resultsUnknown }
    return shape
  }

  /// A shape of dimensions that may be too many elements.
  private func made(_ dimensions: [Double]) throws(LoneOperatorFault) -> Shape {
    var whole: [Int64] = []
    for dimension in dimensions {
      guard let exact = Int64(exactly: dimension) else { throw Self.tooLarge }
      whole.append(exact)
    }
    guard let shape = Shape(checking: whole) else { throw Self.tooLarge }
    return shape
  }

  private static let tooLarge = LoneOperatorFault.wrongOperands(
    OperatorProblem(problem: "its result is no tensor of at most 2^50 elements", advice: "make its operands smaller"))

  private func convolution() throws(LoneOperatorFault) -> Shape {
    let isTransposed = rule.names.contains("conv_transpose2d")
    guard let geometry = try? ConvolutionGeometry(call, isTransposed: isTransposed) else { throw .resultsUnknown }
    let sides = geometry.resultSides
    return try made([geometry.shape.batch, geometry.shape.outputChannels] + sides)
  }

  private func product() throws(LoneOperatorFault) -> Shape {
    if rule.product == nil, name.hasSuffix("grouped_mm") {
      return try made([Double(call.inputs[0][0]), Double(call.inputs[1][2])])
    }
    guard let extents = rule.product?.results(of: call) else { throw .resultsUnknown }
    let batch = extents.batch == 1 ? [] : [extents.batch]
    return try made(batch + [extents.rows, extents.columns])
  }

  private func attention() throws(LoneOperatorFault) -> Shape {
    // Rows and heads stand as those of the queries.
    let queries = try needed(call.inputs.first).dimensions.dropLast().map { Double($0) }
    return try made(queries + [Double(OperatorRule.width(call, 2))])
  }

  /// Dimensions from the last on: alike, or one of them 1.
  private func broadcast() throws(LoneOperatorFault) -> Shape {
    if name == "glu" || name.hasSuffix("_and_mul") { return try halved() }
    // Slopes are of the channels.
    if name == "prelu" { return try needed(call.inputs.first) }
    guard !call.inputs.isEmpty else { throw .resultsUnknown }
    let rank = call.inputs.map(\.rank).max() ?? 0
    var result = [Int64](repeating: 1, count: rank)
    for shape in call.inputs {
      for (place, dimension) in shape.dimensions.enumerated() where dimension != 1 {
        let axis = rank - shape.rank + place
        guard result[axis] == 1 || result[axis] == dimension else {
          throw .wrongOperands(
            OperatorProblem(
              problem: "its operands have \(result[axis]) and \(dimension) positions on dimension \(axis - rank)",
              advice: "they must be alike, or one of them 1"))
        }
        result[axis] = dimension
      }
    }
    guard let shape = Shape(checking: result) else { throw Self.tooLarge }
    return shape
  }

  private func halved() throws(LoneOperatorFault) -> Shape {
    let axis = try axes(default: -1).first ?? 0
    guard input.rank > 0 else { throw .resultsUnknown }
    var dimensions = input.dimensions
    dimensions[axis] /= 2
    return Shape(dimensions)
  }

  // MARK: Reductions

  /// The dimensions that `dim` names; all where it is not given.
  private func axes(default fallback: Int64? = nil) throws(LoneOperatorFault) -> [Int] {
    let rank = Int64(max(1, input.rank))
    let named = call.attribute("dim") ?? fallback.map { [$0] } ?? []
    if named.isEmpty { return Array(input.dimensions.indices) }
    var axes: Set<Int> = []
    for axis in named {
      guard (-rank..<rank).contains(axis) else {
        throw .wrongOperands(
          OperatorProblem(
            problem: "its attribute dim is \(axis)", advice: "it must be between \(-rank) and \(rank - 1)"))
      }
      axes.insert(Int(axis < 0 ? axis + rank : axis))
    }
    return axes.sorted()
  }

  private func reduction() throws(LoneOperatorFault) -> [Shape] {
    guard !call.inputs.isEmpty else { throw .resultsUnknown }
    switch name {
    case "sort": return [input, input]
    case "isin": return [input]
    case "topk", "topk_softmax", "topk_sigmoid", "grouped_topk": return try top()
    case _ where Self.rowsOfInput.contains(name): return [input]
    case "unique_consecutive", "unique2", "histc", "bincount": throw .resultsUnknown
    case "max", "min":
      // Of two tensors, the larger of each pair.
      if call.inputs.count > 1 { return [try broadcast()] }
    default: break
    }
    // The rows of a token's experts are summed.
    let axes = try axes(default: name == "moe_sum" ? -2 : nil)
    let kept = input.dimensions.indices.filter { !axes.contains($0) }.map { input[$0] }
    let result = Shape(kept)
    return ["var_mean", "aminmax"].contains(name) ? [result, result] : [result]
  }

  private func top() throws(LoneOperatorFault) -> [Shape] {
    guard let count = call.attribute("k")?.first, input.rank > 0 else { throw .resultsUnknown }
    let axis = try axes(default: -1)[0]
    var dimensions = input.dimensions
    guard (0...dimensions[axis]).contains(count) else {
      throw .wrongOperands(
        OperatorProblem(
          problem: "its attribute k is \(count)", advice: "it must be between 0 and \(dimensions[axis])"))
    }
    dimensions[axis] = count
    return [Shape(dimensions), Shape(dimensions)]
  }

  // MARK: Windows

  private func pool() throws(LoneOperatorFault) -> [Shape] {
    let result: Shape
    if let sides = call.attribute("output_size") {
      guard !sides.isEmpty, sides.count <= input.rank, sides.allSatisfy({ $0 >= 0 }) else { throw .resultsUnknown }
      result = try made((input.dimensions.dropLast(sides.count) + sides).map(Double.init))
    } else if let window = call.attribute("kernel_size"), !window.isEmpty {
      result = try windowed(window)
    } else {
      throw .resultsUnknown
    }
    return name == "max_pool2d_with_indices" ? [result, result] : [result]
  }

  /// Where windows of one size stand on each side; a step is as long as the window where none is given.
  private func windowed(_ window: [Int64]) throws(LoneOperatorFault) -> Shape {
    let axes = name.contains("1d") ? 1 : name.contains("3d") ? 3 : 2
    guard input.rank >= axes else { throw .resultsUnknown }
    func values(_ name: String, _ fallback: Int64) -> [Int64] {
      let values = call.attribute(name) ?? []
      if values.count == axes { return values }
      return Array(repeating: values.first ?? fallback, count: axes)
    }
    let sides = window.count == axes ? window : Array(repeating: window[0], count: axes)
    let strides = call.attribute("stride")?.isEmpty == false ? values("stride", 1) : sides
    let (padding, dilation) = (values("padding", 0), values("dilation", 1))
    var dimensions = input.dimensions
    for axis in 0..<axes {
      let place = input.rank - axes + axis
      let room = dimensions[place] + 2 * padding[axis] - dilation[axis] * (sides[axis] - 1) - 1
      guard room >= 0 else {
        throw .wrongOperands(
          OperatorProblem(problem: "its window does not fit the input on axis \(axis + 1)", advice: "pad the input"))
      }
      let rounds = call.attribute("ceil_mode")?.first == 1 ? strides[axis] - 1 : 0
      dimensions[place] = (room + rounds) / strides[axis] + 1
    }
    return try made(dimensions.map(Double.init))
  }

  // MARK: The rest

  /// What a rank has afterwards: the sum, all parts, or its own.
  private func collective() throws(LoneOperatorFault) -> Shape {
    let given = Double(try needed(call.inputs.first).elementCount)
    if name.contains("gather") { return try made([given * Double(ranks)]) }
    if name.contains("reduce_scatter") { return try made([(given / Double(ranks)).rounded(.up)]) }
    return try made([given])
  }

  /// What a recording adds to such a call.
  private func recorded() throws(LoneOperatorFault) -> [Shape] {
    if rule.transfer != nil { return [] }
    if name.contains("_and_cache") || name == "set_kv_buffer" { return call.inputs }
    if ["index_put", "_index_put_impl", "scatter", "scatter_add", "index_add", "index_copy"].contains(name) {
      return [try needed(call.inputs.last)]
    }
    if name == "gather", call.inputs.count > 1 { return [call.inputs[1]] }
    guard !call.inputs.isEmpty else { throw .resultsUnknown }
    var arguments = RecordedArguments(inputs: call.inputs, types: call.inputTypes, values: [])
    guard rule.complete(&arguments), !arguments.outputs.isEmpty else { throw .resultsUnknown }
    return arguments.outputs
  }
}

extension ToldOperator {
  /// All that is known of a call.
  package init(_ operation: Operator) {
    self.init(
      name: operation.name, inputs: operation.inputs, inputTypes: operation.inputTypes,
      outputs: operation.outputs.isEmpty ? nil : operation.outputs,
      outputTypes: operation.outputs.isEmpty ? nil : operation.outputTypes, attributes: operation.attributes)
  }
}

extension Operator {
  /// The same call with its results, where it has none.
  package var completed: Operator { get throws(LoneOperatorFault) { try Operator(completing: ToldOperator(self)) } }
}
