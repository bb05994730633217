/// The members of an object, read key by key; a key that was never asked for is an error in the end.
///
///     var memory = try cursor.object()
///     let capacity = try memory.required("capacity_gb").number(.greaterThan(0))
///     let cache = try memory.optional("l2_mb")?.number(.atLeast(0))
///     try memory.finish()
///
/// An object with keys of the user's choosing is read through ``members`` instead.
package struct JSONObjectCursor: Sendable {
  /// The object as a value.
  package let cursor: JSONCursor

  private let path: String
  private let content: [JSONMember]
  /// Where each key stands, in an object of many; in others they are looked through.
  private let indices: [String: Int]?
  /// The keys that were asked for, in order; a key that was asked for again is there again.
  private var asked: [String] = []
  /// Whether each member was.
  private var isRead: [Bool]

  init(cursor: JSONCursor, members: [JSONMember]) {
    self.cursor = cursor
    path = cursor.path
    content = members
    isRead = Array(repeating: false, count: members.count)
    indices =
      members.count <= 16
      ? nil : Dictionary(members.indices.map { (members[$0].key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func place(of key: String) -> Int? {
    if let indices { return indices[key] }
    for index in content.indices where content[index].key == key { return index }
    return nil
  }

  /// The value of a key that the object must have.
  ///
  /// - Throws: ``JSONFact/missingKey(_:suggestion:)``, at the key that may be a misspelling, or else at the object.
  package mutating func required(_ key: String) throws(JSONFault) -> JSONCursor {
    if let value = optional(key) { return value }
    let unread = content.indices.filter { !isRead[$0] }.map { content[$0].key }
    let suggestion = nearestName(to: key, among: unread)
    let fact = JSONFact.missingKey(key, suggestion: suggestion)
    guard let suggestion, let index = place(of: suggestion) else { throw cursor.fault(fact) }
    throw member(index).fault(fact)
  }

  /// The value of a key that the object may have.
  package mutating func optional(_ key: String) -> JSONCursor? {
    asked.append(key)
    guard let index = place(of: key) else { return nil }
    isRead[index] = true
    return cursor.child(content[index], path: path)
  }

  /// Requires `"schema"` to be `expected`.
  ///
  /// - Throws: ``JSONFact/wrongSchema(expected:found:suggestion:)``, or what is wrong with the key.
  package mutating func schema(_ expected: String) throws(JSONFault) {
    let schema = try required("schema")
    let found = try schema.string()
    guard found != expected else { return }
    let suggestion = nearestName(to: found, among: [expected])
    throw schema.fault(.wrongSchema(expected: expected, found: found, suggestion: suggestion))
  }

  /// The keys in the file's order; reading them asks for none.
  package var keys: [String] { content.map(\.key) }

  /// The members in the file's order, for an object that is a dictionary.
  ///
  /// Reading them asks for no key, so that ``finish()`` does not apply to such an object.
  package var members: [JSONMemberCursor] { content.indices.map(member) }

  /// Says that every key has been asked for that means anything.
  ///
  /// - Throws: ``JSONFact/unknownKey(_:suggestion:known:)`` for the first key that has not.
  package func finish() throws(JSONFault) {
    guard let index = isRead.firstIndex(of: false) else { return }
    let key = content[index].key
    let known = asked.indices.filter { !asked[..<$0].contains(asked[$0]) }.map { asked[$0] }
    let suggestion = nearestName(to: key, among: known.filter { place(of: $0) == nil })
    throw member(index).fault(.unknownKey(key, suggestion: suggestion, known: known))
  }

  private func member(_ index: Int) -> JSONMemberCursor {
    let member = content[index]
    let value = cursor.child(member, path: path)
    return JSONMemberCursor(key: member.key, value: value, object: cursor, keyByteOffset: member.keyByteOffset)
  }
}

/// A key and its value, within a document.
package struct JSONMemberCursor: Sendable {
  /// The key.
  package let key: String

  /// The key's value.
  package let value: JSONCursor

  /// The object that has the key.
  let object: JSONCursor

  let keyByteOffset: Int

  /// A fault of the object at this key: that it is unknown, or names nothing that exists.
  package func fault(_ fact: JSONFact) -> JSONFault {
    object.document.source.fault(fact, atByte: keyByteOffset, path: object.path)
  }
}
