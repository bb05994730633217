/// Paths as text that loses no byte.
///
/// To the system a path is bytes, which need not be UTF-8. A byte that is not part of valid UTF-8 is one of 128 characters
/// at the end of the last private plane, U+10FF80 to U+10FFFF, of which no path is made otherwise: where the bytes of one
/// of these characters stand in a path, they count as not valid too. So every path has one text, and every such text is
/// one path. Only ``withCPath(_:_:)`` turns text into bytes again, and ``visible(_:)`` shows the byte as `\xff`.
package enum PathBytes {
  private static let first: UInt32 = 0x10_FF00

  /// The byte that a character stands for, or nil for a character that is one.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    scalar.value >= first + 0x80 ? UInt8(scalar.value - first) : nil
  }

  /// The text of a path's bytes, or of an argument or variable that may hold a path.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    // The characters that stand for bytes begin with 0xF4 in UTF-8, as no others but those of the last plane do.
    if !bytes.contains(0xF4), let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var (parser, iterator) = (UTF8.ForwardParser(), bytes.makeIterator())
    var rest = bytes[...]
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let units):
        let scalar = UTF8.decode(units)
        if byte(of: scalar) == nil {
          text.unicodeScalars.append(scalar)
        } else {
          append(rest.prefix(units.count), to: &text)
        }
        rest = rest.dropFirst(units.count)
      case .error(let length):
        append(rest.prefix(length), to: &text)
        rest = rest.dropFirst(length)
      case .emptyInput: return text
      }
    }
  }

  private static func append(_ bytes: some Collection<UInt8>, to text: inout String) {
    for byte in bytes {
      guard let scalar = Unicode.Scalar(first + UInt32(byte)) else { continue }
      text.unicodeScalars.append(scalar)
    }
  }

  /// The text of a path that ends in a zero byte, as the system gives it.
  package static func text(cString: UnsafePointer<CChar>) -> String {
    let length = UnsafeRawPointer(cString).assumingMemoryBound(to: UInt8.self)
    var count = 0
    while length[count] != 0 { count += 1 }
    return text(UnsafeBufferPointer(start: length, count: count))
  }

  /// The bytes of a path's text.
  package static func bytes(_ text: String) -> [UInt8] {
    guard text.utf8.contains(0xF4) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in byte(of: scalar).map { [$0] } ?? Array(String(scalar).utf8) }
  }
}

/// Calls the system with a path: the one place where a path's text becomes bytes.
///
/// A text with a zero character is no path; it becomes the empty path, which nothing has.
///
/// - Parameters:
///   - path: The path's text.
///   - body: Gets the bytes with a zero at their end, and must not keep them.
/// - Returns: What `body` returns; `errno` is as `body` left it.
package func withCPath<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  let bytes = PathBytes.bytes(path)
  let path = bytes.contains(0) ? [0] : bytes.map { CChar(bitPattern: $0) } + [0]
  return path.withUnsafeBufferPointer { buffer in
    // A path has at least its zero, so there is a first byte.
    guard let start = buffer.baseAddress else { preconditionFailure("a path without its zero") }
    return body(start)
  }
}
