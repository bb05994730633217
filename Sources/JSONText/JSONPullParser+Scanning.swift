/// The scanners of strings, numbers and words: from a token's first byte to the one after its last.
extension JSONPullParser {
  /// Reads a string from its opening quote.
  mutating func readString() throws(JSONFault) -> JSONStringRange {
    let start = offset + 1
    var index = start
    var hasEscapes = false
    while true {
      index = plainTextEnd(from: index)
      guard index < bytes.count else { throw unexpectedEnd(inside: .string, from: start - 1) }
      switch bytes[index] {
      case UInt8(ascii: "\""):
        offset = index + 1
        return JSONStringRange(start: start, end: index, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        index = try escapeEnd(from: index, stringStart: start)
      case 0x80...:
        guard let length = bytes.scalarLength(at: index) else {
          throw fault(.invalidUTF8(byte: bytes[index]), atByte: index)
        }
        index += length
      default:
        throw fault(.controlCharacter(Unicode.Scalar(bytes[index])), atByte: index)
      }
    }
  }

  /// The first byte from `start` on that is a quote, a backslash, a control character or not ASCII; eight at a time.
  ///
  /// In each test, a byte's high bit tells that the byte matches. A borrow can set it falsely, but only above a byte that
  /// matches truly, and the lowest match is the one that counts.
  private func plainTextEnd(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while index &+ 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let special =
        ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | word
      let matches = special & highs
      if matches != 0 { return index &+ matches.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
      index += 1
    }
    return index
  }

  /// Checks the escape whose backslash stands at `start`; a surrogate pair counts as one.
  private func escapeEnd(from start: Int, stringStart: Int) throws(JSONFault) -> Int {
    if let length = bytes.escapeLength(at: start) { return start + length }
    guard start + 1 < bytes.count else { throw unexpectedEnd(inside: .string, from: stringStart - 1) }
    guard let unit = bytes.codeUnit(at: start) else { throw badEscape(at: start, stringStart: stringStart) }
    throw fault(.loneSurrogate("\\u" + hex(unit, digits: 4)), atByte: start)
  }

  /// An escape that is not one: up to the first character that it cannot have, or the end of the text.
  private func badEscape(at start: Int, stringStart: Int) -> JSONFault {
    var end = start + 1
    if bytes[end] == UInt8(ascii: "u") {
      repeat { end += 1 } while end < min(start + 6, bytes.count) && hexDigit(bytes[end]) != nil
    }
    guard end < bytes.count else { return unexpectedEnd(inside: .string, from: stringStart - 1) }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard bytes[end] >= 0x20, let length = bytes.scalarLength(at: end) else {
      return fault(.invalidEscape(text), atByte: start)
    }
    let last = String(decoding: bytes[end..<end + length], as: UTF8.self)
    return fault(.invalidEscape(text + last), atByte: start)
  }

  /// Reads a number from its sign or first digit.
  mutating func readNumber() throws(JSONFault) -> JSONNumberRange {
    let start = offset
    var index = byte(at: start) == UInt8(ascii: "-") ? start + 1 : start
    if byte(at: index) == UInt8(ascii: "0") {
      index += 1
      if isDigit(byte(at: index)) { throw fault(.leadingZero, atByte: start) }
    } else {
      if byte(at: index) == UInt8(ascii: "I") { throw unknownWord(from: start) }
      index = try digitsEnd(from: index, ofNumberFrom: start)
    }
    if byte(at: index) == UInt8(ascii: ".") {
      index = try digitsEnd(from: index + 1, ofNumberFrom: start)
    }
    if byte(at: index) | 0x20 == UInt8(ascii: "e") {
      let sign = byte(at: index + 1)
      let isSigned = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
      index = try digitsEnd(from: index + (isSigned ? 2 : 1), ofNumberFrom: start)
    }
    offset = index
    return JSONNumberRange(start: start, end: index)
  }

  /// The byte after a run of digits, of which there must be one.
  private mutating func digitsEnd(from first: Int, ofNumberFrom start: Int) throws(JSONFault) -> Int {
    var index = first
    while isDigit(byte(at: index)) { index += 1 }
    guard index > first else {
      offset = index
      throw index >= bytes.count ? unexpectedEnd(inside: .number, from: start) : unexpected(.digit)
    }
    return index
  }

  /// Reads `true`, `false` or `null`; anything else cannot begin a value.
  mutating func readWord(expected: JSONExpectation) throws(JSONFault) -> JSONToken {
    let (word, token): (StaticString, JSONToken)
    switch byte(at: offset) {
    case UInt8(ascii: "t"): (word, token) = ("true", .boolean(true))
    case UInt8(ascii: "f"): (word, token) = ("false", .boolean(false))
    case UInt8(ascii: "n"): (word, token) = ("null", .null)
    case let first: throw isLetter(first) ? unknownWord(from: offset) : unexpected(expected)
    }
    let start = offset
    let length = word.utf8CodeUnitCount
    for index in 0..<length where byte(at: start + index) != word.utf8Start[index] {
      throw start + index >= bytes.count ? unexpectedEnd(inside: .word, from: start) : unknownWord(from: start)
    }
    let following = byte(at: start + length)
    guard !isLetter(following), !isDigit(following) else { throw unknownWord(from: start) }
    offset = start + length
    return token
  }

  /// The byte at an offset, or 0, which no token holds, at the end of the text.
  private func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// Whether the byte can begin a word: an ASCII letter or an underscore.
func isLetter(_ byte: UInt8) -> Bool {
  let lower = byte | 0x20
  return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
}

/// The value of a hexadecimal digit; nil of anything else.
func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
  default: nil
  }
}
