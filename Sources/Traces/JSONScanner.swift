#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import JSONText

/// Passes over JSON (RFC 8259) quickly, and says of what it passes over only whether it is JSON.
///
///     var scanner = JSONScanner(parser.bytes, from: parser.offset)
///     if scanner.value(depth: parser.depth) { parser.resume(at: scanner.offset, depth: parser.depth) }
///
/// It takes exactly what ``JSONPullParser`` takes. What it refuses is given to the parser from the same place, which says what
/// is wrong and where: nearly all text is right, so that the quick way needs no words. After a refusal the scanner's place
/// says nothing.
struct JSONScanner {
  /// Where the characters of a string stand, between its quotes.
  struct Text {
    let start: Int
    let end: Int
    /// Whether the bytes hold escapes, so that they differ from the text they stand for.
    let hasEscapes: Bool
  }

  /// The text.
  private let bytes: UnsafeRawBufferPointer

  /// The place of the first byte that is not read yet.
  var offset: Int

  /// How many objects and arrays may stand within each other.
  private let depthLimit: Int

  /// Where arrays stand that were passed over, and how long they are, by some of their bytes.
  private var seen: [(start: UInt32, count: UInt32)] = []

  /// Reads memory that the caller keeps valid and unchanged for as long as the scanner is used.
  init(_ bytes: UnsafeRawBufferPointer, from offset: Int, depthLimit: Int = 512) {
    self.bytes = bytes
    self.offset = offset
    self.depthLimit = depthLimit
  }

  /// The byte at an offset, or 0, which no token holds, at the end of the text.
  @inline(__always)
  func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  /// Passes over blanks.
  ///
  /// - Returns: The byte behind them, which is not passed over; 0 at the end.
  @inline(__always)
  mutating func next() -> UInt8 {
    while true {
      let byte = byte(at: offset)
      guard byte <= 0x20, isBlank(byte) else { return byte }
      offset &+= 1
    }
  }

