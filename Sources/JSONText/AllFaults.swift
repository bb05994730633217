/// All that a reader finds wrong in a document, and not only what it finds first.
///
/// A reader stops at its first fault. Here the value that is wrong is replaced by one that it takes, as a compiler goes on
/// after an error, and the document is read again until nothing is wrong. What was put in is nobody's text, so that no fault in
/// it is told: of a missing object, for instance, not each of the keys that it would need.
///
/// - Parameters:
///   - document: The document.
///   - limit: The most faults.
///   - read: The reader; it is called once for each fault, and a few times more.
/// - Returns: The faults, in the order of the file; empty where it is right.
/// - Complexity: O(faults x size of the document).
package func allFaults(
  in document: JSONDocument, limit: Int = 100, _ read: (JSONDocument) throws(JSONFault) -> Void
) -> [JSONFault] {
  var (faults, document) = ([JSONFault](), document)
  var (mended, invented) = ([JSONPath](), [JSONPath]())
  while faults.count < limit {
    do throws(JSONFault) {
      try read(document)
      break
    } catch {
      let place = document.place(of: error)
      if !invented.contains(where: place.isAtOrBelow) { faults.append(error) }
      // What is put in may be of the wrong kind, then empty, then too small: more is not to be had.
      guard mended.count(where: { $0 == place }) < 8, let next = document.mended(error, at: place) else { break }
      mended.append(place)
      // A key that was only misspelled has the user's value.
      if case .missingKey(_, _?) = error.fact {} else { invented += [place, next.changed] }
      document = next.document
    }
  }
  return faults.sorted { ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column) }
}

/// The way from a document's root to a value.
private struct JSONPath: Equatable {
  var steps: [String]

  init(steps: [String]) { self.steps = steps }

  init(pointer: String) {
    steps = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  func isAtOrBelow(_ other: JSONPath) -> Bool { steps.starts(with: other.steps) }
}

extension JSONDocument {
  /// The value that has to change for a fault to go: a member where the fault is of its object.
  fileprivate func place(of fault: JSONFault) -> JSONPath {
    var path = JSONPath(pointer: fault.path)
    switch fault.fact {
    case .missingKey(let key, _), .unknownKey(let key, _, _): path.steps.append(key)
    case .unknownName(_, let name, _, _) where root.value(at: path.steps[...])?.member(name) != nil:
      path.steps.append(name)
    default: break
    }
    return path
  }

  /// The document without a fault, and what of it is another than it was; nil where it cannot be had.
  fileprivate func mended(_ fault: JSONFault, at place: JSONPath) -> (document: JSONDocument, changed: JSONPath)? {
    var path = place.steps[...]
    guard !path.isEmpty else { return nil }
    // The elements of an array count: one is not left out, but all are.
    let isLost = fault.fact.replacement(for: root.value(at: path)) == nil
    if isLost, let parent = root.value(at: path.dropLast()), case .array = parent.content { path = path.dropLast() }
    let root = root.changed(at: path) { value in
      if case .missingKey(_, let wrong?) = fault.fact { return .renamed(from: wrong) }
      return fault.fact.replacement(for: value).map(JSONChange.content) ?? .removed
    }
    return (JSONDocument(source: source, root: root), JSONPath(steps: Array(path)))
  }
}

/// What becomes of a member of an object.
private enum JSONChange {
  case content(JSONValue.Content)
  case removed
  case renamed(from: String)
}

extension JSONFact {
  /// What a reader would take in place of a value; nil where it is to go.
  fileprivate func replacement(for value: JSONValue?) -> JSONValue.Content? {
    switch self {
    case .missingKey: .null
    case .wrongType(let expected, _): expected.first?.example
    case .outOfRange(let text, let range, _):
      range.nearest(to: decimalNumber(text) ?? 1).map { .number(JSONNumber(text: shortestText(of: $0))) }
    case .notAnInteger: .number(JSONNumber(text: "1"))
    case .integerOutOfRange(_, let range):
      .number(JSONNumber(text: String(min(max(1, range.lowerBound), range.upperBound))))
    case .emptyString: .string("x")
    case .unknownName(_, _, let suggestion, let known):
      if case .string? = value?.content { (suggestion ?? known.first).map { .string($0) } } else { nil }
    case .wrongSchema(let expected, _, _): .string(expected)
    default: nil
    }
  }
}

extension JSONKind {
  /// A value of the kind.
  fileprivate var example: JSONValue.Content {
    switch self {
    case .object: .object([])
    case .array: .array([])
    case .string: .string("x")
    case .number, .integer: .number(JSONNumber(text: "1"))
    case .boolean: .boolean(false)
    case .null: .null
    }
  }
}

extension JSONValue {
  fileprivate func member(_ key: String) -> JSONValue? {
    guard case .object(let members) = content else { return nil }
    return members.first { $0.key == key }?.value
  }

  fileprivate func value(at path: ArraySlice<String>) -> JSONValue? {
    guard let step = path.first else { return self }
    if case .array(let elements) = content {
      return Int(step).flatMap { elements.indices.contains($0) ? elements[$0].value(at: path.dropFirst()) : nil }
    }
    return member(step)?.value(at: path.dropFirst())
  }

  /// The value with another one at a path below it, which may be a key that is not there yet.
  fileprivate func changed(at path: ArraySlice<String>, _ change: (JSONValue?) -> JSONChange) -> JSONValue {
    guard let step = path.first else { return self }
    let rest = path.dropFirst()
    switch content {
    case .array(var elements):
      guard let index = Int(step), elements.indices.contains(index) else { return self }
      if rest.isEmpty, case .content(let new) = change(elements[index]) {
        elements[index] = JSONValue(content: new, byteOffset: elements[index].byteOffset)
      } else if !rest.isEmpty {
        elements[index] = elements[index].changed(at: rest, change)
      }
      return JSONValue(content: .array(elements), byteOffset: byteOffset)
    case .object(var members):
      let place = members.firstIndex { $0.key == step }
      if !rest.isEmpty {
        guard let place else { return self }
        members[place] = members[place].with(members[place].value.changed(at: rest, change))
      } else {
        members.apply(change(place.map { members[$0].value }), to: step, at: place, byteOffset)
      }
      return JSONValue(content: .object(members), byteOffset: byteOffset)
    default: return self
    }
  }
}

extension JSONMember {
  fileprivate func with(_ value: JSONValue, key: String? = nil) -> JSONMember {
    JSONMember(key: key ?? self.key, keyByteOffset: keyByteOffset, value: value)
  }
}

extension [JSONMember] {
  /// Changes a member, or adds it where it is not there.
  fileprivate mutating func apply(_ change: JSONChange, to key: String, at place: Int?, _ byteOffset: Int) {
    switch change {
    case .content(let new):
      let value = JSONValue(content: new, byteOffset: place.map { self[$0].value.byteOffset } ?? byteOffset)
      if let place {
        self[place] = self[place].with(value)
      } else {
        append(JSONMember(key: key, keyByteOffset: byteOffset, value: value))
      }
    case .removed: if let place { remove(at: place) }
    case .renamed(let wrong):
      guard let index = firstIndex(where: { $0.key == wrong }) else { return }
      self[index] = self[index].with(self[index].value, key: key)
    }
  }
}
