/// The conversions of a token's bytes to a value, done only for the tokens that matter.
extension JSONPullParser {
  /// The text of a string or key, its escapes resolved.
  package func text(of range: JSONStringRange) -> String {
    guard range.hasEscapes else { return String(decoding: bytes[range.start..<range.end], as: UTF8.self) }
    return String(decoding: unescaped(range), as: UTF8.self)
  }

  /// Whether a string or key is `text`, without making a `String` unless it has escapes.
  ///
  /// - Complexity: O(n) in the length of `text`.
  @inlinable
  package func isEqual(_ range: JSONStringRange, to text: StaticString) -> Bool {
    if range.hasEscapes { return isUnescapedEqual(range, to: text) }
    let count = text.utf8CodeUnitCount
    guard range.end - range.start == count else { return false }
    for index in 0..<count where bytes[range.start &+ index] != text.utf8Start[index] { return false }
    return true
  }

  @usableFromInline
  func isUnescapedEqual(_ range: JSONStringRange, to text: StaticString) -> Bool {
    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).elementsEqual(unescaped(range))
  }

  /// The value of a number, correctly rounded (to nearest, ties to even).
  ///
  /// - Throws: ``JSONFact/numberOutOfRange(text:)`` if no finite `Double` is near; a number too small is zero.
  package func double(of range: JSONNumberRange) throws(JSONFault) -> Double {
    let value = doubleValue(ofNumber: UnsafeRawBufferPointer(rebasing: bytes[range.start..<range.end]))
    guard value.isFinite else { throw fault(.numberOutOfRange(text: text(of: range)), atByte: range.start) }
    return value
  }

  /// The value of a number if it is an integer, however it is written (`1e3`, `1.0`), that `Int64` can hold.
  package func integer(of range: JSONNumberRange) -> Int64? {
    let decimal = DecimalText(UnsafeRawBufferPointer(rebasing: bytes[range.start..<range.end]))
    guard case .exact(let value) = decimal.integer else { return nil }
    return value
  }

  /// The number as it is written.
  package func text(of range: JSONNumberRange) -> String {
    String(decoding: bytes[range.start..<range.end], as: UTF8.self)
  }

  private func unescaped(_ range: JSONStringRange) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(range.end - range.start)
    var index = range.start
    while index < range.end {
      guard bytes[index] == UInt8(ascii: "\\") else {
        text.append(bytes[index])
        index += 1
        continue
      }
      if let unit = bytes.codeUnit(at: index) {
        index += appendScalar(beginningWith: unit, at: index, to: &text)
      } else {
        text.append(escapedByte(bytes[index + 1]))
        index += 2
      }
    }
    return text
  }

  /// Appends the scalar of the escape at `index`, whose pair the scanner has checked, and returns the escape's length.
  private func appendScalar(beginningWith unit: UInt32, at index: Int, to text: inout [UInt8]) -> Int {
    var value = unit
    var length = 6
    if (0xD800...0xDBFF).contains(unit), let low = bytes.codeUnit(at: index + 6) {
      value = 0x10000 + (unit - 0xD800) << 10 + (low & 0x3FF)
      length = 12
    }
    text.append(contentsOf: UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
    return length
  }
}

/// The byte that a one-letter escape stands for.
private func escapedByte(_ letter: UInt8) -> UInt8 {
  switch letter {
  case UInt8(ascii: "b"): 0x08
  case UInt8(ascii: "f"): 0x0C
  case UInt8(ascii: "n"): 0x0A
  case UInt8(ascii: "r"): 0x0D
  case UInt8(ascii: "t"): 0x09
  default: letter
  }
}
