/// Reads values as Python writes them (`[[64, 128], 'Tensor(float)', None]`): lists, tuples, numbers, texts and words.
///
/// Converters write lists into text fields by Python's `str`. What is none of these becomes null.
struct PythonLiteral {
  private let bytes: [UInt8]
  private var offset = 0
  /// Deeper lists become null.
  private static let depthLimit = 64

  /// The value that a text begins with.
  static func value(of text: String) -> JSONRecord {
    var reader = PythonLiteral(bytes: Array(text.utf8))
    return reader.value(depth: 0)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte <= 0x20 { offset += 1 }
  }

  private mutating func value(depth: Int) -> JSONRecord {
    skipBlanks()
    guard let first = next, depth < Self.depthLimit else {
      offset = bytes.count
      return .null
    }
    switch first {
    case UInt8(ascii: "["): return list(until: UInt8(ascii: "]"), depth)
    case UInt8(ascii: "("): return list(until: UInt8(ascii: ")"), depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(text(until: first))
    default: return word()
    }
  }

  private mutating func list(until end: UInt8, _ depth: Int) -> JSONRecord {
    offset += 1
    var elements: [JSONRecord] = []
    while true {
      skipBlanks()
      guard let byte = next else { return .array(elements) }
      if byte == end {
        offset += 1
        return .array(elements)
      }
      if byte == UInt8(ascii: ",") {
        offset += 1
        continue
      }
      let start = offset
      elements.append(value(depth: depth + 1))
      // A bracket that nothing opened would be read for ever.
      if offset == start { offset += 1 }
    }
  }

  private mutating func text(until quote: UInt8) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = next, byte != quote {
      if byte == UInt8(ascii: "\\"), offset + 1 < bytes.count { offset += 1 }
      text.append(bytes[offset])
      offset += 1
    }
    offset += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func word() -> JSONRecord {
    let start = offset
    while let byte = next, !",[]() \n\t".utf8.contains(byte) { offset += 1 }
    let word = String(decoding: bytes[start..<offset], as: UTF8.self)
    switch word {
    case "True", "true": return .flag(true)
    case "False", "false": return .flag(false)
    default:
      if let integer = Int64(word) { return .integer(integer) }
      guard let number = Double(word), number.isFinite else { return .null }
      return .real(number)
    }
  }
}
