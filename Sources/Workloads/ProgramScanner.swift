import JSONText

/// Reads a workload's program from its text, without a tree.
///
///     var scanner = ProgramScanner(bytes, from: offset, parameters: ["batch"])
///     let program = scanner.program(depth: 0)
///
/// An operator that is written as one before is that one: comparing takes less than reading, and all that follows is done
/// once for both. It takes nothing that ``ProgramReader`` does not take, and of that nearly everything. What it refuses is
/// read from a tree instead, with words for what is wrong: nearly all text is right, so that the quick way needs none.
/// After a refusal its place says nothing.
struct ProgramScanner {
  private let bytes: UnsafeRawBufferPointer
  private let source: JSONSource
  private let reader: ProgramReader

  /// The byte that is read next.
  private(set) var offset: Int

  /// The different operators.
  private(set) var operators = OperatorTexts()
  private var texts = TextTable()
  /// For each operator the one that came behind it last, or -1.
  private var following: [Int32] = []
  private var names = TextTable()
  private var formulaTexts = TextTable()
  /// By the number of a name how the last operator of it begins, up to its inputs, and the name of the one that came behind it
  /// last, or -1: what begins alike is compared, which takes less than reading it.
  private var heads: [(text: TextTable.Piece, next: Int32)] = []
  private var lastName: Int32 = -1
  /// The formula that was read last: most stand side by side.
  private var lastFormula = TextTable.Piece(start: 0, count: -1)
  private var lastFormulaNumber = 0

  /// Reads memory that the caller keeps valid and unchanged for as long as the scanner is used: the bytes of `source`.
  init(_ bytes: UnsafeRawBufferPointer, of source: JSONSource, from offset: Int, parameters: [String]) {
    self.bytes = bytes
    self.source = source
    self.offset = offset
    reader = ProgramReader(parameters: parameters)
  }

  // MARK: Bytes

  /// The byte at an offset, or 0, which no token holds, at the end of the text.
  @inline(__always)
  private func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  /// Passes over blanks; the byte behind them is not passed over.
  @inline(__always)
  private mutating func next() -> UInt8 {
    while true {
      let byte = byte(at: offset)
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      offset &+= 1
    }
  }

