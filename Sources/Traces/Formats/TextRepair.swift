import JSONText

/// Makes JSON of a value that nearly is: what exporters write wrongly, and viewers of traces put up with.
///
/// Known from bug reports: backslashes of Windows paths and quotes within names that are not escaped (pytorch/pytorch#98432
/// and #146900), `NaN`, `inf` and the like, control characters, bytes that are no UTF-8, half a surrogate pair, and commas
/// with nothing behind them. A quote ends a string where the text goes on as it must behind one.
struct TextRepair {
  /// What cannot be mended.
  enum Failure: Error {
    /// The text ends within the value.
    case ended
    /// The value is none.
    case hopeless
  }

  /// The value as JSON.
  private(set) var repaired: [UInt8] = []
  /// Whether anything had to be mended.
  private(set) var isChanged = false
  /// The first byte that is not read yet.
  private(set) var index = 0
  private let text: UnsafeRawBufferPointer
  private let isAll: Bool
  private var depth = 0

  /// How long a value may be that is mended.
  private static let longest = 1 << 20
  private static let depthLimit = 256
  /// How long a key may be, by which the end of the string before it is told.
  private static let longestKey = 128

  /// - Parameters:
  ///   - text: Begins with the value.
  ///   - isAll: Whether nothing follows the text.
  init(_ text: UnsafeRawBufferPointer, isAll: Bool) {
    self.text = text
    self.isAll = isAll
  }

  /// What a value stands in, which tells what may follow it.
  enum Surroundings {
    case object
    case array
  }

  /// Reads a value.
  mutating func readValue(in surroundings: Surroundings) throws(Failure) {
    let byte = try skipBlanks()
    guard index < Self.longest else { throw .hopeless }
    switch byte {
    case UInt8(ascii: "{"): try readObject()
    case UInt8(ascii: "["): try readArray()
    case UInt8(ascii: "\""): try readString { repair, end throws(Failure) in try repair.endsValue(end, surroundings) }
    default: try readWord()
    }
  }

  private mutating func readObject() throws(Failure) {
    try enter("{")
    var isFirst = true
    while true {
      var byte = try skipBlanks()
      while byte == UInt8(ascii: ",") {
        index += 1
        byte = try skipBlanks()
      }
      if byte == UInt8(ascii: "}") { break }
      guard byte == UInt8(ascii: "\"") else { throw .hopeless }
      if !isFirst { repaired.append(UInt8(ascii: ",")) }
      isFirst = false
      // A quote within a key would be mistaken for one that ends it; keys are the exporters' own words, and have none.
      try readString { repair, end throws(Failure) in
        guard try repair.peek(end) == UInt8(ascii: ":") else { throw .hopeless }
        return true
      }
      guard try skipBlanks() == UInt8(ascii: ":") else { throw .hopeless }
      index += 1
      repaired.append(UInt8(ascii: ":"))
      try readValue(in: .object)
    }
    leave("}")
  }

  private mutating func readArray() throws(Failure) {
    try enter("[")
    var isFirst = true
    while true {
      var byte = try skipBlanks()
      while byte == UInt8(ascii: ",") {
        index += 1
        byte = try skipBlanks()
      }
      if byte == UInt8(ascii: "]") { break }
      if !isFirst { repaired.append(UInt8(ascii: ",")) }
      isFirst = false
      try readValue(in: .array)
    }
    leave("]")
  }

  private mutating func enter(_ bracket: Unicode.Scalar) throws(Failure) {
    guard depth < Self.depthLimit else { throw .hopeless }
    depth += 1
    index += 1
    repaired.append(UInt8(ascii: bracket))
  }

  private mutating func leave(_ bracket: Unicode.Scalar) {
    depth -= 1
    index += 1
    repaired.append(UInt8(ascii: bracket))
  }

