import JSONText
import Testing

@Suite("Searching in text is what the standard library does") struct TextSearchTests {
  static let texts = [
    "", "a", "aa", "aaa", "ab", "abab", "a--b----c--", "bert_base", "e", "e\u{301}", "é", "cafe\u{301}", "caf\u{e9}s",
    "\u{212A}b", "Kb", "a\r\nb", "\r\n", "\n", "b\r", "👩‍👩‍👧", "👧", "..", "1..4",
  ]

  @Test("of every pair of texts, with marks, line breaks and characters written in two ways", arguments: texts)
  func pairs(text: String) {
    for other in Self.texts {
      let words = "'\(text.debugDescription)' and '\(other.debugDescription)'"
      #expect(text.contains(other) == standardContains(text, other), "\(words)")
      #expect(text.contains(other[...]) == standardContains(text, other), "\(words)")
      #expect(("\u{e9}" + text).dropFirst().contains(other) == standardContains(text, other), "\(words)")
      let offset = text.firstRange(of: other).map { text.distance(from: text.startIndex, to: $0.lowerBound) }
      #expect(offset == standardFirstOffset(text, other), "\(words)")
      guard !other.isEmpty else { continue }
      #expect(text.replacing(other, with: "+-") == standardReplacing(text, other, "+-"), "\(words)")
      for omits in [true, false] {
        let parts = text.split(separator: other, omittingEmptySubsequences: omits).map(String.init)
        #expect(parts == standardSplit(text, other, omits), "\(words)")
      }
    }
  }
}
