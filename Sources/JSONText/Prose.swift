/// How messages quote what users wrote: always on one line, never at a length that buries the message.
///
/// A file that is wrong may be hostile too: its keys may hold line feeds, terminal escapes or a megabyte of text.

/// The most Unicode scalars that a message repeats of any one text.
private let longestQuotation = 80

/// The most Unicode scalars of a path: as many as systems allow, since a path that is cut names no file.
private let longestPath = 4096

/// `text` on one line: what ``visible(_:)`` escapes as escapes, and an ellipsis where it is cut.
package func oneLine(_ text: String) -> String { oneLine(text, atMost: longestQuotation) }

/// The path of a file on one line, whole.
package func onePathLine(_ path: String) -> String { oneLine(path, atMost: longestPath) }

private func oneLine(_ text: String, atMost limit: Int) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > limit else { return visible(text) }
  return visible(String(String.UnicodeScalarView(scalars.prefix(limit)))) + "..."
}

/// `text` in double quotes, on one line.
package func quoted(_ text: String) -> String { "\"\(oneLine(text))\"" }

/// A list in words: `a`, `a or b`, `a, b or c`; after a dozen, how many more there are.
package func listed(_ words: [String], by conjunction: String) -> String {
  let most = 12
  if words.count > most + 1 {
    return words.prefix(most).joined(separator: ", ") + " and \(words.count - most) more"
  }
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
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
