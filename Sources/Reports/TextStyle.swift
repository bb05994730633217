import JSONText

/// How a piece of text stands out on a terminal that shows it.
package enum TextStyle: Int, Hashable, Sendable, CaseIterable {
  /// Heavier.
  case bold = 1
  /// Fainter.
  case dim = 2
  /// For what is wrong or bad.
  case red = 31
  /// For what is right or good.
  case green = 32
  /// For what deserves attention.
  case yellow = 33
  /// For what is named.
  case cyan = 36

  /// The text between the ANSI escape sequences that switch the style on and off; an empty text stays empty.
  package func applied(to text: String) -> String {
    text.isEmpty ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
  }

  /// A text for a terminal in which nothing is obeyed but line feeds, tabs and the styles of ``applied(to:)``.
  package static func guarded(_ text: String) -> String {
    guard text.utf8.contains(0x1B) else { return visibleLines(text) }
    let known = allCases.map { "[\($0.rawValue)m" } + ["[0m"]
    var parts = text.split(separator: "\u{1B}", omittingEmptySubsequences: false)
    let first = visibleLines(String(parts.removeFirst()))
    return parts.reduce(into: first) { guarded, part in
      let isStyle = known.contains { part.hasPrefix($0) }
      guarded += (isStyle ? "\u{1B}" : visibleLines("\u{1B}")) + visibleLines(String(part))
    }
  }
}
