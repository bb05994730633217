import JSONText
import TestSupport
import Testing

@Suite struct PullParserTests {
  /// The tokens of a text, strings and numbers converted.
  func tokens(_ text: String) throws -> [String] {
    var parser = JSONPullParser(Array(text.utf8), file: "x.json")
    var words: [String] = []
    while true {
      switch try parser.next() {
      case .beginObject: words.append("{")
      case .endObject: words.append("}")
      case .beginArray: words.append("[")
      case .endArray: words.append("]")
      case .key(let range): words.append(parser.text(of: range) + ":")
      case .string(let range): words.append("'" + parser.text(of: range) + "'")
      case .number(let range): words.append("\(try parser.double(of: range))")
      case .boolean(let flag): words.append("\(flag)")
      case .null: words.append("null")
      case .end: return words
      }
    }
  }

  @Test func tokensComeInOrder() throws {
    let text = #" {"a" : [1, -2.5e1, {}], "b":{"c":[], "d":"x"}, "":true,"f":false , "g":null} "#
    let expected = "{ a: [ 1.0 -25.0 { } ] b: { c: [ ] d: 'x' } : true f: false g: null }"
    #expect(try tokens(text).joined(separator: " ") == expected)
  }

  @Test(arguments: ["1", "\"\"", "true", "null", "[]", "{}", "\t\r\n 0 "])
  func anyValueMayBeTheDocument(_ text: String) throws {
    #expect(try tokens(text).isEmpty == false)
  }

  @Test func aByteOrderMarkIsPassedOver() throws {
    #expect(try tokens("\u{FEFF}[1]") == ["[", "1.0", "]"])
  }

  @Test func escapesAreResolved() throws {
    let text = #"["\"\\\/\b\f\n\r\t", "\u00e9\u20AC", "\ud834\udd1e", "a\u0000b", "ünï"]"#
    let expected = ["[", "'\"\\/\u{8}\u{C}\n\r\t'", "'é€'", "'𝄞'", "'a\u{0}b'", "'ünï'", "]"]
    #expect(try tokens(text) == expected)
  }

  @Test func theEndRepeats() throws {
    var parser = JSONPullParser(Array("1 ".utf8), file: "x.json")
    _ = try parser.next()
    #expect(try parser.next() == .end)
    #expect(try parser.next() == .end)
  }

  @Test func skippingReadsOneValue() throws {
    let text = #"{"skip": {"a": [1, {"b": 2}], "c": "}"}, "n": 1, "s": [[], 2], "last": 7}"#
    var parser = JSONPullParser(Array(text.utf8), file: "x.json")
    _ = try parser.next()
    var last = 0.0
    while case .key(let key) = try parser.next() {
      #expect(parser.depth == 1)
      if parser.isEqual(key, to: "last"), case .number(let range) = try parser.next() {
        last = try parser.double(of: range)
      } else {
        try parser.skipValue()
      }
    }
    #expect(last == 7)
    #expect(try parser.next() == .end)
  }

  @Test func skippingChecksWhatItSkips() {
    let found = fault { () throws(JSONFault) in
      var parser = JSONPullParser(Array("[[1, nope]]".utf8), file: "x.json")
      try parser.skipValue()
    }
    #expect(found?.fact == .unknownWord("nope"))
  }

  @Test func aCopyComesBack() throws {
    var parser = JSONPullParser(Array("[1, [2, 3]]".utf8), file: "x.json")
    _ = try parser.next()
    var ahead = parser
    _ = try ahead.next()
    _ = try ahead.next()
    #expect(parser.depth == 1)
    guard case .number(let range) = try parser.next() else { throw JSONFault.unreachable }
    #expect(parser.integer(of: range) == 1)
  }

  @Test(arguments: [("name", true), ("nam", false), ("names", false), ("nbme", false), ("n", false)])
  func stringsCompareWithoutConversion(_ text: String, isEqual: Bool) throws {
    for written in ["\"\(text)\"", "\"\\u006e\(text.dropFirst())\""] {
      var parser = JSONPullParser(Array(written.utf8), file: "x.json")
      guard case .string(let range) = try parser.next() else { throw JSONFault.unreachable }
      #expect(parser.isEqual(range, to: "name") == isEqual)
      #expect(parser.isEqual(range, to: "n") == (text == "n"))
    }
  }

  @Test func tokensKnowTheirPlace() throws {
    let input = Marked("{\"é\":\n  [¶12]}")
    var parser = JSONPullParser(input.bytes, file: "x.json")
    while true {
      if case .number = try parser.next() { break }
    }
    #expect(parser.position(ofByte: parser.tokenOffset) == input.position)
    #expect(parser.fault(.emptyString, atByte: parser.tokenOffset, path: "/p").position == input.position)
  }

  @Test(arguments: 0..<20)
  func stringsOfEveryLengthEndWhereTheyEnd(_ length: Int) throws {
    for special in ["", "é", "\\n", "𝄞"] {
      for place in 0...length {
        let before = String(repeating: "a", count: place)
        let after = String(repeating: "b", count: length - place)
        let words = try tokens("[\"\(before)\(special)\(after)\", 1]")
        #expect(words == ["[", "'\(before)\(special == "\\n" ? "\n" : special)\(after)'", "1.0", "]"])
      }
    }
  }
}

extension JSONFault {
  /// Thrown where a test's own input is not what the test says.
  static let unreachable = JSONFault(
    file: "", position: JSONPosition(line: 0, column: 0), path: "", fact: .trailingContent)
}
