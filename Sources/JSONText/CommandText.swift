/// A command line in lines of at most `width` characters, each but the last ended by a backslash, so that a shell takes them
/// as one.
///
/// - Parameters:
///   - line: The command, its words with single spaces.
///   - width: The characters of a line; a longer word has a line of its own.
///   - indent: How far the lines after the first one are set in.
/// - Returns: The lines, at least one.
package func brokenCommand(_ line: String, width: Int, indent: Int) -> [String] {
  guard line.count > width else { return [line] }
  var lines: [String] = []
  var current = ""
  for word in shellWords(line) {
    if current.isEmpty {
      current = word
    } else if current.count + 1 + word.count + 2 > width {
      lines.append(current + " \\")
      current = String(repeating: " ", count: indent) + word
    } else {
      current += " " + word
    }
  }
  return lines + [current]
}

/// The words of a command line: what quotes hold together is not broken.
private func shellWords(_ line: String) -> [String] {
  var words: [String] = []
  var open = false
  for part in line.split(separator: " ") {
    if open, let last = words.popLast() { words.append(last + " " + part) } else { words.append(String(part)) }
    let quotes = part.count { $0 == "'" || $0 == "\"" }
    if !quotes.isMultiple(of: 2) { open.toggle() }
  }
  return words
}
