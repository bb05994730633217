/// What can be wrong with a JSON text.
///
/// The first group says that the text is not JSON (RFC 8259); the second, that it is not the JSON that was wanted.
public enum JSONFact: Sendable, Equatable {
  /// A character that cannot stand where it does.
  case unexpectedCharacter(found: Unicode.Scalar, expected: JSONExpectation)
  /// The text ends too early, inside a part that began at `beganAt`.
  case unexpectedEnd(inside: JSONPart, beganAt: JSONPosition)
  /// A comma with nothing after it but the end of its object or array.
  case trailingComma(inside: JSONPart)
  /// Something stands after the document's one value.
  case trailingContent
  /// A bare word other than `true`, `false` and `null`: `NaN`, `-Infinity`, `None`.
  case unknownWord(String)
  /// A number with a zero before its first digit: `007`.
  case leadingZero
  /// A control character, below U+0020, that stands unescaped in a string.
  case controlCharacter(Unicode.Scalar)
  /// A backslash with something after it that JSON does not know, given as it is written.
  case invalidEscape(String)
  /// Half of a surrogate pair without the other half, given as it is written.
  case loneSurrogate(String)
  /// A byte that begins no UTF-8 sequence, or an incomplete one.
  case invalidUTF8(byte: UInt8)
  /// A number whose magnitude no `Double` can hold: `1e999`.
  case numberOutOfRange(text: String)
  /// More objects and arrays within each other than the reader allows.
  case depthExceeded(limit: Int)
  /// The document has more values than are held in memory.
  case tooManyValues(limit: Int)

  /// A key that its object has already.
  case duplicateKey(String, firstAt: JSONPosition)
  /// A key that the object needs and lacks; `suggestion` is a key it has that may be a misspelling of it.
  case missingKey(String, suggestion: String?)
  /// A key that nothing reads; `suggestion` is the nearest of the keys that are read.
  case unknownKey(String, suggestion: String?, known: [String])
  /// A value of another kind than any that is wanted.
  case wrongType(expected: [JSONKind], found: JSONKind)
  /// A number, given as it is written, outside its range, which is counted in `unit`; empty for plain numbers.
  case outOfRange(text: String, range: NumberRange, unit: String = "")
  /// A number, given as it is written, with a fractional part where an integer is wanted.
  case notAnInteger(text: String)
  /// An integer, given as it is written, outside its range.
  case integerOutOfRange(text: String, range: ClosedRange<Int64>)
  /// An empty string where a text is wanted.
  case emptyString
  /// A name that is not among those known of its kind; `what` is the kind's word: "precision".
  case unknownName(what: String, name: String, suggestion: String?, known: [String])
  /// A document of another schema than the one that is read.
  case wrongSchema(expected: String, found: String, suggestion: String?)
  /// A rare fact of another module, in words: `problem` follows the value's path, `advice` says what to do (or is empty).
  case described(problem: String, advice: String)
}

/// The parts of a JSON text that can be left unfinished.
public enum JSONPart: Sendable, Equatable {
  /// The text as a whole.
  case document
  /// An object, from its `{`.
  case object
  /// An array, from its `[`.
  case array
  /// A string or key, from its opening quote.
  case string
  /// A number, from its sign or first digit.
  case number
  /// One of the words `true`, `false` and `null`.
  case word
}

/// What the grammar allows at a place where something else stands.
public enum JSONExpectation: Sendable, Equatable {
  /// Any value.
  case value
  /// A value, or the end of an empty array.
  case valueOrArrayEnd
  /// A key.
  case key
  /// A key, or the end of an empty object.
  case keyOrObjectEnd
  /// The colon between a key and its value.
  case colon
  /// A further member, or the end of the object.
  case commaOrObjectEnd
  /// A further element, or the end of the array.
  case commaOrArrayEnd
  /// A digit of a number.
  case digit
}

/// The kinds of JSON value; an integer is a number that a reader wants without a fraction.
public enum JSONKind: Sendable, Equatable {
  /// An object, `{ ... }`.
  case object
  /// An array, `[ ... ]`.
  case array
  /// A string.
  case string
  /// A number.
  case number
  /// A number without a fractional part; only ever wanted, never found.
  case integer
  /// `true` or `false`.
  case boolean
  /// `null`.
  case null
}
