import JSONText
import Testing

@testable import Charts

@Suite("Text in a chart") struct MarkupTextTests {
  private static let texts = [
    "", "one label, 12.5 ms (35 %)", "µs of 3 × 4 – all", "e\u{301}a\u{300}", "a\u{0600}bc", "line\r\nline\rline\nline",
    "👩‍👩‍👧 1️⃣ 🇩🇪🇫🇷", "Größe", "ends in …", "…begins", "W\u{20E0}",
  ]

  @Test("A text is as wide as its characters, whatever bytes those are of", arguments: texts)
  func width(text: String) {
    let alone = text.reduce(0.0) { $0 + textWidth(String($1), size: 1) }
    #expect(textWidth(text, size: 1) == alone)
    #expect(textWidth(text, size: 12) == alone * 12)
  }

  @Test("Narrow, wide and large letters differ, and what has no width of its own is as wide as the font is large")
  func widths() {
    #expect(textWidth("il.", size: 1) == 0.32 + 0.32 + 0.32)
    #expect(textWidth("mA1µ", size: 1) == 0.95 + 0.72 + 0.63 + 1)
  }

  @Test("Escaping each character and the whole is the same, and other text stays", arguments: texts)
  func escaping(text: String) {
    let marked = text + "<&>\"'\t\u{7}\u{FFFE}\u{202E}" + text
    let whole = markupEscaped(marked)
    #expect(whole == marked.unicodeScalars.map { markupEscaped(String($0)) }.joined())
    #expect(whole.contains("&lt;&amp;&gt;&quot;&#39; \\u0007\u{FFFD}\\u202e"))
    if !text.unicodeScalars.contains(where: { $0.value < 0x20 }) { #expect(markupEscaped(text) == text) }
  }
}
