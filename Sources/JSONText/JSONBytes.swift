/// What the readers of JSON need to know of its bytes.
extension UnsafeRawBufferPointer {
  /// The length of the escape whose backslash stands at `start`, a surrogate pair's for its first half; nil if it is none.
  package func escapeLength(at start: Int) -> Int? {
    guard start + 1 < count else { return nil }
    switch self[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    default:
      guard let unit = codeUnit(at: start) else { return nil }
      guard (0xD800...0xDFFF).contains(unit) else { return 6 }
      guard unit < 0xDC00, let low = codeUnit(at: start + 6), (0xDC00...0xDFFF).contains(low) else { return nil }
      return 12
    }
  }

  /// The code unit of the escape `\uXXXX` at `start`, if one stands there.
  package func codeUnit(at start: Int) -> UInt32? {
    guard start + 6 <= count, self[start] == UInt8(ascii: "\\"), self[start + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt32 = 0
    for index in start + 2..<start + 6 {
      guard let digit = hexDigit(self[index]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }

  /// The number of bytes of the UTF-8 sequence at `start`, or nil if none that is valid stands there.
  ///
  /// The table of The Unicode Standard, 3.9, D92: no overlong forms, no surrogates, nothing above U+10FFFF.
  package func scalarLength(at start: Int) -> Int? {
    let first = self[start]
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
    guard start + length <= count, second.contains(self[start + 1]) else { return nil }
    for index in start + 1..<start + length where self[index] & 0b1100_0000 != 0b1000_0000 { return nil }
    return length
  }
}
