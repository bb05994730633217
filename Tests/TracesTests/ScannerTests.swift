import JSONText
import TestSupport
import Testing

@testable import Traces

/// The quick way over JSON takes what the parser takes, to the byte, and refuses what it refuses.
@Suite("JSON scanner")
struct ScannerTests {
  private static let texts = [
    #"{"a": [1, -0, 2.5e+10, 0.1E-3, 1e5], "b": {"c": [true, false, null, "", [], {}]}, "d": "x"}"#,
    #"{"name":"plain text of more than sixteen bytes, and \"escapes\" \u00e9 \ud834\udd1e \\ \/ \n", "é€𝄞": "𝄞 é"}"#,
    #"[[[[[["deep"]]]]], [[8, 16, 512, 64], [8, 16]], ["c10::Half", "Scalar"], -17, 1419247332972.313 ]"#,
    " \n\t\r [ 1 , { \"k\" : \"v\" } , 3 ] ",
  ]

  /// The place behind a value, as the parser says; nil for what is none.
  private static func parsed(_ bytes: [UInt8], depthLimit: Int = 512) -> Int? {
    var parser = JSONPullParser(bytes, file: "t.json", depthLimit: depthLimit)
    do throws(JSONFault) { try parser.skipValue() } catch { return nil }
    return parser.offset
  }

  private static func scanned(_ bytes: [UInt8], depthLimit: Int = 512) -> Int? {
    bytes.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, from: 0, depthLimit: depthLimit)
      return scanner.value(depth: 0) ? scanner.offset : nil
    }
  }

  @Test("Every text and every beginning of one", arguments: texts)
  func beginnings(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(Self.scanned(bytes) != nil)
    for length in 0...bytes.count {
      let beginning = Array(bytes[..<length])
      #expect(Self.scanned(beginning) == Self.parsed(beginning), "the first \(length) bytes")
    }
  }

  @Test("Damaged texts", arguments: [1, 2, 3, 4] as [UInt64])
  func damaged(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<4_000 {
      var bytes = Array(Self.texts[round % Self.texts.count].utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damage(&bytes, inserting: "{}[]\",:\\u0-e.+E trufalsn", using: &random)
      }
      // A word or a number may be the longest that there is, only where something must follow.
      bytes = Array("[".utf8) + bytes + Array("]".utf8)
      #expect(Self.scanned(bytes) == Self.parsed(bytes), "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test("Objects and arrays within each other, up to the limit")
  func depth() {
    for depth in 1...5 {
      for (open, close) in [("[", "]"), (#"{"k":"#, "}")] {
        let text = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        #expect((Self.scanned(Array(text.utf8), depthLimit: 3) != nil) == (depth <= 3))
        #expect(Self.parsed(Array(text.utf8), depthLimit: 3) == Self.scanned(Array(text.utf8), depthLimit: 3))
      }
    }
  }
}
