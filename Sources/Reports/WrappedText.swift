/// A text in lines of at most `width` characters, broken between words, each ended by a line break.
///
/// - Parameters:
///   - text: Words with single spaces; what is set in at its beginning stays so.
///   - width: The characters of a line; a longer word has a line of its own.
///   - indent: How far the lines after the first one are set in, from where it begins.
/// - Returns: The lines, one after the other.
func wrapped(_ text: String, width: Int, indent: Int) -> String {
  wrappedLines(text, width: width, indent: indent).map { $0 + "\n" }.joined()
}

/// The same lines, without line breaks.
func wrappedLines(_ text: String, width: Int, indent: Int) -> [String] {
  let margin = text.prefix { $0 == " " }
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if line.isEmpty {
      line = String(margin + word)
    } else if line.count + 1 + word.count > width {
      lines.append(line)
      line = margin + String(repeating: " ", count: indent) + word
    } else {
      line += " " + word
    }
  }
  return lines + [line]
}

/// A text in pieces of at most `width` characters, broken between words, and within those that are longer.
func brokenText(_ text: String, width: Int) -> [String] {
  wrappedLines(text, width: width, indent: 0).flatMap { line -> [String] in
    var (pieces, rest): ([String], Substring) = ([], line[...])
    while rest.count > width {
      pieces.append(String(rest.prefix(width)))
      rest = rest.dropFirst(width)
    }
    return pieces + [String(rest)]
  }
}
