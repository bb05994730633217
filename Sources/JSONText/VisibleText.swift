/// How text from outside is shown: names and titles of files, values, paths, the environment, arguments.
///
/// Such text may hold what a terminal or a page obeys instead of showing it. Every destination has one function that all
/// text from outside passes: this one for terminals, tables and messages, `JSONWriter` for JSON, `markupEscaped` for
/// HTML and SVG, `TextTable.markdown()` for Markdown, `CSVText.field(_:)` for CSV.

/// `text` on one line of characters that show themselves; all others stand as escapes: `\n`, `\u001b`, `\u202e`.
///
/// A byte of a path that is not UTF-8 (``PathBytes``) stands as `\xff`. Escaping twice changes nothing more.
package func visible(_ text: String) -> String { escaped(text) { $0.isUnshowable } }

/// `text` as ``visible(_:)`` has it, with its line feeds and tabs as they are.
package func visibleLines(_ text: String) -> String { escaped(text) { $0.isUnshowable && $0 != "\n" && $0 != "\t" } }

private func escaped(_ text: String, where mustBeEscaped: (Unicode.Scalar) -> Bool) -> String {
  // Nearly all text is plain.
  if isPlain(text) { return text }
  guard text.unicodeScalars.contains(where: mustBeEscaped) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if mustBeEscaped(scalar) {
      result += escape(of: scalar)
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Whether a text is of ASCII's characters that show themselves, and the space.
///
/// - Parameters:
///   - text: The text.
///   - isOther: Which of these characters count as others all the same.
/// - Returns: Whether it is.
package func isPlain(_ text: String, without isOther: (UInt8) -> Bool = { _ in false }) -> Bool {
  var text = text
  return text.withUTF8 { bytes in
    for index in 0..<bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte > 0x7E || isOther(byte) { return false }
    }
    return true
  }
}

extension Unicode.Scalar {
  /// Whether something obeys the character instead of showing it: a terminal that acts, a line that breaks, text whose
  /// direction turns; or the character stands for a byte that is none.
  package var isUnshowable: Bool {
    switch value {
    case 0x20..<0x7F: false
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: PathBytes.byte(of: self) != nil
    }
  }
}

/// The escape of a character, as in JSON: `\n`, `\u001b`; of a byte of a path, `\xff`.
package func escape(of scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": return "\\n"
  case "\r": return "\\r"
  case "\t": return "\\t"
  case "\u{8}": return "\\b"
  case "\u{C}": return "\\f"
  default:
    if let byte = PathBytes.byte(of: scalar) { return "\\x" + hex(UInt32(byte), digits: 2) }
    return "\\u" + hex(scalar.value, digits: 4)
  }
}
