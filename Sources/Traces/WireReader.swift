/// Reads the fields of a message of Protocol Buffers in their wire format, whatever the schema.
///
/// Source: https://protobuf.dev/programming-guides/encoding/. Nothing is read outside of the message's own bytes.
struct WireReader {
  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int

  /// A field's value.
  enum Value {
    case variable(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// A text, bytes, or a message, as a range of the bytes.
    case bytes(Range<Int>)
  }

  /// The message is damaged, at a byte.
  struct Damage: Error {
    let offset: Int
  }

  /// Reads a message in some bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next field's number and value; nil at the end.
  mutating func next() throws(Damage) -> (field: Int, value: Value)? {
    guard offset < end else { return nil }
    let start = offset
    let tag = try variable()
    let field = Int(tag >> 3)
    guard field > 0, field < 1 << 29 else { throw Damage(offset: start) }
    switch tag & 7 {
    case 0: return (field, .variable(try variable()))
    case 1: return (field, .fixed64(try fixed(8)))
    case 2:
      let length = try variable()
      guard length <= UInt64(end - offset) else { throw Damage(offset: start) }
      let range = offset..<offset + Int(length)
      offset = range.upperBound
      return (field, .bytes(range))
    case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw Damage(offset: start)
    }
  }

  private mutating func variable() throws(Damage) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < end, shift < 70 {
      let byte = bytes[offset]
      offset += 1
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Damage(offset: offset)
  }

  private mutating func fixed(_ length: Int) throws(Damage) -> UInt64 {
    guard end - offset >= length else { throw Damage(offset: offset) }
    var value: UInt64 = 0
    for place in 0..<length { value |= UInt64(bytes[offset + place]) << (8 * UInt64(place)) }
    offset += length
    return value
  }
}

extension WireReader.Value {
  /// The number, if it is one.
  var number: UInt64? {
    switch self {
    case .variable(let value), .fixed64(let value): value
    case .fixed32(let value): UInt64(value)
    case .bytes: nil
    }
  }

  /// The number as one with a sign.
  var integer: Int64? { number.map { Int64(bitPattern: $0) } }

  /// Where the bytes are, if it has some.
  var range: Range<Int>? {
    if case .bytes(let range) = self { return range }
    return nil
  }
}

extension WireReader {
  /// Reads a number where a tag or length stands, to tell a format by its first bytes; of no use once it fails.
  mutating func variableForProbe() throws(Damage) -> UInt64 { try variable() }

  /// The text of the first field of number 2, before which only numbers may stand; nil where something else does.
  mutating func nameForProbe() -> String? {
    while offset < end {
      guard let tag = try? variable() else { return nil }
      if tag & 7 == 0 {
        guard (try? variable()) != nil else { return nil }
        continue
      }
      guard tag == 2 << 3 | 2, let length = try? variable(), length <= UInt64(end - offset) else { return nil }
      return String(decoding: bytes[offset..<offset + Int(length)], as: UTF8.self)
    }
    return nil
  }
}

extension WireReader {
  /// Reads a recording from messages, and says of what is damaged where it is.
  ///
  /// - Parameters:
  ///   - file: The recording.
  ///   - body: Reads it.
  /// - Returns: The recording.
  /// - Throws: ``TraceFault``.
  static func reading(_ file: String, _ body: () throws -> Trace) throws(TraceFault) -> Trace {
    do { return try body() } catch let damage as Damage {
      throw .content(.damagedMessage(byteOffset: damage.offset), file: file)
    } catch let fault as TraceFault {
      throw fault
    } catch {
      throw .notARecording(file: file)
    }
  }
}