  /// Passes over blanks and a byte behind them, if it is this one.
  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard next() == byte else { return false }
    offset &+= 1
    return true
  }

  /// Behind an element or member: whether there is another one; nil if there is neither a comma nor the end.
  @inline(__always)
  private mutating func goesOn(until end: UInt8) -> Bool? {
    let byte = next()
    offset &+= 1
    return byte == UInt8(ascii: ",") ? true : byte == end ? false : nil
  }

  /// A string of plain ASCII: where its characters stand.
  @inline(__always)
  private mutating func text() -> Range<Int>? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = offset
    while true {
      let byte = byte(at: offset)
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { return nil }
      offset &+= 1
    }
    offset &+= 1
    return start..<offset &- 1
  }

  /// Whether characters are those of a word.
  @inline(__always)
  private func isEqual(_ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<range.count where bytes[range.lowerBound &+ index] != word.utf8Start[index] { return false }
    return true
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  // MARK: The program

  /// Reads a list of operators and repeats, of which there must be one.
  ///
  /// - Parameter depth: How many repeats it stands in.
  /// - Returns: What stands in it; nil for what is none, or has to be read from a tree.
  mutating func program(depth: Int) -> [WorkloadStatement]? {
    guard take(UInt8(ascii: "[")) else { return nil }
    var statements: [WorkloadStatement] = []
    // Of a flat program, as many as there may be; what is not filled takes no memory.
    if depth == 0 {
      statements.reserveCapacity((bytes.count - offset) / 64)
      operators.reserveCapacity(bytes: bytes.count - offset)
    }
    var last = -1
    while true {
      guard next() == UInt8(ascii: "{") else { return nil }
      let start = offset
      if let number = operation(behind: last) {
        statements.append(.operator(OperatorStatement(number: Int32(number), byteOffset: Int32(start))))
        last = number
      } else {
        offset = start
        guard let template = repeated(depth: depth) else { return nil }
        statements.append(.repeat(template))
        last = -1
      }
      guard let goesOn = goesOn(until: UInt8(ascii: "]")) else { return nil }
      if !goesOn { return statements }
    }
  }

  /// Reads an operator.
  ///
  /// - Parameter last: The one before it, or -1.
  /// - Returns: Its number; nil for what is none.
  @inline(__always)
  private mutating func operation(behind last: Int) -> Int? {
    let start = offset
    if last >= 0 {
      let guess = Int(following[last])
      if guess >= 0, let end = texts.end(of: guess, at: start, in: bytes) {
        offset = end
        return guess
      }
    }
    guard let number = newOperation() else { return nil }
    if last >= 0 { following[last] = Int32(number) }
    return number
  }

  /// Reads an operator that is not the one that was expected.
  @inline(never)
  private mutating func newOperation() -> Int? {
    let start = offset
    let words = operators.words.count
    let plain = plainOperation()
    var template: OperatorTemplate?
    if plain == nil {
      operators.words.removeLast(operators.words.count - words)
      offset = start
      // Whether it is an operator at all, the reader says.
      guard let end = endOfValue(), let read = try? self.template(atByte: start) else { return nil }
      offset = end
      template = read
    }
    let (number, isNew) = texts.number(of: start..<offset, in: bytes)
    guard isNew else {
      operators.words.removeLast(operators.words.count - words)
      return number
    }
    if let plain { operators.append(plain) } else if let template { operators.append(template) }
    following.append(-1)
    return number
  }

  private func template(atByte start: Int) throws(JSONFault) -> OperatorTemplate {
    var object = try source.cursor(ofValueAtByte: start).object()
    return try reader.operatorTemplate(&object)
  }

  /// Where a value of any sort ends.
  private func endOfValue() -> Int? {
    var parser = JSONPullParser(unsafe: bytes, file: "")
    parser.resumeBeforeValue(at: offset, depth: 0)
    guard (try? parser.skipValue()) != nil else { return nil }
    return parser.offset
  }

  /// Reads an operator of a name, shapes, types and attributes; nil for what has more, or is none.
  private mutating func plainOperation() -> OperatorTexts.Plain? {
    var operation = OperatorTexts.Plain()
    var seen: UInt8 = 0
    var (types, resultTypes) = (-1, -1)
    let start = offset
    if passHead(&operation) {
      guard let count = shapes() else { return nil }
      operation.inputCount = count
      guard let goesOn = goesOn(until: UInt8(ascii: "}")) else { return nil }
      if !goesOn { return operation }
      seen = 3
    } else {
      guard take(UInt8(ascii: "{")) else { return nil }
    }
    while true {
      guard let key = text(), take(UInt8(ascii: ":")) else { return nil }
      let bit: UInt8
      if isEqual(key, "operator") {
        bit = 1
        guard let name = text(), !name.isEmpty else { return nil }
        operation.name = Int32(number(ofName: name))
      } else if isEqual(key, "inputs") {
        bit = 2
        if seen == 1 { takeHead(of: operation.name, from: start) }
        operation.inputs = Int32(operators.words.count)
        guard let count = shapes() else { return nil }
        operation.inputCount = count
      } else if isEqual(key, "outputs") {
        bit = 4
        operation.outputs = Int32(operators.words.count)
        guard let count = shapes() else { return nil }
        operation.outputCount = count
      } else if isEqual(key, "dtypes") {
        bit = 8
        types = next() == UInt8(ascii: "[") ? offset : -2
        guard skipTypes() else { return nil }
      } else if isEqual(key, "output_dtypes") {
        bit = 16
        resultTypes = next() == UInt8(ascii: "[") ? offset : -2
        guard skipTypes() else { return nil }
      } else if isEqual(key, "attributes") {
        bit = 32
        operation.attributes = Int32(operators.words.count)
        guard let count = attributes() else { return nil }
        operation.attributeCount = count
      } else {
        return nil
      }
      guard seen & bit == 0, let goesOn = goesOn(until: UInt8(ascii: "}")) else { return nil }
      seen |= bit
      if !goesOn { break }
    }
    // A name and inputs there must be.
    guard seen & 3 == 3 else { return nil }
    let end = offset
    if types != -1 { guard setTypes(from: types, of: operation.inputs, operation.inputCount) else { return nil } }
    if resultTypes != -1 {
      guard setTypes(from: resultTypes, of: operation.outputs, operation.outputCount) else { return nil }
    }
    offset = end
    return operation
  }

  /// Passes over the beginning of an operator that begins as is expected of it, up to its inputs.
  @inline(__always)
  private mutating func passHead(_ operation: inout OperatorTexts.Plain) -> Bool {
    guard lastName >= 0 else { return false }
    let name = heads[Int(lastName)].next
    guard name >= 0 else { return false }
    let head = heads[Int(name)].text
    guard head.count > 0, head.stands(at: offset, in: bytes) else { return false }
    offset += Int(head.count)
    operation.name = name
    operation.inputs = Int32(operators.words.count)
    lastName = name
    return true
  }

  /// Takes note of how an operator of a name begins, up to here.
  private mutating func takeHead(of name: Int32, from start: Int) {
    heads[Int(name)].text = TextTable.Piece(start: Int32(start), count: Int32(offset - start))
    if lastName >= 0 { heads[Int(lastName)].next = name }
    lastName = name
  }

  private mutating func number(ofName range: Range<Int>) -> Int {
    let (number, isNew) = names.number(of: range, in: bytes)
    if isNew {
      operators.names.append(string(range))
      heads.append((TextTable.Piece(start: 0, count: 0), -1))
    }
    return number
  }

  // MARK: Shapes, types and attributes

  /// Reads a list of shapes; how many there are.
  @inline(__always)
  private mutating func shapes() -> UInt8? {
    guard take(UInt8(ascii: "[")) else { return nil }
    if take(UInt8(ascii: "]")) { return 0 }
    var count = 0
    while true {
      guard shape() else { return nil }
      count &+= 1
      guard let goesOn = goesOn(until: UInt8(ascii: "]")) else { return nil }
      if !goesOn { return UInt8(exactly: count) }
    }
  }

  /// Reads one shape.
  @inline(__always)
  private mutating func shape() -> Bool {
    guard take(UInt8(ascii: "[")) else { return false }
    let first = operators.words.count
    operators.words.append(0)
    if !take(UInt8(ascii: "]")) {
      while true {
        guard let dimension = integer(atLeast: 0) else { return false }
        operators.words.append(dimension)
        guard let goesOn = goesOn(until: UInt8(ascii: "]")) else { return false }
        if !goesOn { break }
      }
    }
    let rank = operators.words.count &- first &- 1
    guard rank <= OperatorTexts.countLimit else { return false }
    operators.words[first] = OperatorTexts.tensorWord(rank: rank, type: 0)
    return true
  }

  /// Reads a number, or a formula in a string, as a word.
  @inline(__always)
  private mutating func integer(atLeast minimum: Int64) -> Int32? {
    var first = next()
    if first == UInt8(ascii: "\"") { return formula() }
    let isNegative = first == UInt8(ascii: "-")
    if isNegative {
      offset &+= 1
      first = byte(at: offset)
      // Minus zero is zero, which is not worth being known here.
      guard first != UInt8(ascii: "0") else { return nil }
    }
    guard first &- UInt8(ascii: "0") <= 9 else { return nil }
    let start = offset
    var number: Int64 = 0
    while true {
      let digit = byte(at: offset) &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      number = number &* 10 &+ Int64(digit)
      offset &+= 1
      guard offset &- start <= 10 else { return nil }
    }
    guard first != UInt8(ascii: "0") || offset == start &+ 1 else { return nil }
    // A fraction or exponent may make an integer all the same.
    let behind = byte(at: offset)
    guard behind != UInt8(ascii: "."), behind | 0x20 != UInt8(ascii: "e") else { return nil }
    if isNegative { number = -number }
    return number >= minimum ? OperatorTexts.word(number) : nil
  }

  /// Reads a formula in a string, as a word.
  private mutating func formula() -> Int32? {
    guard let range = text() else { return nil }
    if range.count == lastFormula.count, lastFormula.stands(at: range.lowerBound, in: bytes) {
      return OperatorTexts.word(ofFormula: lastFormulaNumber)
    }
    let (number, isNew) = formulaTexts.number(of: range, in: bytes)
    if isNew {
      guard let formula = try? Formula(string(range), parameters: reader.parameters) else { return nil }
      operators.formulas.append(formula)
    }
    lastFormula = TextTable.Piece(start: Int32(range.lowerBound), count: Int32(range.count))
    lastFormulaNumber = number
    return OperatorTexts.word(ofFormula: number)
  }

  /// Passes over a list of strings.
  private mutating func skipTypes() -> Bool {
    guard take(UInt8(ascii: "[")) else { return false }
    if take(UInt8(ascii: "]")) { return true }
    while true {
      guard text() != nil, let goesOn = goesOn(until: UInt8(ascii: "]")) else { return false }
      if !goesOn { return true }
    }
  }

  /// Reads a list of types, one for each tensor of a list that has been read.
  private mutating func setTypes(from start: Int, of tensors: Int32, _ count: UInt8) -> Bool {
    offset = start
    var place = Int(tensors)
    guard take(UInt8(ascii: "[")) else { return false }
    if count == 0 { return take(UInt8(ascii: "]")) }
    for index in 1...count {
      guard let name = text(), let type = type(name) else { return false }
      let rank = OperatorTexts.rank(operators.words[place])
      operators.words[place] = OperatorTexts.tensorWord(rank: rank, type: type)
      place += 1 + rank
      guard let goesOn = goesOn(until: UInt8(ascii: "]")), goesOn == (index < count) else { return false }
    }
    return true
  }

  /// The index of a type of elements among the cases.
  private func type(_ range: Range<Int>) -> Int? {
    if isEqual(range, "float") { return 0 }
    let name = string(range)
    return ElementType.allCases.firstIndex { $0.rawValue == name }
  }

  /// Reads attributes, each an integer or a list of them; how many there are.
  private mutating func attributes() -> UInt8? {
    guard take(UInt8(ascii: "{")) else { return nil }
    if take(UInt8(ascii: "}")) { return 0 }
    var known: [Int32] = []
    while true {
      guard let key = text(), take(UInt8(ascii: ":")) else { return nil }
      let name = Int32(number(ofName: key))
      guard !known.contains(name), known.count < OperatorTexts.countLimit else { return nil }
      known.append(name)
      operators.words.append(name)
      guard values(), let goesOn = goesOn(until: UInt8(ascii: "}")) else { return nil }
      if !goesOn { return UInt8(exactly: known.count) }
    }
  }

  /// Reads the value of an attribute.
  private mutating func values() -> Bool {
    let first = operators.words.count
    operators.words.append(1)
    guard next() == UInt8(ascii: "[") else {
      guard let value = integer(atLeast: .min) else { return false }
      operators.words.append(value)
      return true
    }
    offset &+= 1
    if !take(UInt8(ascii: "]")) {
      while true {
        guard let value = integer(atLeast: .min) else { return false }
        operators.words.append(value)
        guard let goesOn = goesOn(until: UInt8(ascii: "]")) else { return false }
        if !goesOn { break }
      }
    }
    operators.words[first] = Int32(operators.words.count - first - 1)
    return true
  }

  // MARK: Repeats

  /// Reads entries that are repeated.
  private mutating func repeated(depth: Int) -> RepeatTemplate? {
    guard depth < ProgramReader.repeatDepthLimit, take(UInt8(ascii: "{")) else { return nil }
    var name: String?
    var (count, modules): (SymbolicInteger?, SymbolicInteger?)
    var program: [WorkloadStatement]?
    while true {
      guard let key = text(), take(UInt8(ascii: ":")) else { return nil }
      if isEqual(key, "name"), name == nil {
        guard let text = text() else { return nil }
        name = string(text)
      } else if isEqual(key, "repeat"), count == nil {
        count = symbolicInteger()
        guard count != nil else { return nil }
      } else if isEqual(key, "modules"), modules == nil {
        modules = symbolicInteger()
        guard modules != nil else { return nil }
      } else if isEqual(key, "program"), program == nil {
        program = self.program(depth: depth + 1)
        guard program != nil else { return nil }
      } else {
        return nil
      }
      guard let goesOn = goesOn(until: UInt8(ascii: "}")) else { return nil }
      if !goesOn { break }
    }
    guard let count, let program, modules == nil || program.contains(where: \.isOperator) else { return nil }
    return RepeatTemplate(name: name, count: count, program: program, modules: modules)
  }

  /// Reads a number from 0 on, or a formula in a string.
  private mutating func symbolicInteger() -> SymbolicInteger? {
    _ = next()
    let start = offset
    guard let word = integer(atLeast: 0) else { return nil }
    return SymbolicInteger(operators.form(of: word), byteOffset: start)
  }
}

extension OperatorTexts {
  /// What a word stands for; a formula that is one number is that number.
  func form(of word: Int32) -> SymbolicInteger.Form {
    guard let index = Self.formula(of: word) else { return .number(Int64(word)) }
    let formula = formulas[index]
    if formula.steps.count == 1, case .constant(let number) = formula.steps[0].action { return .number(number) }
    return .formula(formula)
  }
}
