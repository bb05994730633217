import JSONText

/// Passes through a document of JSON as it streams by, and reads the objects of some arrays one at a time.
struct RecordWalk: ~Copyable {
  private var window: TextWindow
  private let file: String
  /// Arrays whose objects are passed through as the document is, rather than read as wholes.
  private let openArrays: Set<String>

  init(_ input: TraceInput, openArrays: Set<String> = []) throws(TraceFault) {
    file = input.source.name
    window = try TextWindow(input.source, capacity: input.windowSize)
    self.openArrays = openArrays
  }

  /// Passes through the document.
  ///
  /// - Parameters:
  ///   - isWanted: Whether the values below a path of keys are read; those above it are passed through for it.
  ///   - body: Is given each element of a wanted array, or a wanted value, with its path and, of an array, its place.
  /// - Returns: Where the text breaks off, if it does.
  /// - Throws: What is not JSON, and what the body throws.
  mutating func read(
    _ isWanted: ([String]) -> Bool, _ body: ([String], Int, JSONRecord) throws(TraceFault) -> Void
  ) throws(TraceFault) -> Truncation? {
    do throws(TraceFault) {
      let token = try next()
      try pass(token, [], isWanted, body)
      _ = try next()
    } catch {
      guard case .text(let fault, let offset) = error, window.hasEnded, case .unexpectedEnd = fault.fact else {
        throw error
      }
      return Truncation(line: fault.position.line, byteOffset: offset)
    }
    return nil
  }

  /// The bytes of a compressed file were damaged.
  var isDamaged: Bool { window.isDamaged }

  private mutating func next() throws(TraceFault) -> JSONToken {
    try window.reading { parser throws(JSONFault) in try parser.next() }
  }

  private mutating func pass(
    _ token: JSONToken, _ path: [String], _ isWanted: ([String]) -> Bool,
    _ body: ([String], Int, JSONRecord) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    switch token {
    case .beginObject:
      while true {
        let key = try window.reading { parser throws(JSONFault) -> String? in
          guard case .key(let range) = try parser.next() else { return nil }
          return parser.text(of: range)
        }
        guard let key else { return }
        try passMember(path + [key], isWanted, body)
      }
    case .beginArray: try passElements(path, isWanted, body)
    default: break
    }
  }

  private mutating func passMember(
    _ path: [String], _ isWanted: ([String]) -> Bool, _ body: ([String], Int, JSONRecord) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    let token = try next()
    if token == .beginArray || (token == .beginObject && !isWanted(path)) {
      return try pass(token, path, isWanted, body)
    }
    guard isWanted(path) else { return }
    if token == .beginObject {
      // Its members are passed through one by one: an object may be as long as the document.
      return try pass(token, path, isWanted, body)
    }
    let value = try scalar(token)
    try body(path, 0, value)
  }

  private mutating func passElements(
    _ path: [String], _ isWanted: ([String]) -> Bool, _ body: ([String], Int, JSONRecord) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    let isOpen = path.last.map(openArrays.contains) ?? false
    let reads = !isOpen && isWanted(path)
    var place = 0
    while true {
      if reads {
        let element = try window.reading { parser throws(JSONFault) -> JSONRecord? in
          let token = try parser.next()
          return token == .endArray ? nil : try JSONRecord.read(token, &parser)
        }
        guard let element else { return }
        try body(path, place, element)
      } else {
        let token = try next()
        if token == .endArray { return }
        if isOpen { try pass(token, path, isWanted, body) } else { try skip(token) }
      }
      place += 1
    }
  }

  private mutating func skip(_ token: JSONToken) throws(TraceFault) {
    guard token == .beginObject || token == .beginArray else { return }
    let outside = window.parser.depth - 1
    repeat { _ = try next() } while window.parser.depth > outside
  }

  private mutating func scalar(_ token: JSONToken) throws(TraceFault) -> JSONRecord {
    // The token's range is of the window as it is now.
    let parser = window.parser
    switch token {
    case .string(let range): return .text(parser.text(of: range))
    case .number(let range): return parser.integer(of: range).map { .integer($0) } ?? .null
    case .boolean(let value): return .flag(value)
    default: return .null
    }
  }
}
