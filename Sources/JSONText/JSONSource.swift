/// The text of a JSON file, kept so that what was read from it can say where it stood.
package struct JSONSource: Sendable {
  /// The name of the file, as faults give it.
  package let file: String

  private let bytes: [UInt8]

  /// Keeps the text of a file.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8.
  ///   - file: The name of the file, as faults give it.
  package init(bytes: [UInt8], file: String) {
    self.file = file
    self.bytes = bytes
  }

  /// The line and column of a byte.
  ///
  /// - Complexity: O(`offset`); meant for faults.
  package func position(ofByte offset: Int) -> JSONPosition {
    bytes.withUnsafeBytes { JSONPosition(ofByte: offset, in: $0) }
  }

  /// A fault of the value with the JSON Pointer `path`, at a byte of the text.
  package func fault(_ fact: JSONFact, atByte offset: Int, path: String) -> JSONFault {
    JSONFault(file: file, position: position(ofByte: offset), path: path, fact: fact)
  }

  /// Hands a parser of the text to `body`, which must not keep it.
  func withParser<Result>(_ body: (inout JSONPullParser) throws(JSONFault) -> Result) throws(JSONFault) -> Result {
    try bytes.withUnsafeBufferPointer { buffer throws(JSONFault) in
      var parser = JSONPullParser(unsafe: UnsafeRawBufferPointer(buffer), file: file)
      return try body(&parser)
    }
  }

  /// A cursor at a value of the text, read by itself: faults have its place, but not the path to it.
  ///
  /// - Parameter offset: Where the value begins.
  /// - Returns: The cursor.
  /// - Throws: What is not JSON in it.
  package func cursor(ofValueAtByte offset: Int) throws(JSONFault) -> JSONCursor {
    let value = try withParser { parser throws(JSONFault) in
      parser.resumeBeforeValue(at: offset, depth: 0)
      return try JSONTreeBuilder.readValue(from: &parser, valueLimit: JSONDocument.valueLimit)
    }
    return JSONCursor(value: value, path: "", document: JSONDocument(source: self, root: value))
  }
}
