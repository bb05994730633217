/// Faults at places of the parser's text.
extension JSONPullParser {
  /// The line and column of a byte.
  ///
  /// - Complexity: O(`offset`); meant for faults.
  package func position(ofByte offset: Int) -> JSONPosition { JSONPosition(ofByte: offset, in: bytes) }

  /// A fault at a byte of the text.
  ///
  /// - Parameters:
  ///   - fact: What is wrong.
  ///   - offset: Where it begins.
  ///   - path: The JSON Pointer of the value that is wrong, if a value is.
  /// - Returns: The fault, to be thrown.
  package func fault(_ fact: JSONFact, atByte offset: Int, path: String = "") -> JSONFault {
    JSONFault(file: file, position: position(ofByte: offset), path: path, fact: fact)
  }

  /// The text ends inside a part that begins at `start`.
  func unexpectedEnd(inside part: JSONPart, from start: Int) -> JSONFault {
    fault(.unexpectedEnd(inside: part, beganAt: position(ofByte: start)), atByte: bytes.count)
  }

  /// What stands at `offset` is not what the grammar allows there.
  func unexpected(_ expected: JSONExpectation) -> JSONFault {
    guard offset < bytes.count else {
      guard let container = open.last else { return unexpectedEnd(inside: .document, from: 0) }
      return unexpectedEnd(inside: container.isObject ? .object : .array, from: container.offset)
    }
    guard let length = bytes.scalarLength(at: offset),
      let found = String(decoding: bytes[offset..<offset + length], as: UTF8.self).unicodeScalars.first
    else { return fault(.invalidUTF8(byte: bytes[offset]), atByte: offset) }
    return fault(.unexpectedCharacter(found: found, expected: expected), atByte: offset)
  }

  /// A word that JSON does not know, with the sign before it.
  func unknownWord(from start: Int) -> JSONFault {
    var end = start + 1
    while end < bytes.count, isLetter(bytes[end]) || isDigit(bytes[end]) { end += 1 }
    return fault(.unknownWord(String(decoding: bytes[start..<end], as: UTF8.self)), atByte: start)
  }
}
