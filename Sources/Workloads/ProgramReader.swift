import JSONText

/// Reads the entries of a workload's program, given the names that their formulas may have.
struct ProgramReader {
  /// The most repeats that may stand within each other; models need two or three.
  static let repeatDepthLimit = 64

  /// The highest stream; few devices run more kernels side by side with any gain.
  static let lastStream: Int64 = 31

  let parameters: [String]

  /// Reads a list of entries, at least one; its operators are put with others.
  func program(
    _ cursor: JSONCursor, depth: Int, into operators: inout OperatorTexts
  ) throws(JSONFault) -> [WorkloadStatement] {
    let entries = try cursor.array()
    guard !entries.isEmpty else { throw cursor.fault(.emptyProgram) }
    var statements: [WorkloadStatement] = []
    statements.reserveCapacity(entries.count)
    for entry in entries { statements.append(try statement(entry, depth: depth, into: &operators)) }
    return statements
  }

  private func statement(
    _ cursor: JSONCursor, depth: Int, into operators: inout OperatorTexts
  ) throws(JSONFault) -> WorkloadStatement {
    var object = try cursor.object()
    guard try isRepeat(object) else {
      operators.append(try operatorTemplate(&object))
      return .operator(
        OperatorStatement(number: Int32(operators.forms.count - 1), byteOffset: Int32(cursor.value.byteOffset)))
    }
    guard depth < ProgramReader.repeatDepthLimit else {
      throw cursor.fault(.tooManyNestedRepeats(limit: ProgramReader.repeatDepthLimit))
    }
    let modules = object.optional("modules")
    let name = try object.optional("name")?.string()
    let count = try integer(try object.required("repeat"), atLeast: 0)
    let program = try program(try object.required("program"), depth: depth + 1, into: &operators)
    let template = RepeatTemplate(
      name: name, count: count, program: program, modules: try self.modules(modules, calledBy: program))
    try object.finish()
    return .repeat(template)
  }

  /// Whether an entry is a repeat rather than an operator, also if the telling key is misspelled.
  private func isRepeat(_ object: JSONObjectCursor) throws(JSONFault) -> Bool {
    let keys = object.keys
    for key in keys where key == "operator" || key == "repeat" { return key == "repeat" }
    if nearestName(to: "repeat", among: keys) != nil { return true }
    if nearestName(to: "operator", among: keys) != nil { return false }
    throw object.cursor.fault(.neitherOperatorNorRepeat)
  }

  /// Reads an operator.
  func operatorTemplate(_ object: inout JSONObjectCursor) throws(JSONFault) -> OperatorTemplate {
    let name = try object.required("operator").nonEmptyString()
    let inputs = try shapes(try object.required("inputs"))
    let outputs = try object.optional("outputs").map(shapes) ?? []
    let template = OperatorTemplate(
      name: name, inputs: inputs, outputs: outputs,
      inputTypes: try types(object.optional("dtypes"), of: inputs, listedAs: "inputs"),
      outputTypes: try types(object.optional("output_dtypes"), of: outputs, listedAs: "outputs"),
      attributes: try object.optional("attributes").map(attributes) ?? [],
      copies: try object.optional("copies").map(copies) ?? [],
      stream: try object.optional("stream").map(stream) ?? 0,
      waitsForStreams: try object.optional("waits_for_streams").map(streams) ?? [],
      byteOffset: object.cursor.value.byteOffset)
    try object.finish()
    return template
  }

  /// Reads how many modules a list of entries calls; nil where nothing is said.
  ///
  /// They are called between the operators of the list, so there must be one.
  func modules(
    _ cursor: JSONCursor?, calledBy program: [WorkloadStatement]
  ) throws(JSONFault) -> SymbolicInteger? {
    guard let cursor else { return nil }
    let count = try integer(cursor, atLeast: 0)
    guard program.contains(where: \.isOperator) else { throw cursor.fault(.modulesWithoutOperators) }
    return count
  }

  /// Reads the tensors under a key, with their types under another; none where the key is left out.
  func tensors(
    of object: inout JSONObjectCursor, listedAs key: String, types typesKey: String
  ) throws(JSONFault) -> [TensorTemplate] {
    guard let cursor = object.optional(key) else { return [] }
    let shapes = try shapes(cursor)
    let types = try types(object.optional(typesKey), of: shapes, listedAs: key)
    return zip(shapes, types).map { TensorTemplate(shape: $0, type: $1) }
  }

