/// A value of a document together with its path, from which it is read as what it must be.
///
/// Every accessor either returns what was asked for or throws a fault that names file, line, column and path.
package struct JSONCursor: Sendable {
  /// The value.
  package let value: JSONValue

  /// The document that the value stands in.
  package let document: JSONDocument

  /// The path of the object or array that has the value, shared with all that it has; the last step is put to it only
  /// when a fault needs the path, or long keys over large arrays would cost the product of their lengths.
  private let parentPath: String
  private let step: Step

  /// Points at a value.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - path: The value's JSON Pointer in the document.
  ///   - document: The document that the value stands in.
  package init(value: JSONValue, path: String, document: JSONDocument) {
    self.init(value: value, parentPath: path, step: .none, document: document)
  }

  private init(value: JSONValue, parentPath: String, step: Step, document: JSONDocument) {
    self.value = value
    self.parentPath = parentPath
    self.step = step
    self.document = document
  }

  /// The value's JSON Pointer: `""` for the root, `"/memory/bandwidth_gb_per_s"`.
  package var path: String {
    switch step {
    case .none: parentPath
    case .key(let key): parentPath + pointerStep(key)
    case .index(let index): parentPath + "/\(index)"
    }
  }

  /// The members of an object.
  ///
  /// - Throws: ``JSONFact/wrongType(expected:found:)``.
  package func object() throws(JSONFault) -> JSONObjectCursor {
    guard case .object(let members) = value.content else { throw wrongType(.object) }
    return JSONObjectCursor(cursor: self, members: members)
  }

  /// The elements of an array.
  ///
  /// - Throws: ``JSONFact/wrongType(expected:found:)``.
  package func array() throws(JSONFault) -> [JSONCursor] {
    guard case .array(let elements) = value.content else { throw wrongType(.array) }
    let path = path
    return elements.indices.map { index in
      JSONCursor(value: elements[index], parentPath: path, step: .index(index), document: document)
    }
  }

  /// A string, which may be empty.
  ///
  /// - Throws: ``JSONFact/wrongType(expected:found:)``.
  package func string() throws(JSONFault) -> String {
    guard case .string(let text) = value.content else { throw wrongType(.string) }
    return text
  }

  /// A string of at least one character.
  ///
  /// - Throws: ``JSONFact/wrongType(expected:found:)`` or ``JSONFact/emptyString``.
  package func nonEmptyString() throws(JSONFault) -> String {
    let text = try string()
    guard !text.isEmpty else { throw fault(.emptyString) }
    return text
  }

  /// `true` or `false`.
  ///
  /// - Throws: ``JSONFact/wrongType(expected:found:)``.
  package func boolean() throws(JSONFault) -> Bool {
    guard case .boolean(let flag) = value.content else { throw wrongType(.boolean) }
    return flag
  }

  /// A finite number.
  ///
  /// - Parameters:
  ///   - range: The numbers that it may be.
  ///   - unit: What it is counted in, for the fault; empty for plain numbers.
  /// - Returns: The number.
  /// - Throws: ``JSONFact/wrongType(expected:found:)`` or ``JSONFact/outOfRange(text:range:unit:)``.
  package func number(_ range: NumberRange = .any, unit: String = "") throws(JSONFault) -> Double {
    guard case .number(let number) = value.content else { throw wrongType(.number) }
    guard range.contains(number.double) else { throw fault(.outOfRange(text: number.text, range: range, unit: unit)) }
    return number.double
  }

  /// An exact integer, however it is written: `1000`, `1e3` and `1000.0` are the same.
  ///
  /// - Parameter range: The integers that it may be.
  /// - Returns: The integer.
  /// - Throws: ``JSONFact/wrongType(expected:found:)``, ``JSONFact/notAnInteger(text:)`` or
  ///   ``JSONFact/integerOutOfRange(text:range:)``.
  package func integer(_ range: ClosedRange<Int64>) throws(JSONFault) -> Int64 {
    guard case .number(let number) = value.content else { throw wrongType(.integer) }
    switch number.exactInteger {
    case .exact(let integer) where range.contains(integer): return integer
    case .exact, .tooLarge: throw fault(.integerOutOfRange(text: number.text, range: range))
    case .fractional: throw fault(.notAnInteger(text: number.text))
    }
  }

  /// One name of a list.
  ///
  /// - Parameters:
  ///   - names: The names that it may be.
  ///   - what: The word for such a name: "precision".
  /// - Returns: The name.
  /// - Throws: ``JSONFact/wrongType(expected:found:)`` or ``JSONFact/unknownName(what:name:suggestion:known:)``.
  package func choice(of names: [String], as what: String) throws(JSONFault) -> String {
    let name = try string()
    guard names.contains(name) else {
      let suggestion = nearestName(to: name, among: names)
      throw fault(.unknownName(what: what, name: name, suggestion: suggestion, known: names))
    }
    return name
  }

  /// A fault at this value, for what only the value's reader can know.
  package func fault(_ fact: JSONFact) -> JSONFault {
    document.source.fault(fact, atByte: value.byteOffset, path: path)
  }

  /// A fault within this string, for text that has a grammar of its own.
  ///
  /// - Parameters:
  ///   - fact: What is wrong.
  ///   - offset: Where in the string's UTF-8 it begins; escapes before it are accounted for.
  /// - Returns: The fault, to be thrown.
  package func fault(_ fact: JSONFact, atUTF8Offset offset: Int) -> JSONFault {
    let place = document.source.byteOffset(ofUTF8Offset: offset, inStringAtByte: value.byteOffset)
    return document.source.fault(fact, atByte: place, path: path)
  }

  /// A cursor at the value that `member` has in this object, whose path is `path`.
  func child(_ member: JSONMember, path: String) -> JSONCursor {
    JSONCursor(value: member.value, parentPath: path, step: .key(member.key), document: document)
  }

  private func wrongType(_ expected: JSONKind) -> JSONFault {
    fault(.wrongType(expected: [expected], found: value.kind))
  }

  /// How the value's parent names it.
  private enum Step: Sendable {
    case none
    case key(String)
    case index(Int)
  }
}
