/// A text in lines of at most `width` characters, broken between words, each ended by a line break.
///
/// - Parameters:
///   - text: Words with single spaces.
///   - width: The characters of a line; a longer word has a line of its own.
///   - indent: How far the lines after the first one are set in.
/// - Returns: The lines, one after the other.
func wrapped(_ text: String, width: Int, indent: Int) -> String {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if line.isEmpty {
      line = String(word)
    } else if line.count + 1 + word.count > width {
      lines.append(line)
      line = String(repeating: " ", count: indent) + word
    } else {
      line += " " + word
    }
  }
  lines.append(line)
  return lines.map { $0 + "\n" }.joined()
}
