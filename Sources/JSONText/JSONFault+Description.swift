/// The prose of every ``JSONFact``: each line says what is wrong and what would be right.
extension JSONFault: Fault {
  /// The file, the line and the column.
  public var place: String? { "\(onePathLine(file)):\(position)" }

  /// What is wrong.
  public var words: FaultWords { FaultWords(fact.isOfSyntax ? syntaxProblem : contentProblem) }

  /// The value that is wrong, as the subject of a sentence.
  private var subject: String { path.isEmpty ? "the document" : oneLine(path) }

  private var syntaxProblem: String {
    switch fact {
    case .unexpectedCharacter(let found, let expected):
      "expected \(expected.words), found \(quoted(String(found)))\(remark(on: found))"
    case .unexpectedEnd(.document, _): "the file holds no JSON value"
    case .unexpectedEnd(let part, let began): "the file ends inside the \(part.words) that begins at \(began)"
    case .trailingComma(let part): "a comma cannot be the last thing in an \(part.words); remove it"
    case .trailingContent: "a file holds one JSON value, and something follows it; remove what follows"
    case .unknownWord(let word):
      "\(oneLine(word)) is not a JSON value; the words are true, false and null, and strings stand in double quotes"
    case .leadingZero: "a number cannot begin with a zero before other digits; remove the zero"
    case .controlCharacter(let scalar): "a string cannot hold \(name(of: scalar)) as it is; write \(escape(of: scalar))"
    case .invalidEscape(let text):
      "\(oneLine(text)) is not an escape; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits"
    case .loneSurrogate(let text):
      "\(text) is half of a surrogate pair; write \\ud800 to \\udbff directly before \\udc00 to \\udfff"
    case .invalidUTF8(let byte): "the byte 0x\(hex(UInt32(byte), digits: 2)) is not UTF-8 here; save the file as UTF-8"
    case .numberOutOfRange(let text): "\(oneLine(text)) is too large; numbers reach 1.797e308 in magnitude"
    case .tooManyValues(let limit): "the file has more than \(limit) values, the most that are read"
    case .depthExceeded(let limit): "more than \(limit) objects and arrays stand within each other; nest fewer"
    default: contentProblem
    }
  }

  private var contentProblem: String {
    switch fact {
    case .duplicateKey(let key, let first):
      "\(subject) has the key \(quoted(key)) twice, first at \(first); remove one"
    case .missingKey(let key, let near):
      "\(subject) needs \(quoted(key))" + (near.map { "; is \(quoted($0)) a misspelling of it?" } ?? "")
    case .unknownKey(let key, let near, let known):
      "\(subject) has no key \(quoted(key))" + choices(near, known, otherwise: "its keys are")
    case .wrongType(let expected, let found):
      "\(subject) must be \(listed(expected.map(\.words), by: "or")) (it is \(found.words))"
    case .outOfRange(let text, let range, let unit):
      "\(subject) must be \(range.words(unit: unit)) (it is \(oneLine(text)))"
    case .notAnInteger(let text): "\(subject) must be an integer (it is \(oneLine(text)))"
    case .integerOutOfRange(let text, let range):
      "\(subject) must be \(expectation(for: range)) (it is \(oneLine(text)))"
    case .emptyString: "\(subject) must not be an empty string"
    case .unknownName(let what, let name, let near, let known):
      "\(subject) names an unknown \(what), \(quoted(name))" + choices(near, known, otherwise: "the known ones are")
    case .wrongSchema(let expected, let found, let near):
      "\(subject) must be \(quoted(expected)) (it is \(quoted(found)))"
        + (near == expected ? "" : choices(near, [], otherwise: ""))
    case .described(let problem, let advice): "\(subject) \(problem)" + (advice.isEmpty ? "" : "; \(advice)")
    default: syntaxProblem
    }
  }
}

extension JSONFact {
  /// Whether the text is no JSON at all, so that the message names a place and not a value.
  fileprivate var isOfSyntax: Bool {
    switch self {
    case .unexpectedCharacter, .unexpectedEnd, .trailingComma, .trailingContent, .unknownWord, .leadingZero,
      .controlCharacter, .invalidEscape, .loneSurrogate, .invalidUTF8, .numberOutOfRange, .depthExceeded,
      .tooManyValues:
      true
    case .duplicateKey, .missingKey, .unknownKey, .wrongType, .outOfRange, .notAnInteger, .integerOutOfRange,
      .emptyString, .unknownName, .wrongSchema, .described:
      false
    }
  }
}

extension JSONPart {
  fileprivate var words: String {
    switch self {
    case .document: "document"
    case .object: "object"
    case .array: "array"
    case .string: "string"
    case .number: "number"
    case .word: "word"
    }
  }
}

extension JSONExpectation {
  fileprivate var words: String {
    switch self {
    case .value: "a value"
    case .valueOrArrayEnd: "a value or \"]\""
    case .key: "a key in double quotes"
    case .keyOrObjectEnd: "a key in double quotes or \"}\""
    case .colon: "\":\" after the key"
    case .commaOrObjectEnd: "\",\" or \"}\""
    case .commaOrArrayEnd: "\",\" or \"]\""
    case .digit: "a digit"
    }
  }
}

extension JSONKind {
  fileprivate var words: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .integer: "an integer"
    case .boolean: "true or false"
    case .null: "null"
    }
  }
}

private func expectation(for range: ClosedRange<Int64>) -> String {
  if range.upperBound == .max { return "an integer of at least \(range.lowerBound)" }
  if range.lowerBound == .min { return "an integer of at most \(range.upperBound)" }
  return "an integer between \(range.lowerBound) and \(range.upperBound)"
}

private func choices(_ near: String?, _ known: [String], otherwise introduction: String) -> String {
  if let near { return "; did you mean \(quoted(near))?" }
  return known.isEmpty ? "" : "; \(introduction) \(listed(known.map(quoted), by: "and"))"
}

/// What those who come from another notation need to hear.
private func remark(on scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "'": "; strings stand in double quotes"
  case "/", "#": "; JSON has no comments"
  default: ""
  }
}
