/// Builds the tree of a ``JSONDocument`` from a parser's tokens, without recursion: hostile nesting costs no call stack.
///
/// Values and members wait on two stacks until what holds them ends, and are then copied into arrays that are no larger than
/// they must be.
struct JSONTreeBuilder {
  private var open: [Container] = []
  private var values: [JSONValue] = []
  private var members: [JSONMember] = []
  private var valueCount = 0
  private let valueLimit: Int

  private init(valueLimit: Int) { self.valueLimit = valueLimit }

  /// Reads the whole text of a parser.
  ///
  /// - Parameters:
  ///   - parser: The parser.
  ///   - valueLimit: The most values.
  ///   - member: A member of the root that somebody else reads.
  /// - Returns: The text's one value.
  /// - Throws: The first thing that is not JSON, or a repeated key.
  static func read(
    from parser: inout JSONPullParser, valueLimit: Int, leaving member: JSONLeftMember? = nil
  ) throws(JSONFault) -> JSONValue {
    var builder = JSONTreeBuilder(valueLimit: valueLimit)
    var root: JSONValue?
    while true {
      let token = try parser.next()
      if token == .end { break }
      guard let value = try builder.consume(token, of: &parser) else {
        if let member { builder.leave(member, token, to: &parser) }
        continue
      }
      if builder.open.isEmpty { root = value } else { builder.place(value) }
    }
    return root ?? JSONValue(content: .null, byteOffset: 0)
  }

  /// Reads the value that the parser stands before, and no more.
  static func readValue(from parser: inout JSONPullParser, valueLimit: Int) throws(JSONFault) -> JSONValue {
    var builder = JSONTreeBuilder(valueLimit: valueLimit)
    while true {
      let token = try parser.next()
      guard let value = try builder.consume(token, of: &parser) else { continue }
      if builder.open.isEmpty { return value }
      builder.place(value)
    }
  }

  /// Behind the key of a member of the root that somebody else reads: goes on behind its value, if they can.
  private mutating func leave(_ member: JSONLeftMember, _ token: JSONToken, to parser: inout JSONPullParser) {
    guard open.count == 1, case .key(let range) = token, parser.isEqual(range, to: member.key),
      let end = member.read(parser.bytes, parser.offset, members)
    else { return }
    place(JSONValue(content: .null, byteOffset: parser.offset))
    parser.resume(at: end, depth: 1)
  }

  /// Takes in one token; a token that completes a value returns it.
  ///
  /// The parser is handed on in place, here and below: it is not changed, and a copy for each token takes time.
  private mutating func consume(_ token: JSONToken, of parser: inout JSONPullParser) throws(JSONFault) -> JSONValue? {
    let offset = parser.tokenOffset
    switch token {
    case .beginObject, .beginArray:
      try count(at: offset, of: &parser)
      open.append(Container(offset: offset, firstValue: values.count, firstMember: members.count))
      return nil
    case .key(let range):
      try begin(key: parser.text(of: range), at: offset, of: &parser)
      return nil
    case .endObject:
      let object = open.removeLast()
      let content = Array(members[object.firstMember...])
      members.removeLast(content.count)
      return JSONValue(content: .object(content), byteOffset: object.offset)
    case .endArray:
      let array = open.removeLast()
      let content = Array(values[array.firstValue...])
      values.removeLast(content.count)
      return JSONValue(content: .array(content), byteOffset: array.offset)
    case .string(let range):
      try count(at: offset, of: &parser)
      return JSONValue(content: .string(parser.text(of: range)), byteOffset: offset)
    case .number(let range):
      try count(at: offset, of: &parser)
      _ = try parser.double(of: range)
      return JSONValue(content: .number(JSONNumber(text: parser.text(of: range))), byteOffset: offset)
    case .boolean(let flag):
      try count(at: offset, of: &parser)
      return JSONValue(content: .boolean(flag), byteOffset: offset)
    case .null:
      try count(at: offset, of: &parser)
      return JSONValue(content: .null, byteOffset: offset)
    case .end: return nil
    }
  }

  private mutating func count(at offset: Int, of parser: inout JSONPullParser) throws(JSONFault) {
    valueCount += 1
    guard valueCount <= valueLimit else {
      throw parser.fault(.tooManyValues(limit: valueLimit), atByte: offset)
    }
  }

  private mutating func begin(
    key: String, at offset: Int, of parser: inout JSONPullParser
  ) throws(JSONFault) {
    let last = open.count - 1
    if let first = first(key) {
      let fact = JSONFact.duplicateKey(key, firstAt: parser.position(ofByte: first))
      throw parser.fault(fact, atByte: offset, path: path)
    }
    open[last].keys?[key] = offset
    open[last].pendingKey = (key, offset)
  }

  /// Objects with so many keys or more have a table of them; in others they are looked through.
  private static let fewKeys = 16

  /// Where a key stands already in the innermost object.
  private mutating func first(_ key: String) -> Int? {
    let last = open.count - 1
    if let keys = open[last].keys { return keys[key] }
    let first = open[last].firstMember
    if members.count - first >= Self.fewKeys {
      let known = members[first...].map { ($0.key, $0.keyByteOffset) }
      let keys = Dictionary(known, uniquingKeysWith: { first, _ in first })
      open[last].keys = keys
      return keys[key]
    }
    for index in first..<members.count where members[index].key == key { return members[index].keyByteOffset }
    return nil
  }

  private mutating func place(_ value: JSONValue) {
    let last = open.count - 1
    if let (key, offset) = open[last].pendingKey {
      open[last].pendingKey = nil
      members.append(JSONMember(key: key, keyByteOffset: offset, value: value))
    } else {
      values.append(value)
    }
  }

  /// The JSON Pointer of the innermost open object or array.
  private var path: String {
    var path = ""
    for (container, inner) in zip(open, open.dropFirst()) {
      path += pointerStep(container.pendingKey?.key ?? String(inner.firstValue - container.firstValue))
    }
    return path
  }
}

/// An object or array whose end is not read yet.
private struct Container {
  let offset: Int
  /// Where its elements, and its members, begin among those that wait.
  let firstValue: Int
  let firstMember: Int
  var pendingKey: (key: String, offset: Int)?
  /// Where each key stands, if there are many.
  var keys: [String: Int]?
}

/// One step of a JSON Pointer (RFC 6901): `/`, then the key with `~` and `/` escaped.
func pointerStep(_ key: String) -> String {
  var step = "/"
  for scalar in key.unicodeScalars {
    switch scalar {
    case "~": step += "~0"
    case "/": step += "~1"
    default: step.unicodeScalars.append(scalar)
    }
  }
  return step
}
