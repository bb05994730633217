/// Builds the tree of a ``JSONDocument`` from a parser's tokens, without recursion: hostile nesting costs no call stack.
struct JSONTreeBuilder {
  private var open: [Container] = []

  /// Reads the whole text of a parser.
  static func read(from parser: inout JSONPullParser) throws(JSONFault) -> JSONValue {
    var builder = JSONTreeBuilder()
    var root: JSONValue?
    while true {
      let token = try parser.next()
      if token == .end { break }
      guard let value = try builder.consume(token, of: parser) else { continue }
      if builder.open.isEmpty { root = value } else { builder.place(value) }
    }
    return root ?? JSONValue(content: .null, byteOffset: 0)
  }

  /// Takes in one token; a token that completes a value returns it.
  private mutating func consume(_ token: JSONToken, of parser: JSONPullParser) throws(JSONFault) -> JSONValue? {
    let offset = parser.tokenOffset
    switch token {
    case .beginObject, .beginArray:
      open.append(Container(offset: offset))
      return nil
    case .key(let range):
      try begin(key: parser.text(of: range), at: offset, of: parser)
      return nil
    case .endObject:
      let object = open.removeLast()
      return JSONValue(content: .object(object.members), byteOffset: object.offset)
    case .endArray:
      let array = open.removeLast()
      return JSONValue(content: .array(array.elements), byteOffset: array.offset)
    case .string(let range): return JSONValue(content: .string(parser.text(of: range)), byteOffset: offset)
    case .number(let range):
      let number = JSONNumber(text: parser.text(of: range), double: try parser.double(of: range))
      return JSONValue(content: .number(number), byteOffset: offset)
    case .boolean(let flag): return JSONValue(content: .boolean(flag), byteOffset: offset)
    case .null: return JSONValue(content: .null, byteOffset: offset)
    case .end: return nil
    }
  }

  private mutating func begin(key: String, at offset: Int, of parser: JSONPullParser) throws(JSONFault) {
    let last = open.count - 1
    if let first = open[last].keys.updateValue(offset, forKey: key) {
      let fact = JSONFact.duplicateKey(key, firstAt: parser.position(ofByte: first))
      throw parser.fault(fact, atByte: offset, path: path)
    }
    open[last].pendingKey = key
  }

  private mutating func place(_ value: JSONValue) {
    let last = open.count - 1
    if let key = open[last].pendingKey {
      open[last].pendingKey = nil
      open[last].members.append(JSONMember(key: key, keyByteOffset: open[last].keys[key] ?? 0, value: value))
    } else {
      open[last].elements.append(value)
    }
  }

  /// The JSON Pointer of the innermost open object or array.
  private var path: String {
    var path = ""
    for container in open.dropLast() {
      path += pointerStep(container.pendingKey ?? String(container.elements.count))
    }
    return path
  }
}

/// An object or array whose end is not read yet.
private struct Container {
  let offset: Int
  var members: [JSONMember] = []
  var elements: [JSONValue] = []
  var pendingKey: String?
  var keys: [String: Int] = [:]
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
