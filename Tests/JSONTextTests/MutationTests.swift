import JSONText
import TestSupport
import Testing

/// Damaged texts are refused or read, and never stop the program.
@Suite struct MutationTests {
  static let text = #"""
    { "schema": "accelerator/1", "name": "v100 \u00e9\ud834\udd1e é€𝄞", "units": [80, -1.53e+2, 0.5, 0],
      "memory": { "capacity_gb": 16, "bandwidth_gb_per_s": 900, "open": true, "shut": false, "none": null },
      "sources": { "peak": { "kind": "datasheet", "from": ["a", [], {}, [[["deep"]]]] } } }
    """#

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func damageNeverStopsTheProgram(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let original = Array(Self.text.utf8)
    _ = try JSONDocument(bytes: original, file: "x.json")
    for _ in 0..<2_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damage(&bytes, inserting: "{}[]\",:\\u0-e.", using: &random)
      }
      let found = fault { () throws(JSONFault) in
        let document = try JSONDocument(bytes: bytes, file: "x.json")
        readBlindly(document.cursor)
      }
      #expect(found?.description.contains("\n") != true, "seed \(seed)")
    }
  }

  @Test func everyTruncationIsAFault() {
    let original = Array(Self.text.utf8)
    for length in 0..<original.count {
      let bytes = Array(original[..<length])
      let found = fault { () throws(JSONFault) in _ = try JSONDocument(bytes: bytes, file: "x.json") }
      #expect(found != nil, "the first \(length) bytes")
    }
  }

  private func readBlindly(_ cursor: JSONCursor) {
    _ = try? cursor.number()
    _ = try? cursor.integer(0...9)
    for element in (try? cursor.array()) ?? [] { readBlindly(element) }
    for member in (try? cursor.object())?.members ?? [] { readBlindly(member.value) }
  }
}