  private func shapes(_ cursor: JSONCursor) throws(JSONFault) -> [ShapeTemplate] {
    try cursor.array().map(shape)
  }

  private func shape(_ cursor: JSONCursor) throws(JSONFault) -> ShapeTemplate {
    let dimensions = try cursor.array().map { (item) throws(JSONFault) in try integer(item, atLeast: 0) }
    return ShapeTemplate(dimensions: dimensions, byteOffset: cursor.value.byteOffset)
  }

  private func types(
    _ cursor: JSONCursor?, of shapes: [ShapeTemplate], listedAs key: String
  ) throws(JSONFault) -> [ElementType] {
    guard let cursor else { return ElementType.floats(shapes.count) }
    let types = try cursor.array().map { (item) throws(JSONFault) in
      let name = try item.choice(of: ElementType.allCases.map(\.rawValue), as: "element type")
      return ElementType(rawValue: name) ?? .float
    }
    guard types.count == shapes.count else {
      throw cursor.fault(.typesNotParallel(types: types.count, shapes: shapes.count, key: key))
    }
    return types
  }

  private func attributes(_ cursor: JSONCursor) throws(JSONFault) -> [AttributeTemplate] {
    let attributes = try cursor.object().members.map { (member) throws(JSONFault) in
      guard case .array = member.value.value.content else {
        let value = try integer(member.value, atLeast: .min, orArray: true)
        return AttributeTemplate(name: member.key, values: [value])
      }
      let values = try member.value.array().map { (item) throws(JSONFault) in try integer(item, atLeast: .min) }
      return AttributeTemplate(name: member.key, values: values)
    }
    return attributes.sorted { $0.name < $1.name }
  }

  private func copies(_ cursor: JSONCursor) throws(JSONFault) -> [CopyTemplate] {
    try cursor.array().map { (item) throws(JSONFault) in
      var object = try item.object()
      let shape = try shape(try object.required("shape"))
      let unless = try object.optional("unless").map(condition) ?? []
      try object.finish()
      return CopyTemplate(shape: shape, unless: unless)
    }
  }

  private func condition(_ cursor: JSONCursor) throws(JSONFault) -> [(parameter: Int, value: Int64)] {
    let members = try cursor.object().members
    guard !members.isEmpty else { throw cursor.fault(.emptyCondition) }
    return try members.map { (member) throws(JSONFault) in
      guard let parameter = parameters.firstIndex(of: member.key) else {
        throw member.fault(.unknownParameter(member.key, known: parameters))
      }
      return (parameter, try member.value.integer(1 ... .max))
    }
  }

  private func stream(_ cursor: JSONCursor) throws(JSONFault) -> Int {
    Int(try cursor.integer(0...ProgramReader.lastStream))
  }

  private func streams(_ cursor: JSONCursor) throws(JSONFault) -> [Int] {
    try cursor.array().map(stream)
  }

  /// Reads a number, or a formula in a string; `orArray` only widens what the fault says is possible.
  func integer(
    _ cursor: JSONCursor, atLeast minimum: Int64, orArray: Bool = false
  ) throws(JSONFault) -> SymbolicInteger {
    switch cursor.value.content {
    case .number:
      let number = try cursor.integer(minimum ... .max)
      return SymbolicInteger(.number(number), byteOffset: cursor.value.byteOffset)
    case .string(let text):
      return SymbolicInteger(try form(of: text, in: cursor), byteOffset: cursor.value.byteOffset)
    default:
      throw cursor.fault(
        .wrongType(expected: [.integer, .string] + (orArray ? [.array] : []), found: cursor.value.kind))
    }
  }

  private func form(of text: String, in cursor: JSONCursor) throws(JSONFault) -> SymbolicInteger.Form {
    do throws(FormulaFault) {
      let formula = try Formula(text, parameters: parameters)
      if formula.steps.count == 1, case .constant(let number) = formula.steps[0].action { return .number(number) }
      return .formula(formula)
    } catch {
      throw cursor.fault(error.jsonFact(formula: text, parameters: parameters), atUTF8Offset: error.offset)
    }
  }
}
