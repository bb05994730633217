/// How messages quote what users wrote: always on one line, never at a length that buries the message.
///
/// A file that is wrong may be hostile too: its keys may hold line feeds, terminal escapes or a megabyte of text.

/// The most Unicode scalars that a message repeats of any one text.
private let longestQuotation = 80

/// The most Unicode scalars of a path: as many as systems allow, since a path that is cut names no file.
private let longestPath = 4096

/// `text` on one line: control characters as escapes, and an ellipsis where it is cut.
func oneLine(_ text: String) -> String { oneLine(text, atMost: longestQuotation) }

/// The path of a file on one line, whole.
func onePathLine(_ path: String) -> String { oneLine(path, atMost: longestPath) }

private func oneLine(_ text: String, atMost limit: Int) -> String {
  var line = ""
  for (count, scalar) in text.unicodeScalars.enumerated() {
    guard count < limit || text.unicodeScalars.count <= limit else { return line + "..." }
    line += isControl(scalar) ? escape(of: scalar) : String(scalar)
  }
  return line
}

/// `text` in double quotes, on one line.
public func quoted(_ text: String) -> String { "\"\(oneLine(text))\"" }

/// A list in words: `a`, `a or b`, `a, b or c`; after a dozen, how many more there are.
public func listed(_ words: [String], by conjunction: String) -> String {
  let most = 12
  if words.count > most + 1 {
    return words.prefix(most).joined(separator: ", ") + " and \(words.count - most) more"
  }
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}

/// The JSON escape of a control character: `\n`, `\u001b`.
func escape(of scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": "\\n"
  case "\r": "\\r"
  case "\t": "\\t"
  case "\u{8}": "\\b"
  case "\u{C}": "\\f"
  default: "\\u" + hex(scalar.value, digits: 4)
  }
}

/// A character's words in a message: `U+0007`, or its common name.
func name(of scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": "a line feed"
  case "\r": "a carriage return"
  case "\t": "a tab"
  default: "the character U+" + hex(scalar.value, digits: 4).uppercased()
  }
}

/// `value` in lower-case hexadecimal, with zeros before it up to `digits`.
func hex(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// Whether a terminal would act on the character, or a line would break at it, rather than show it.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
    || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}
