import JSONText

/// A text as it stands in XML and HTML, in elements and in quoted attributes alike: never markup, whatever it says.
///
/// White space becomes a space, and characters that do not show themselves become escapes, as `visible` has them. The few
/// others that XML 1.0 does not allow become U+FFFD.
package func markupEscaped(_ text: String) -> String {
  // Nearly all text of a chart is numbers and names.
  if isPlain(text, without: isMarkup) { return text }
  var escaped: [UInt8] = []
  escaped.reserveCapacity(text.utf8.count)
  appendRewritten(text, to: &escaped, keeping: { 0x20 <= $0 && $0 <= 0x7E && !isMarkup($0) }) { scalar in
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "'": "&#39;"
    case "\t", "\n", "\r": " "
    case _ where scalar.isUnshowable: escape(of: scalar)
    case _ where (scalar.value & 0xFFFE) == 0xFFFE: "\u{FFFD}"
    default: nil
    }
  }
  return String(decoding: escaped, as: UTF8.self)
}

/// Whether a byte of ASCII is written otherwise in XML.
private func isMarkup(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
  default: false
  }
}

/// How wide a text is at most, in pixels, in the sans-serif faces that systems have.
///
/// Widths are those of DejaVu Sans, the widest of them, so that what is laid out by them fits in all.
func textWidth(_ text: String, size: Double) -> Double {
  var units = 0.0
  var text = text
  let plain = text.withUTF8 { bytes in
    let widths = asciiWidths
    let count = lengthOfPlain(bytes)
    for index in 0..<count { units += widths[Int(bytes[index])] }
    return count
  }
  guard plain < text.utf8.count else { return units * size }
  for character in text[text.utf8.index(text.startIndex, offsetBy: plain)...] { units += width(of: character) }
  return units * size
}

/// How many bytes a text begins with that are each a character: all up to the first that is not ASCII, but for the one
/// before it, which may belong to it, and for the two that break a line.
private func lengthOfPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
  guard let end = bytes.firstIndex(where: { $0 >= 0x80 || $0 == 0x0D }) else { return bytes.count }
  return max(0, end - 1)
}

/// The widths of ASCII's characters: nearly all text of a chart is made of them.
private let asciiWidths = (0..<0x80).map { width(of: Character(Unicode.Scalar(UInt8($0)))) }

/// How wide a character is, of a font as large as 1.
private func width(of character: Character) -> Double {
  switch character {
  case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ": 0.32
  case "f", "r", "t", "(", ")", "-", "/": 0.4
  case "m", "M", "W", "w", "@", "%": 0.95
  case let other where other.isUppercase: 0.72
  case let other where other.isASCII: 0.63
  default: 1
  }
}

/// A text cut, with an ellipsis, to what fits into a width.
func fitted(_ text: String, into width: Double, size: Double) -> String {
  if textWidth(text, size: size) <= width { return text }
  var prefix = text
  while !prefix.isEmpty, textWidth(prefix + "…", size: size) > width { prefix.removeLast() }
  return prefix.isEmpty ? "" : prefix + "…"
}
