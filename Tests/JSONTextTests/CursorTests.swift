import JSONText
import TestSupport
import Testing

@Suite struct CursorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let marked: String
    let words: String
    let read: @Sendable (JSONCursor) throws(JSONFault) -> Void
    var testDescription: String { words }

    init(_ marked: String, _ words: String, _ read: @escaping @Sendable (JSONCursor) throws(JSONFault) -> Void) {
      self.marked = marked
      self.words = words
      self.read = read
    }
  }

  /// Reads `key` of the root and hands its cursor on.
  static func at(
    _ key: String, _ read: @escaping @Sendable (JSONCursor) throws(JSONFault) -> Void
  ) -> @Sendable (JSONCursor) throws(JSONFault) -> Void {
    { (root) throws(JSONFault) in
      var object = try root.object()
      try read(try object.required(key))
    }
  }

  static let kinds = [
    Case("¶[]", "the document must be an object (it is an array)") { (root) throws(JSONFault) in _ = try root.object()
    },
    Case(
      #"{"a": ¶{}}"#, "/a must be an array (it is an object)", at("a") { (a) throws(JSONFault) in _ = try a.array() }),
    Case(
      #"{"a": ¶1}"#, "/a must be a string (it is a number)", at("a") { (a) throws(JSONFault) in _ = try a.string() }),
    Case(
      #"{"a": ¶""}"#, "/a must not be an empty string", at("a") { (a) throws(JSONFault) in _ = try a.nonEmptyString() }),
    Case(
      #"{"a": ¶null}"#, "/a must be true or false (it is null)",
      at("a") { (a) throws(JSONFault) in _ = try a.boolean() }),
    Case(
      #"{"a": ¶"1"}"#, "/a must be a number (it is a string)", at("a") { (a) throws(JSONFault) in _ = try a.number() }),
    Case(
      #"{"a": ¶true}"#, "/a must be an integer (it is true or false)",
      at("a") { (a) throws(JSONFault) in _ = try a.integer(0...1) }),
    Case(
      #"{"a": [1, ¶2]}"#, "/a/1 must be a string (it is a number)",
      at("a") { (a) throws(JSONFault) in _ = try a.array()[1].string() }),
    Case(
      #"{"a/b~": ¶2}"#, "/a~1b~0 must be a string (it is a number)",
      at("a/b~") { (a) throws(JSONFault) in _ = try a.string() }),
  ]

  static let numbers = [
    Case(
      #"{"a": ¶-3}"#, "/a must be greater than 0 (it is -3)",
      at("a") { (a) throws(JSONFault) in _ = try a.number(.greaterThan(0)) }),
    Case(
      #"{"a": ¶0.50}"#, "/a must be at least 1 (it is 0.50)",
      at("a") { (a) throws(JSONFault) in _ = try a.number(.atLeast(1)) }),
    Case(
      #"{"a": ¶1.5}"#, "/a must be between 0 and 1 (it is 1.5)",
      at("a") { (a) throws(JSONFault) in _ = try a.number(.between(0, 1)) }),
    Case(
      #"{"a": ¶1.5}"#, "/a must be an integer (it is 1.5)",
      at("a") { (a) throws(JSONFault) in _ = try a.integer(0...9) }),
    Case(
      #"{"a": ¶10}"#, "/a must be an integer between 0 and 9 (it is 10)",
      at("a") { (a) throws(JSONFault) in _ = try a.integer(0...9) }),
    Case(
      #"{"a": ¶1e30}"#, "/a must be an integer of at least 1 (it is 1e30)",
      at("a") { (a) throws(JSONFault) in _ = try a.integer(1 ... .max) }),
    Case(
      #"{"a": ¶5}"#, "/a must be an integer of at most 4 (it is 5)",
      at("a") { (a) throws(JSONFault) in _ = try a.integer(.min...4) }),
  ]

  static let names = [
    Case(
      #"{"a": ¶"fp61"}"#, #"/a names an unknown precision, "fp61"; did you mean "fp16"?"#,
      at("a") { (a) throws(JSONFault) in _ = try a.choice(of: ["fp32", "fp16"], as: "precision") }),
    Case(
      #"{"a": ¶"double"}"#, #"/a names an unknown precision, "double"; the known ones are "fp32" and "fp16""#,
      at("a") { (a) throws(JSONFault) in _ = try a.choice(of: ["fp32", "fp16"], as: "precision") }),
    Case(
      #"{"schema": ¶"host/1"}"#, #"/schema must be "accelerator/1" (it is "host/1")"#
    ) { (root) throws(JSONFault) in
      var object = try root.object()
      try object.schema("accelerator/1")
    },
    Case(
      #"{"a": ¶1}"#, "/a repeats b; drop it",
      at("a") { (a) throws(JSONFault) in
        throw a.fault(.described(problem: "repeats b", advice: "drop it"))
      }),
  ]

  static let keys = [
    Case(#"¶{"b": 1}"#, #"the document needs "capacity_gb""#, at("capacity_gb") { _ in }),
    Case(
      "{\n ¶\"capacty_gb\": 1}", #"the document needs "capacity_gb"; is "capacty_gb" a misspelling of it?"#,
      at("capacity_gb") { _ in }),
    Case(
      "{\"m\": {\n  \"x\": 1, ¶\"bandwith\": 2}}", #"/m has no key "bandwith"; did you mean "bandwidth"?"#,
      at("m") {
        (m) throws(JSONFault) in
        var object = try m.object()
        _ = try object.required("x")
        _ = object.optional("bandwidth")
        try object.finish()
      }),
    Case(
      "{\"m\": {\"x\": 1, ¶\"zebra\": 2}}", #"/m has no key "zebra"; its keys are "x" and "y""#,
      at("m") {
        (m) throws(JSONFault) in
        var object = try m.object()
        _ = try object.required("x")
        _ = object.optional("y")
        try object.finish()
      }),
    Case(
      #"{"a": {"x": 1, ¶"y": 2}}"#, #"/a has no key "y"; did you mean "x"?"#,
      at("a") { (a) throws(JSONFault) in
        let fact = JSONFact.unknownKey("y", suggestion: "x", known: [])
        throw try a.object().members[1].fault(fact)
      }),
  ]

  @Test(arguments: kinds + numbers + names + keys)
  func faultStandsAtItsMarkInWords(_ expected: Case) throws {
    let input = Marked(expected.marked)
    let root = try cursor(input.text, file: "my.json")
    let found = fault { () throws(JSONFault) in try expected.read(root) }
    #expect(found?.description == "my.json:\(input.position): error: \(expected.words)")
  }

  @Test func aRepeatedKeyIsAFault() {
    let input = Marked("{\"a\": [0, {\"k\": 1,\n ¶\"k\": 2}]}")
    let found = fault { () throws(JSONFault) in _ = try JSONDocument(bytes: input.bytes, file: "x.json") }
    #expect(found?.description == #"x.json:2:2: error: /a/1 has the key "k" twice, first at 1:12; remove one"#)
  }

  @Test func whatIsRightIsRead() throws {
    var root = try cursor(#"{"s": "x", "n": 1.5, "i": 1e3, "b": true, "l": [1, 2], "o": {"z": 1, "a": 2}}"#).object()
    #expect(try root.required("s").nonEmptyString() == "x")
    #expect(try root.required("n").number(.between(1.5, 1.5)) == 1.5)
    #expect(try root.required("i").integer(0...1000) == 1000)
    #expect(try root.required("b").boolean())
    #expect(try root.required("l").array().map { try $0.number() } == [1, 2])
    #expect(try root.required("o").object().members.map(\.key) == ["z", "a"])
    #expect(root.optional("absent") == nil)
    #expect(try root.required("o").object().members.map(\.value.path) == ["/o/z", "/o/a"])
    try root.finish()
  }

  @Test func messagesStayOnOneShortLine() throws {
    let key = String(repeating: "k", count: 1000) + "\n\u{1B}[31m"
    var writer = JSONWriter(layout: .compact)
    writer.beginObject()
    writer.key("\u{1B}" + key)
    writer.null()
    writer.end()
    let root = try cursor(writer.text, file: "a\nb.json")
    let found = fault { () throws(JSONFault) in try root.object().finish() }
    let line = found?.description ?? ""
    #expect(line.hasPrefix(#"a\nb.json:1:2: error: the document has no key "\u001bkkk"#))
    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    #expect(line.count < 200)
  }

  @Test func aMessageListsADozenNames() throws {
    let names = (0..<20).map { "name\($0)" }
    let found = fault { () throws(JSONFault) in _ = try cursorOfString().choice(of: names, as: "model") }
    #expect(found?.description.hasSuffix(#""name10", "name11" and 8 more"#) == true)
  }

  private func cursorOfString() throws(JSONFault) -> JSONCursor {
    try JSONDocument(bytes: Array("\"x\"".utf8), file: "x.json").cursor
  }
}
