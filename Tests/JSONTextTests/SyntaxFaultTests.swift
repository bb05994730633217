import JSONText
import TestSupport
import Testing

@Suite struct SyntaxFaultTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let marked: String
    let fact: JSONFact
    let words: String
    var testDescription: String { marked.debugDescription }

    init(_ marked: String, _ fact: JSONFact, _ words: String) {
      self.marked = marked
      self.fact = fact
      self.words = words
    }
  }

  static func at(_ line: Int, _ column: Int) -> JSONPosition { JSONPosition(line: line, column: column) }

  static let endings = [
    Case("¶", .unexpectedEnd(inside: .document, beganAt: at(1, 1)), "the file holds no JSON value"),
    Case(" \n ¶", .unexpectedEnd(inside: .document, beganAt: at(1, 1)), "the file holds no JSON value"),
    Case(
      "\n {¶", .unexpectedEnd(inside: .object, beganAt: at(2, 2)), "the file ends inside the object that begins at 2:2"),
    Case(#"{"a"¶"#, .unexpectedEnd(inside: .object, beganAt: at(1, 1)), "object that begins at 1:1"),
    Case(#"{"a":¶"#, .unexpectedEnd(inside: .object, beganAt: at(1, 1)), "object that begins at 1:1"),
    Case(#"{"a":1,¶"#, .unexpectedEnd(inside: .object, beganAt: at(1, 1)), "object that begins at 1:1"),
    Case(#"[{"a":1}, ¶"#, .unexpectedEnd(inside: .array, beganAt: at(1, 1)), "array that begins at 1:1"),
    Case(#"[1, "ab¶"#, .unexpectedEnd(inside: .string, beganAt: at(1, 5)), "string that begins at 1:5"),
    Case(#""\¶"#, .unexpectedEnd(inside: .string, beganAt: at(1, 1)), "string that begins at 1:1"),
    Case(#""\u12¶"#, .unexpectedEnd(inside: .string, beganAt: at(1, 1)), "string that begins at 1:1"),
    Case("[-¶", .unexpectedEnd(inside: .number, beganAt: at(1, 2)), "number that begins at 1:2"),
    Case("12.¶", .unexpectedEnd(inside: .number, beganAt: at(1, 1)), "number that begins at 1:1"),
    Case("12e+¶", .unexpectedEnd(inside: .number, beganAt: at(1, 1)), "number that begins at 1:1"),
    Case("[tru¶", .unexpectedEnd(inside: .word, beganAt: at(1, 2)), "word that begins at 1:2"),
  ]

  static let characters = [
    Case("¶}", .unexpectedCharacter(found: "}", expected: .value), #"expected a value, found "}""#),
    Case("[¶}", .unexpectedCharacter(found: "}", expected: .valueOrArrayEnd), #"a value or "]", found "}""#),
    Case("{¶1:2}", .unexpectedCharacter(found: "1", expected: .keyOrObjectEnd), #"a key in double quotes or "}""#),
    Case("{¶'a':2}", .unexpectedCharacter(found: "'", expected: .keyOrObjectEnd), "strings stand in double quotes"),
    Case(#"{"a" ¶1}"#, .unexpectedCharacter(found: "1", expected: .colon), #"":" after the key"#),
    Case(#"{"a":1 ¶"b":2}"#, .unexpectedCharacter(found: "\"", expected: .commaOrObjectEnd), #""," or "}""#),
    Case(#"{"a":1, ¶2}"#, .unexpectedCharacter(found: "2", expected: .key), "expected a key in double quotes"),
    Case("[1 ¶2]", .unexpectedCharacter(found: "2", expected: .commaOrArrayEnd), #""," or "]""#),
    Case("[1¶}", .unexpectedCharacter(found: "}", expected: .commaOrArrayEnd), #""," or "]""#),
    Case("[1,¶,2]", .unexpectedCharacter(found: ",", expected: .value), "expected a value"),
    Case("[¶// no\n1]", .unexpectedCharacter(found: "/", expected: .valueOrArrayEnd), "JSON has no comments"),
    Case("[1.¶]", .unexpectedCharacter(found: "]", expected: .digit), "expected a digit"),
    Case("[1e¶x]", .unexpectedCharacter(found: "x", expected: .digit), "expected a digit"),
    Case("[-¶-1]", .unexpectedCharacter(found: "-", expected: .digit), "expected a digit"),
    Case("[¶+1]", .unexpectedCharacter(found: "+", expected: .valueOrArrayEnd), "expected a value"),
    Case("[¶.5]", .unexpectedCharacter(found: ".", expected: .valueOrArrayEnd), "expected a value"),
    Case("[\"ü\", ¶é]", .unexpectedCharacter(found: "é", expected: .value), #"found "é""#),
    Case("[1¶\u{0}]", .unexpectedCharacter(found: "\u{0}", expected: .commaOrArrayEnd), #"found "\u0000""#),
  ]

  static let others = [
    Case("[1¶,]", .trailingComma(inside: .array), "a comma cannot be the last thing in an array; remove it"),
    Case("{\"a\":1¶, }", .trailingComma(inside: .object), "a comma cannot be the last thing in an object"),
    Case("{} ¶{}", .trailingContent, "a file holds one JSON value, and something follows it"),
    Case("1¶x", .trailingContent, "something follows it"),
    Case("[¶NaN]", .unknownWord("NaN"), "NaN is not a JSON value; the words are true, false and null"),
    Case("[¶-Infinity]", .unknownWord("-Infinity"), "-Infinity is not a JSON value"),
    Case("[¶True]", .unknownWord("True"), "True is not a JSON value"),
    Case("[¶nulls]", .unknownWord("nulls"), "nulls is not a JSON value"),
    Case("[¶007]", .leadingZero, "a number cannot begin with a zero"),
    Case("[¶-01]", .leadingZero, "remove the zero"),
    Case("\"a¶\n\"", .controlCharacter("\n"), #"a string cannot hold a line feed as it is; write \n"#),
    Case("\"0123456789¶\u{1}\"", .controlCharacter("\u{1}"), #"the character U+0001 as it is; write \u0001"#),
    Case(#""¶\x""#, .invalidEscape(#"\x"#), #"\x is not an escape; the escapes are"#),
    Case(#""¶\u12g4""#, .invalidEscape(#"\u12g"#), #"\u12g is not an escape"#),
    Case("\"¶\\\n\"", .invalidEscape("\\"), "is not an escape"),
    Case(#""¶\ud800""#, .loneSurrogate(#"\ud800"#), "half of a surrogate pair"),
    Case(#""a¶\uDC00""#, .loneSurrogate(#"\udc00"#), "half of a surrogate pair"),
    Case(#""¶\ud800\u0041""#, .loneSurrogate(#"\ud800"#), "half of a surrogate pair"),
    Case("[1, ¶1e999]", .numberOutOfRange(text: "1e999"), "1e999 is too large"),
    Case("[¶-1e999]", .numberOutOfRange(text: "-1e999"), "-1e999 is too large"),
  ]

  @Test(arguments: endings + characters + others)
  func faultStandsAtItsMark(_ expected: Case) {
    let input = Marked(expected.marked)
    let found = fault { () throws(JSONFault) in _ = try JSONDocument(bytes: input.bytes, file: "x.json") }
    #expect(found == JSONFault(file: "x.json", position: input.position, path: "", fact: expected.fact))
    #expect(found?.description.contains(expected.words) == true, "\(found?.description ?? "no fault")")
    #expect(found?.description.hasPrefix("x.json:\(input.position): error: ") == true)
  }

  @Test(
    arguments: [
      ([0x22, 0xFF, 0x22], 2, 0xFF), ([0x22, 0xC0, 0x80, 0x22], 2, 0xC0), ([0x22, 0xED, 0xA0, 0x80, 0x22], 2, 0xED),
      ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 2, 0xF4), ([0x22, 0xE2, 0x82, 0x22], 2, 0xE2), ([0x22, 0xE2], 2, 0xE2),
      ([0x22, 0xE2, 0x82, 0xAC, 0x80, 0x22], 3, 0x80), ([0xFF, 0xFE, 0x7B, 0x00], 1, 0xFF),
    ] as [([UInt8], Int, UInt8)])
  func bytesThatAreNotUTF8(_ bytes: [UInt8], column: Int, byte: UInt8) {
    let found = fault { () throws(JSONFault) in _ = try JSONDocument(bytes: bytes, file: "x.json") }
    #expect(found?.fact == .invalidUTF8(byte: byte))
    #expect(found?.position == JSONPosition(line: 1, column: column))
  }

  @Test func depthIsLimited() throws {
    let deepest = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    _ = try JSONDocument(bytes: Array(deepest.utf8), file: "x.json")
    let hostile = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    let found = fault { () throws(JSONFault) in _ = try JSONDocument(bytes: hostile, file: "x.json") }
    #expect(found?.fact == .depthExceeded(limit: 512))
    #expect(found?.position == JSONPosition(line: 1, column: 513))
  }

  @Test func columnsCountScalarsAndNoByteOrderMark() {
    let input = Marked("[\"e\u{301}𝄞\", ¶x]")
    let marked = [0xEF, 0xBB, 0xBF] + input.bytes
    let found = fault { () throws(JSONFault) in _ = try JSONDocument(bytes: marked, file: "x.json") }
    #expect(found?.position == input.position)
  }
}
