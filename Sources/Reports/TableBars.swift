/// Numbers of a table as bars in its last column: what is compared is seen.
///
/// A terminal's row is one line high, so a bar's length is drawn in eighths of a character (`▏` to `█`).
package struct TableBars: Sendable {
  /// What stands above them.
  package var title: String
  /// A value for each row, not negative; nil for none.
  package var values: [Double?]
  /// The value of the longest bar; nil for the largest of them.
  package var most: Double?

  /// Bars.
  package init(title: String, values: [Double?], most: Double? = nil) {
    self.title = title
    self.values = values
    self.most = most
  }

  /// A bar of a share of some characters.
  static func bar(_ share: Double, width: Int) -> String {
    guard share > 0, share.isFinite else { return "" }
    let eighths = max(1, Int((min(1, share) * Double(width) * 8).rounded()))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// Values as a line of one character each, from the lowest of the scale to the highest.
  ///
  /// - Parameters:
  ///   - values: The values.
  ///   - most: What the highest character stands for; the lowest stands for zero.
  /// - Returns: As many characters as there are values; none for a scale of nothing.
  package static func sparkline(_ values: [Double], most: Double) -> String {
    let levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    guard most > 0 else { return "" }
    return values.map { levels[Int((min(1, max(0, $0 / most)) * 7).rounded())] }.joined()
  }
}

/// A text in ASCII, character by character, so that columns stay aligned: rules as dashes, bars as number signs, levels of
/// a sparkline as signs that grow darker.
package func asciiText(_ text: String) -> String {
  let signs: [Character: Character] = [
    "─": "-", "│": "|", "…": "~", "–": "-", "µ": "u", "μ": "u", "×": "x", "²": "2", "⁹": "9", "·": ".", "\u{202F}": " ",
    "█": "#", "▉": "#", "▊": "#", "▋": "#", "▌": "=", "▍": "-", "▎": "-", "▏": "-",
    "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "%",
  ]
  return String(text.map { $0.isASCII ? $0 : signs[$0] ?? "?" })
}
