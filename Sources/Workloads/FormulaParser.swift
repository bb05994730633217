/// Parses a formula by recursive descent into postfix order.
///
///     sum     = product { ("+" | "-") product }
///     product = factor { ("*" | "/" | "//") factor }
///     factor  = "-" factor | "(" sum ")" | number | name
struct FormulaParser {
  /// The most parentheses and signs that may stand within each other.
  static let depthLimit = 64

  private let bytes: [UInt8]
  private let parameters: [String]
  private var index = 0
  private var depth = 0
  private var steps: [Formula.Step] = []

  init(_ text: String, parameters: [String]) {
    bytes = Array(text.utf8)
    self.parameters = parameters
  }

  mutating func parse() throws(FormulaFault) -> [Formula.Step] {
    try parseSum()
    guard index == bytes.count else { throw unexpected(.operation) }
    return steps
  }

  private mutating func parseSum() throws(FormulaFault) {
    try parseProduct()
    while let byte = peek(), byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
      let offset = index
      index += 1
      try parseProduct()
      emit(byte == UInt8(ascii: "+") ? .add : .subtract, at: offset)
    }
  }

  private mutating func parseProduct() throws(FormulaFault) {
    try parseFactor()
    while let byte = peek(), byte == UInt8(ascii: "*") || byte == UInt8(ascii: "/") {
      let offset = index
      index += 1
      var action = Formula.Action.multiply
      if byte == UInt8(ascii: "/") {
        action = .divide
        if index < bytes.count, bytes[index] == byte {
          index += 1
          action = .divideRoundingDown
        }
      }
      try parseFactor()
      emit(action, at: offset)
    }
  }

  private mutating func parseFactor() throws(FormulaFault) {
    guard let byte = peek() else { throw unexpected(.operand) }
    let offset = index
    switch byte {
    case UInt8(ascii: "-"):
      try descend()
      try parseFactor()
      emit(.negate, at: offset)
      depth -= 1
    case UInt8(ascii: "("):
      try descend()
      try parseSum()
      guard peek() == UInt8(ascii: ")") else { throw unexpected(.closingParenthesis) }
      index += 1
      depth -= 1
    case let digit where isDigit(digit): try parseNumber()
    case let letter where isNameStart(letter): try parseName()
    default: throw unexpected(.operand)
    }
  }

  private mutating func parseNumber() throws(FormulaFault) {
    let start = index
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    guard let number = Int64(String(decoding: bytes[start..<index], as: UTF8.self)) else {
      throw FormulaFault(offset: start, fact: .numberTooLarge)
    }
    emit(.constant(number), at: start)
  }

  private mutating func parseName() throws(FormulaFault) {
    let start = index
    while index < bytes.count, isNameStart(bytes[index]) || isDigit(bytes[index]) { index += 1 }
    let name = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let parameter = parameters.firstIndex(of: name) else {
      throw FormulaFault(offset: start, fact: .unknownParameter(name))
    }
    emit(.parameter(parameter), at: start)
  }

  /// The next byte that is not a blank, or nil at the end.
  private mutating func peek() -> UInt8? {
    while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
    return index < bytes.count ? bytes[index] : nil
  }

  private mutating func descend() throws(FormulaFault) {
    depth += 1
    index += 1
    guard depth <= FormulaParser.depthLimit else {
      throw FormulaFault(offset: index - 1, fact: .tooDeep(limit: FormulaParser.depthLimit))
    }
  }

  private mutating func emit(_ action: Formula.Action, at offset: Int) {
    steps.append(Formula.Step(action: action, offset: offset))
  }

  private func unexpected(_ expected: FormulaFault.Expectation) -> FormulaFault {
    guard let found = String(decoding: bytes[index...], as: UTF8.self).unicodeScalars.first else {
      return FormulaFault(offset: index, fact: .unexpectedEnd(expected: expected))
    }
    return FormulaFault(offset: index, fact: .unexpectedCharacter(found, expected: expected))
  }
}

/// Whether a text can be the name of a parameter: a letter or underscore, then letters, digits and underscores.
func isParameterName(_ text: String) -> Bool {
  guard let first = text.utf8.first, isNameStart(first) else { return false }
  return text.utf8.allSatisfy { isNameStart($0) || isDigit($0) }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

private func isNameStart(_ byte: UInt8) -> Bool {
  let lower = byte | 0x20
  return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
}
