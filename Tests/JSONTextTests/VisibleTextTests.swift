import JSONText
import TestSupport
import Testing

@Suite("Text from outside") struct VisibleTextTests {
  /// What something obeys instead of showing it.
  static let unshowable: [ClosedRange<UInt32>] = [
    0x00...0x1F, 0x7F...0x9F, 0x061C...0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
  ]

  @Test func `shows every character that would be obeyed, and leaves all others as they are`() throws {
    for value in (0 as UInt32)...0x2100 {
      let scalar = try #require(Unicode.Scalar(value))
      let text = "a" + String(scalar) + "b"
      let isUnshowable = Self.unshowable.contains { $0.contains(value) }
      #expect((visible(text) != text) == isUnshowable, "U+\(String(value, radix: 16))")
      guard isUnshowable else { continue }
      let shown = visible(text)
      #expect(shown.hasPrefix("a\\") && shown.hasSuffix("b") && shown.utf8.allSatisfy { (0x20...0x7E).contains($0) })
      #expect(visible(shown) == shown, "what is shown already is not shown again")
    }
  }

  @Test(arguments: [
    ("\u{1B}[31m", #"\u001b[31m"#), ("a\nb\r\n\t", #"a\nb\r\n\t"#), ("\u{9B}\u{7F}", #"\u009b\u007f"#),
    ("\u{202E}x\u{2069}", #"\u202ex\u2069"#), ("\u{10FFFF}\u{10FF80}", #"\xff\x80"#), ("plain é 漢", "plain é 漢"),
  ])
  func `has escapes`(text: String, shown: String) {
    #expect(visible(text) == shown)
  }

  @Test func `may keep its lines`() {
    #expect(visibleLines("a\n\tb\r\u{1B}") == "a\n\tb\\r\\u001b")
  }

  @Test func `in JSON is ASCII where it is not shown, and reads back as it was`() throws {
    for range in Self.unshowable {
      for value in range {
        let text = "\"\\" + String(try #require(Unicode.Scalar(value)))
        let quoted = jsonQuoted(text)
        #expect(quoted.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(quoted)")
        #expect(try cursor(quoted).string() == text)
      }
    }
    #expect(jsonQuoted("\u{10FFFF}") == #""\\xff""#, "JSON has no bytes")
    #expect(jsonQuoted("é") == "\"é\"")
  }
}
