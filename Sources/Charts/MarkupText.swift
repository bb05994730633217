import JSONText

/// A text as it stands in XML and HTML, in elements and in quoted attributes alike: never markup, whatever it says.
///
/// White space becomes a space, and characters that do not show themselves become escapes, as `visible` has them. The few
/// others that XML 1.0 does not allow become U+FFFD.
package func markupEscaped(_ text: String) -> String {
  // Nearly all text of a chart is numbers and names.
  if isPlain(text, without: isMarkup) { return text }
  var escaped = ""
  escaped.reserveCapacity(text.utf8.count)
  let spaced = String(
    String.UnicodeScalarView(text.unicodeScalars.map { "\t\n\r".unicodeScalars.contains($0) ? " " : $0 }))
  for scalar in visible(spaced).unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    default: escaped.unicodeScalars.append((scalar.value & 0xFFFE) == 0xFFFE ? "\u{FFFD}" : scalar)
    }
  }
  return escaped
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
  for character in text {
    switch character {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ": units += 0.32
    case "f", "r", "t", "(", ")", "-", "/": units += 0.4
    case "m", "M", "W", "w", "@", "%": units += 0.95
    case let other where other.isUppercase: units += 0.72
    case let other where other.isASCII: units += 0.63
    default: units += 1
    }
  }
  return units * size
}

/// A text cut, with an ellipsis, to what fits into a width.
func fitted(_ text: String, into width: Double, size: Double) -> String {
  if textWidth(text, size: size) <= width { return text }
  var prefix = text
  while !prefix.isEmpty, textWidth(prefix + "…", size: size) > width { prefix.removeLast() }
  return prefix.isEmpty ? "" : prefix + "…"
}
