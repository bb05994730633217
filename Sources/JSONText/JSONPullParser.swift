/// A strict reader of JSON (RFC 8259) that hands out one token at a time.
///
///     var parser = JSONPullParser(Array(#"{"ts": 1.5}"#.utf8), file: "trace.json")
///     try parser.next()  // .beginObject
///     try parser.next()  // .key
///
/// It checks everything (grammar, UTF-8, escapes) and converts nothing: strings and numbers come as ranges of the bytes.
/// It keeps an offset and the open objects and arrays, no tree and no lines; a line and column are found by scanning when
/// a fault needs them. Copying a parser marks a place to come back to. After a throw, the parser is of no further use.
///
/// - Complexity: O(1) memory but for one word for each open object and array; time proportional to the bytes.
package struct JSONPullParser {
  /// The text, or the part of it that ``move(to:dropping:)`` has come to; valid as long as the parser lives, or the memory
  /// it was made over.
  package internal(set) var bytes: UnsafeRawBufferPointer

  /// The name of the file, for faults.
  package let file: String

  /// How many objects and arrays may stand within each other.
  package let depthLimit: Int

  /// The offset of the first byte that is not read yet.
  package internal(set) var offset: Int

  /// The offset at which the last token begins.
  package internal(set) var tokenOffset: Int

  /// The open objects and arrays, outermost first.
  var open: [OpenContainer] = []

  var expecting = Expecting.value
  private let owner: OwnedBytes?

  /// Reads bytes that the parser keeps a copy of.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8; a byte order mark before it is passed over.
  ///   - file: The name of the file, for faults.
  ///   - depthLimit: How many objects and arrays may stand within each other.
  package init(_ bytes: [UInt8], file: String, depthLimit: Int = 512) {
    let owner = OwnedBytes(copying: bytes)
    self.init(unsafe: owner.bytes, owner: owner, file: file, depthLimit: depthLimit)
  }

  /// Reads memory that the caller keeps valid and unchanged for as long as the parser, or a copy of it, is used.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8, such as a mapped file; a byte order mark before it is passed over.
  ///   - file: The name of the file, for faults.
  ///   - depthLimit: How many objects and arrays may stand within each other.
  package init(unsafe bytes: UnsafeRawBufferPointer, file: String, depthLimit: Int = 512) {
    self.init(unsafe: bytes, owner: nil, file: file, depthLimit: depthLimit)
  }

  private init(unsafe bytes: UnsafeRawBufferPointer, owner: OwnedBytes?, file: String, depthLimit: Int) {
    self.bytes = bytes
    self.owner = owner
    self.file = file
    self.depthLimit = depthLimit
    offset = byteOrderMarkLength(bytes)
    tokenOffset = offset
  }

  /// How many objects and arrays are open.
  package var depth: Int { open.count }

  /// Reads the next token.
  ///
  /// - Returns: The token; after the document's value, ``JSONToken/end`` for ever.
  /// - Throws: What is not JSON, at the place where it shows.
  package mutating func next() throws(JSONFault) -> JSONToken {
    let byte = skipWhitespace()
    switch expecting {
    case .value:
      return try readValue(byte, expected: .value)
    case .elementOrEnd:
      return byte == UInt8(ascii: "]") ? close(.endArray) : try readValue(byte, expected: .valueOrArrayEnd)
    case .keyOrEnd:
      return byte == UInt8(ascii: "}") ? close(.endObject) : try readKey(byte, expected: .keyOrObjectEnd)
    case .separator:
      return try readAfterValue(byte)
    }
  }

  /// Reads and checks the next value, whatever it holds, and drops it.
  ///
  /// It stands where a value does: at the start, after a key, or among the elements of an array. Where the next token
  /// ends an array or object instead, that token is read.
  ///
  /// - Throws: What is not JSON, at the place where it shows.
  package mutating func skipValue() throws(JSONFault) {
    let outside = depth
    repeat { _ = try next() } while depth > outside
  }

  /// Passes over the blanks before the next token.
  package mutating func skipBlanks() { _ = skipWhitespace() }

  /// Moves to the next byte that is not blank and makes it the token's first.
  ///
  /// - Returns: That byte, or 0, which begins nothing, at the end of the text.
  @inline(__always)
  private mutating func skipWhitespace() -> UInt8 {
    var index = offset
    var found: UInt8 = 0
    while index < bytes.count {
      found = bytes[index]
      guard found == 0x20 || found == 0x0A || found == 0x0D || found == 0x09 else { break }
      index += 1
      found = 0
    }
    offset = index
    tokenOffset = index
    return found
  }

  private mutating func readValue(_ byte: UInt8, expected: JSONExpectation) throws(JSONFault) -> JSONToken {
    switch byte {
    case UInt8(ascii: "\""):
      expecting = .separator
      return .string(try readString())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      expecting = .separator
      return .number(try readNumber())
    case UInt8(ascii: "{"):
      try push(isObject: true)
      expecting = .keyOrEnd
      return .beginObject
    case UInt8(ascii: "["):
      try push(isObject: false)
      expecting = .elementOrEnd
      return .beginArray
    default:
      expecting = .separator
      return try readWord(expected: expected)
    }
  }

  private mutating func readKey(_ byte: UInt8, expected: JSONExpectation) throws(JSONFault) -> JSONToken {
    guard byte == UInt8(ascii: "\"") else { throw unexpected(expected) }
    let keyOffset = offset
    let key = try readString()
    guard skipWhitespace() == UInt8(ascii: ":") else { throw unexpected(.colon) }
    offset += 1
    tokenOffset = keyOffset
    expecting = .value
    return .key(key)
  }

  private mutating func readAfterValue(_ byte: UInt8) throws(JSONFault) -> JSONToken {
    guard let container = open.last else {
      guard offset == bytes.count else { throw fault(.trailingContent, atByte: offset) }
      return .end
    }
    switch (byte, container.isObject) {
    case (UInt8(ascii: ","), let isObject):
      let comma = offset
      offset += 1
      let following = skipWhitespace()
      if following == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
        throw fault(.trailingComma(inside: isObject ? .object : .array), atByte: comma)
      }
      return isObject ? try readKey(following, expected: .key) : try readValue(following, expected: .value)
    case (UInt8(ascii: "}"), true): return close(.endObject)
    case (UInt8(ascii: "]"), false): return close(.endArray)
    default: throw unexpected(container.isObject ? .commaOrObjectEnd : .commaOrArrayEnd)
    }
  }

  private mutating func push(isObject: Bool) throws(JSONFault) {
    guard open.count < depthLimit else { throw fault(.depthExceeded(limit: depthLimit), atByte: offset) }
    open.append(OpenContainer(offset: offset, isObject: isObject))
    offset += 1
  }

  private mutating func close(_ token: JSONToken) -> JSONToken {
    open.removeLast()
    offset += 1
    expecting = .separator
    return token
  }
}

/// An object or array that is not closed yet, in one word.
struct OpenContainer {
  private let word: Int

  init(offset: Int, isObject: Bool) { word = offset << 1 | (isObject ? 1 : 0) }

  /// Where its bracket stands.
  var offset: Int { word >> 1 }

  var isObject: Bool { word & 1 == 1 }
}

/// What the grammar has next.
enum Expecting {
  case value
  case elementOrEnd
  case keyOrEnd
  case separator
}

/// Bytes at an address that stays the same, for as long as any parser over them lives.
private final class OwnedBytes {
  let bytes: UnsafeRawBufferPointer

  init(copying source: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 8)
    copy.copyBytes(from: source)
    bytes = UnsafeRawBufferPointer(copy)
  }

  deinit { bytes.deallocate() }
}
