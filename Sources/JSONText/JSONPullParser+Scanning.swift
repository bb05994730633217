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
        guard let length = scalarLength(at: index) else {
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
    guard start + 1 < bytes.count else { throw unexpectedEnd(inside: .string, from: stringStart - 1) }
    switch bytes[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(at: start) else { throw badEscape(at: start, stringStart: stringStart) }
      guard (0xD800...0xDFFF).contains(unit) else { return start + 6 }
      guard unit < 0xDC00, let low = codeUnit(at: start + 6), (0xDC00...0xDFFF).contains(low) else {
        throw fault(.loneSurrogate("\\u" + hex(unit, digits: 4)), atByte: start)
      }
      return start + 12
    default:
      throw badEscape(at: start, stringStart: stringStart)
    }
  }

  /// The code unit of the escape `\uXXXX` at `start`, if one stands there.
  func codeUnit(at start: Int) -> UInt32? {
    guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt32 = 0
    for index in start + 2..<start + 6 {
      guard let digit = hexDigit(bytes[index]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }

  /// An escape that is not one: up to the first character that it cannot have, or the end of the text.
  private func badEscape(at start: Int, stringStart: Int) -> JSONFault {
    var end = start + 1
    if bytes[end] == UInt8(ascii: "u") {
      repeat { end += 1 } while end < min(start + 6, bytes.count) && hexDigit(bytes[end]) != nil
    }
    guard end < bytes.count else { return unexpectedEnd(inside: .string, from: stringStart - 1) }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard bytes[end] >= 0x20, let length = scalarLength(at: end) else {
      return fault(.invalidEscape(text), atByte: start)
    }
    let last = String(decoding: bytes[end..<end + length], as: UTF8.self)
    return fault(.invalidEscape(text + last), atByte: start)
  }

  /// The number of bytes of the UTF-8 sequence at `start`, or nil if none that is valid stands there.
  ///
  /// The table of The Unicode Standard, 3.9, D92: no overlong forms, no surrogates, nothing above U+10FFFF.
  func scalarLength(at start: Int) -> Int? {
    let first = bytes[start]
    let (length, second): (Int, ClosedRange<UInt8>)
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard start + length <= bytes.count, second.contains(bytes[start + 1]) else { return nil }
    for index in start + 2..<max(start + 2, start + length) where bytes[index] & 0b1100_0000 != 0b1000_0000 {
      return nil
    }
    return length
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

private func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
  default: nil
  }
}
