import JSONText
import TestSupport
import Testing

@Suite struct SourceTests {
  @Test(arguments: [
    ("¶[1, 2]", ""), ("[¶1, 2]", "/0"), ("[1, ¶2]", "/1"), (#"{"a": {"b/c": [0, ¶{}]}}"#, "/a/b~1c/1"),
    (#"{"a": [[]], "b": ¶null}"#, "/b"), (#"{"a": [[1], [2], [¶3]]}"#, "/a/2/0"),
  ])
  func pathsAreFoundAgain(_ marked: String, _ path: String) {
    let input = Marked(marked)
    let source = JSONSource(bytes: input.bytes, file: "x.json")
    #expect(source.path(ofValueAtByte: input.column - 1) == path)
  }

  @Test(arguments: [
    (#"["ab¶cd"]"#, "ab"), (#"["\u0061\n¶x"]"#, "a\n"), (#"["\u00e9\u20ac\ud834\udd1e¶x"]"#, "é€𝄞"), (#"["é¶x"]"#, "é"),
    (#"["a¶"]"#, "a"),
  ])
  func charactersAreFoundBehindEscapes(_ marked: String, _ before: String) throws {
    let input = Marked(marked)
    let string = try cursor(input.text).array()[0]
    #expect(string.fault(.emptyString, atUTF8Offset: before.utf8.count).position == input.position)
    #expect(string.fault(.emptyString, atUTF8Offset: before.utf8.count).path == "/0")
  }

  @Test func longKeysOverLargeArraysCostTheirSum() throws {
    let key = String(repeating: "k", count: 100_000)
    let elements = String(repeating: "1,", count: 50_000)
    var root = try cursor("{\"\(key)\": [\(elements)1]}").object()
    #expect(try root.required(key).array().count == 50_001)
  }
}