  /// Reads a number or word; what is neither a number of JSON nor one of its words becomes null.
  private mutating func readWord() throws(Failure) {
    let start = index
    while true {
      guard index < text.count else {
        if isAll { break }
        throw .ended
      }
      let byte = text[index]
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || byte <= 0x20 { break }
      guard index - start < 64, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "{"), byte != UInt8(ascii: "[") else {
        throw .hopeless
      }
      index += 1
    }
    guard index > start else { throw .hopeless }
    let word = Array(text[start..<index])
    if isJSON(word) {
      repaired += word
    } else {
      mend(to: "null")
    }
  }

  /// Whether a word is a value by itself.
  private func isJSON(_ word: [UInt8]) -> Bool {
    var parser = JSONPullParser(word, file: "")
    guard (try? parser.next()) != nil, let end = try? parser.next() else { return false }
    return end == .end
  }

  // MARK: Strings

  /// Reads a string or key; a quote ends it where the text behind it is what must follow.
  private mutating func readString(
    until isEnd: (TextRepair, Int) throws(Failure) -> Bool
  ) throws(Failure) {
    repaired.append(UInt8(ascii: "\""))
    index += 1
    while true {
      guard index < text.count else { throw .ended }
      guard index < Self.longest else { throw .hopeless }
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\""):
        if try isEnd(self, index + 1) {
          index += 1
          repaired.append(UInt8(ascii: "\""))
          return
        }
        mend(to: "\\\"")
        index += 1
      case UInt8(ascii: "\\"): try readBackslash(isEnd)
      case ..<0x20:
        mend(to: "\\u00")
        repaired += [digit(byte >> 4), digit(byte & 15)]
        index += 1
      case ..<0x80:
        repaired.append(byte)
        index += 1
      default: try readScalar()
      }
    }
  }

  /// A backslash that begins an escape, or that should have been escaped itself.
  private mutating func readBackslash(
    _ isEnd: (TextRepair, Int) throws(Failure) -> Bool
  ) throws(Failure) {
    guard index + 1 < text.count else { throw .ended }
    let letter = text[index + 1]
    let escape = Array("\\".utf8)
    switch letter {
    case UInt8(ascii: "\""):
      // A path may end in a backslash: "C:\", and what follows is then a key.
      if try isEnd(self, index + 2) {
        mend(to: "\\\\")
        index += 1
      } else {
        repaired += escape + [letter]
        index += 2
      }
    case UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      repaired += escape + [letter]
      index += 2
    case UInt8(ascii: "u"): try readCodeUnit()
    default:
      mend(to: "\\\\")
      index += 1
    }
  }

  private mutating func readCodeUnit() throws(Failure) {
    guard let unit = try codeUnit(at: index) else {
      mend(to: "\\\\")
      index += 1
      return
    }
    var length = 6
    if (0xD800...0xDBFF).contains(unit), let low = try codeUnit(at: index + 6), (0xDC00...0xDFFF).contains(low) {
      length = 12
    } else if (0xD800...0xDFFF).contains(unit) {
      mend(to: "\\ufffd")
      index += 6
      return
    }
    repaired += Array(text[index..<index + length])
    index += length
  }

  private func codeUnit(at start: Int) throws(Failure) -> UInt32? {
    guard start + 6 <= text.count else {
      if isAll { return nil }
      throw .ended
    }
    guard text[start] == UInt8(ascii: "\\"), text[start + 1] == UInt8(ascii: "u") else { return nil }
    return UInt32(String(decoding: text[start + 2..<start + 6], as: UTF8.self), radix: 16)
  }

  /// A scalar beyond ASCII; bytes that are none become U+FFFD.
  private mutating func readScalar() throws(Failure) {
    guard index + 4 <= text.count || isAll else { throw .ended }
    var decoder = UTF8()
    var bytes = text[index..<min(index + 4, text.count)].makeIterator()
    switch decoder.decode(&bytes) {
    case .scalarValue(let scalar):
      let encoded = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      repaired += encoded
      index += encoded.count
    default:
      mend(to: "\u{FFFD}")
      index += 1
    }
  }

  private mutating func mend(to text: String) {
    repaired += Array(text.utf8)
    isChanged = true
  }

  private func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  // MARK: What follows a string

  /// Whether the text from a place on is what follows a value.
  private func endsValue(_ start: Int, _ surroundings: Surroundings) throws(Failure) -> Bool {
    let (byte, place) = try next(start)
    switch (byte, surroundings) {
    case (UInt8(ascii: "}"), .object), (UInt8(ascii: "]"), .array):
      let (following, _) = try next(place + 1)
      return following == nil || following == UInt8(ascii: ",") || following == UInt8(ascii: "}")
        || following == UInt8(ascii: "]")
    case (UInt8(ascii: ","), .object):
      let (following, key) = try next(place + 1)
      if following == UInt8(ascii: "}") { return true }
      return following == UInt8(ascii: "\"") ? try isKey(key) : false
    case (UInt8(ascii: ","), .array):
      guard let following = try next(place + 1).byte else { return true }
      return "\"[{]-0123456789tfnNI".utf8.contains(following)
    default: return byte == nil && isAll
    }
  }

  /// Whether a key and its colon begin at a quote.
  private func isKey(_ start: Int) throws(Failure) -> Bool {
    var place = start + 1
    while place < text.count, text[place] != UInt8(ascii: "\"") {
      guard place - start < Self.longestKey, text[place] >= 0x20 else { return false }
      place += 1
    }
    guard place < text.count else {
      if isAll { return false }
      throw .ended
    }
    return try peek(place + 1) == UInt8(ascii: ":")
  }

  /// The first byte from a place on that is not blank, and where it stands; nil at the end of all.
  private func next(_ start: Int) throws(Failure) -> (byte: UInt8?, place: Int) {
    var place = start
    while place < text.count, isBlank(text[place]) { place += 1 }
    if place < text.count { return (text[place], place) }
    if isAll { return (nil, place) }
    throw .ended
  }

  private func peek(_ start: Int) throws(Failure) -> UInt8? { try next(start).byte }

  private mutating func skipBlanks() throws(Failure) -> UInt8 {
    let (byte, place) = try next(index)
    index = place
    guard let byte else { throw .ended }
    return byte
  }
}

/// Whether a byte is a blank between tokens.
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
