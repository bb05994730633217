/// Appends a text with some of its characters replaced; what stays is copied by the stretch.
///
/// A page holds megabytes of markup as text, of which nearly all stays as it is.
///
/// - Parameters:
///   - text: The text.
///   - output: Where its bytes go, in UTF-8.
///   - isKept: Whether a character of ASCII stays.
///   - replacement: What stands for any other character; nil where it stays.
package func appendRewritten(
  _ text: String, to output: inout [UInt8], keeping isKept: (UInt8) -> Bool,
  _ replacement: (Unicode.Scalar) -> String?
) {
  var text = text
  text.withUTF8 { bytes in
    var copied = 0
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      if first < 0x80, isKept(first) {
        index += 1
        continue
      }
      let (scalar, length) = scalar(at: index, of: bytes)
      if let replacement = replacement(scalar) {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<index]))
        output.append(contentsOf: replacement.utf8)
        copied = index + length
      }
      index += length
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
  }
}

/// The character that begins at a byte of a string, which is UTF-8 throughout, and how many bytes it has.
private func scalar(at index: Int, of bytes: UnsafeBufferPointer<UInt8>) -> (scalar: Unicode.Scalar, length: Int) {
  let first = bytes[index]
  if first < 0x80 { return (Unicode.Scalar(first), 1) }
  let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  var value = UInt32(first) & (0x7F >> UInt32(length))
  for next in bytes[index + 1..<index + length] { value = value << 6 | UInt32(next & 0x3F) }
  return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
}