  /// Passes over blanks and a byte behind them, if it is this one.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard next() == byte else { return false }
    offset &+= 1
    return true
  }

  // MARK: Strings

  /// Passes over a string, whose opening quote is the next byte.
  ///
  /// - Returns: Where it stands; nil if it is none.
  @inline(__always)
  mutating func string() -> Text? {
    let first = offset &+ 1
    let end = plainTextEnd(from: first)
    guard byte(at: end) == UInt8(ascii: "\"") else { return unusualString(from: first, plainUpTo: end) }
    offset = end &+ 1
    return Text(start: first, end: end, hasEscapes: false)
  }

  /// The first byte from an offset on that is a quote, a backslash, a control character or not ASCII, or the end.
  ///
  /// Sixteen bytes at a time: as signed numbers, control characters and what is not ASCII are those below a blank.
  @inline(__always)
  private func plainTextEnd(from first: Int) -> Int {
    let blank = SIMD16<Int8>(repeating: 0x20)
    let quote = SIMD16<Int8>(repeating: 0x22)
    let backslash = SIMD16<Int8>(repeating: 0x5C)
    var index = first
    while index &+ 16 <= bytes.count {
      let part = bytes.loadUnaligned(fromByteOffset: index, as: SIMD16<Int8>.self)
      let special = (part .< blank) .| (part .== quote) .| (part .== backslash)
      let words = unsafeBitCast(special, to: SIMD2<UInt64>.self)
      if words[0] != 0 { return index &+ words[0].trailingZeroBitCount / 8 }
      if words[1] != 0 { return index &+ 8 &+ words[1].trailingZeroBitCount / 8 }
      index &+= 16
    }
    while index < bytes.count {
      let byte = bytes[index]
      guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C else { break }
      index &+= 1
    }
    return index
  }

  /// The rest of a string that is not all plain.
  @inline(never)
  private mutating func unusualString(from first: Int, plainUpTo end: Int) -> Text? {
    var index = end
    var hasEscapes = false
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        offset = index + 1
        return Text(start: first, end: index, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        guard let length = bytes.escapeLength(at: index) else { return nil }
        hasEscapes = true
        index += length
      case 0x80...:
        guard let length = bytes.scalarLength(at: index) else { return nil }
        index += length
      default: return nil
      }
      index = plainTextEnd(from: index)
    }
    return nil
  }

  // MARK: Numbers and words

  /// Passes over a number, whose sign or first digit is the next byte.
  ///
  /// - Returns: Whether it is one.
  @inline(__always)
  mutating func number() -> Bool {
    if byte(at: offset) == UInt8(ascii: "-") { offset &+= 1 }
    let first = offset
    guard digits(), offset == first &+ 1 || byte(at: first) != UInt8(ascii: "0") else { return false }
    if byte(at: offset) == UInt8(ascii: ".") {
      offset &+= 1
      guard digits() else { return false }
    }
    if byte(at: offset) | 0x20 == UInt8(ascii: "e") {
      offset &+= 1
      let sign = byte(at: offset)
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset &+= 1 }
      guard digits() else { return false }
    }
    return true
  }

  /// Passes over digits, of which there must be one; eight bytes at a time.
  ///
  /// A digit's upper half is 3, and remains so with 6 added. A carry goes into bytes behind one that is no digit alone.
  @inline(__always)
  private mutating func digits() -> Bool {
    let first = offset
    let (threes, sixes, upper): (UInt64, UInt64, UInt64) = (
      0x3030_3030_3030_3030, 0x0606_0606_0606_0606, 0xF0F0_F0F0_F0F0_F0F0
    )
    while offset &+ 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let others = ((word & upper) ^ threes) | (((word &+ sixes) & upper) ^ threes)
      if others != 0 {
        offset &+= others.trailingZeroBitCount / 8
        return offset > first
      }
      offset &+= 8
    }
    while isDigit(byte(at: offset)) { offset &+= 1 }
    return offset > first
  }

  /// Passes over `true`, `false` or `null`; what follows a longer word is no separator, which is seen then.
  @inline(never)
  private mutating func word() -> Bool {
    let word: StaticString =
      switch byte(at: offset) {
      case UInt8(ascii: "t"): "true"
      case UInt8(ascii: "f"): "false"
      case UInt8(ascii: "n"): "null"
      default: ""
      }
    let length = word.utf8CodeUnitCount
    guard length > 0 else { return false }
    for index in 0..<length where byte(at: offset + index) != word.utf8Start[index] { return false }
    offset += length
    return true
  }

  // MARK: Values

  /// Passes over a value.
  ///
  /// - Parameter depth: How many objects and arrays it stands in.
  /// - Returns: Whether it is one.
  @inline(__always)
  mutating func value(depth: Int) -> Bool {
    let byte = next()
    if byte == UInt8(ascii: "\"") { return string() != nil }
    if isDigit(byte) || byte == UInt8(ascii: "-") { return number() }
    return containerOrWord(byte, depth: depth)
  }

  @inline(never)
  private mutating func containerOrWord(_ byte: UInt8, depth: Int) -> Bool {
    switch byte {
    case UInt8(ascii: "["): array(depth: depth)
    case UInt8(ascii: "{"):
      members(depth: depth) { (scanner, _) in scanner.value(depth: depth &+ 1) }
    default: word()
    }
  }

  @inline(__always)
  private mutating func array(depth: Int) -> Bool {
    guard depth < depthLimit else { return false }
    offset &+= 1
    if take(UInt8(ascii: "]")) { return true }
    while true {
      guard value(depth: depth &+ 1) else { return false }
      let byte = next()
      offset &+= 1
      if byte == UInt8(ascii: "]") { return true }
      guard byte == UInt8(ascii: ",") else { return false }
    }
  }

  /// Passes over a value that is likely to have stood in the text before: of an array, comparing takes less than reading.
  ///
  /// - Parameter depth: How many objects and arrays it stands in, always the same.
  /// - Returns: Whether it is a value.
  mutating func repeatedValue(depth: Int) -> Bool {
    let start = offset
    guard byte(at: start) == UInt8(ascii: "["), start &+ 24 <= bytes.count else { return value(depth: depth) }
    let beginning = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    let later = bytes.loadUnaligned(fromByteOffset: start &+ 16, as: UInt64.self)
    // The golden ratio's digits spread what differs over the upper bits.
    let slot = Int(((beginning ^ later &* 3) &* 0x9E37_79B9_7F4A_7C15) >> 56)
    if seen.isEmpty { seen = Array(repeating: (0, 0), count: 256) }
    let known = (start: Int(seen[slot].start), count: Int(seen[slot].count))
    // An array ends where its brackets do: bytes that are the same are one array.
    if known.count > 0, start &+ known.count <= bytes.count, let text = bytes.baseAddress,
      memcmp(text + known.start, text + start, known.count) == 0
    {
      offset = start &+ known.count
      return true
    }
    guard value(depth: depth) else { return false }
    seen[slot] = (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: offset &- start))
    return true
  }

  /// Passes over an object, whose opening brace is the next byte.
  ///
  /// - Parameters:
  ///   - depth: How many objects and arrays it stands in.
  ///   - body: Is given each key, and passes over its value; whether that is one.
  /// - Returns: Whether it is one.
  @inline(__always)
  mutating func members(depth: Int, _ body: (inout JSONScanner, Text) -> Bool) -> Bool {
    guard depth < depthLimit else { return false }
    offset &+= 1
    var byte = next()
    if byte == UInt8(ascii: "}") {
      offset &+= 1
      return true
    }
    while true {
      guard byte == UInt8(ascii: "\""), let key = string(), take(UInt8(ascii: ":")), body(&self, key) else {
        return false
      }
      byte = next()
      offset &+= 1
      if byte == UInt8(ascii: "}") { return true }
      guard byte == UInt8(ascii: ",") else { return false }
      byte = next()
    }
  }

  /// Whether a string or key is written as `text`; one with escapes is not.
  @inline(__always)
  func isEqual(_ range: Text, to text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard range.end &- range.start == count else { return false }
    for index in 0..<count where bytes[range.start &+ index] != text.utf8Start[index] { return false }
    return true
  }
}

/// Whether a byte is a digit.
@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }
