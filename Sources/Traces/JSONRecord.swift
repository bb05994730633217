import JSONText

/// A value of JSON, of a record that is small: one event, or one line.
indirect enum JSONRecord: Sendable {
  case object([String: JSONRecord])
  case array([JSONRecord])
  case text(String)
  case integer(Int64)
  case real(Double)
  case flag(Bool)
  case null

  /// Reads the next value.
  ///
  /// - Throws: What is not JSON.
  static func read(_ parser: inout JSONPullParser) throws(JSONFault) -> JSONRecord {
    try read(parser.next(), &parser)
  }

  /// The value that a token begins, of which the rest is read.
  ///
  /// The parser bounds how deep values stand within each other.
  static func read(_ token: JSONToken, _ parser: inout JSONPullParser) throws(JSONFault) -> JSONRecord {
    switch token {
    case .beginObject:
      var members: [String: JSONRecord] = [:]
      while case .key(let range) = try parser.next() {
        let key = parser.text(of: range)
        members[key] = try read(&parser)
      }
      return .object(members)
    case .beginArray:
      var elements: [JSONRecord] = []
      while true {
        let next = try parser.next()
        if next == .endArray { return .array(elements) }
        elements.append(try read(next, &parser))
      }
    case .string(let range): return .text(parser.text(of: range))
    case .number(let range):
      let digits = parser.bytes[range.start..<range.end]
      if digits.allSatisfy({ $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }),
        let value = parser.integer(of: range)
      {
        return .integer(value)
      }
      return .real(try parser.double(of: range))
    case .boolean(let value): return .flag(value)
    default: return .null
    }
  }

  /// A member of an object; nil where there is none.
  subscript(key: String) -> JSONRecord? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  /// The number, also where it is written as text.
  var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int64(exactly: value.rounded())
    case .text(let text): Int64(text)
    default: nil
    }
  }

  /// The text, also that of a number.
  var text: String? {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    default: nil
    }
  }

  /// The elements of an array; none of anything else.
  var elements: [JSONRecord] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  /// Microseconds as whole nanoseconds.
  var nanosecondsOfMicroseconds: Int64? {
    switch self {
    case .integer(let value):
      let (product, overflows) = value.multipliedReportingOverflow(by: 1000)
      return overflows ? nil : product
    case .real(let value):
      let nanoseconds = (value * 1000).rounded()
      return abs(nanoseconds) < 0x1p62 ? Int64(nanoseconds) : nil
    default: return nil
    }
  }
}
