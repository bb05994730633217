import JSONText
import TestSupport
import Testing

@Suite struct WriterTests {
  func write(_ layout: JSONWriter.Layout, _ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(layout: layout)
    body(&writer)
    #expect(writer.isComplete)
    return writer.text
  }

  func sample(_ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.value("x")
    writer.key("shape")
    writer.beginArray(onOneLine: true)
    writer.value(1)
    writer.beginObject(onOneLine: false)
    writer.key("a")
    writer.value(2.5)
    writer.key("b")
    writer.null()
    writer.end()
    writer.end()
    writer.key("empty")
    writer.beginObject()
    writer.end()
    writer.key("list")
    writer.beginArray()
    writer.value(true)
    writer.rawNumber("1.50")
    writer.beginArray()
    writer.end()
    writer.end()
    writer.end()
  }

  @Test func pretty() {
    #expect(
      write(.pretty, sample) == """
        {
          "name": "x",
          "shape": [1, { "a": 2.5, "b": null }],
          "empty": {},
          "list": [
            true,
            1.50,
            []
          ]
        }

        """)
  }

  @Test func compact() {
    #expect(
      write(.compact, sample)
        == #"{"name":"x","shape":[1,{"a":2.5,"b":null}],"empty":{},"list":[true,1.50,[]]}"#)
  }

  @Test(arguments: [
    (0.1, "0.1"), (1, "1"), (-0.0, "-0"), (1e-5, "1e-05"), (1e300, "1e+300"), (12.5, "12.5"),
    (.leastNonzeroMagnitude, "5e-324"),
    (123_456_789, "123456789"),
  ])
  func doublesAreShort(_ number: Double, _ text: String) {
    #expect(write(.compact) { $0.value(number) } == text)
  }

  @Test func doublesReadBack() throws {
    var random = SeededGenerator(seed: 20260102)
    for _ in 0..<5_000 {
      let number = Double(bitPattern: random.next())
      guard number.isFinite else { continue }
      let text = write(.compact) { $0.value(number) }
      #expect(try cursor(text).number().bitPattern == number.bitPattern, "\(text)")
    }
  }

  @Test func stringsReadBack() throws {
    let all = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init))) + "\u{2028}𝄞\\\"/"
    let text = write(.compact) { $0.value(all) }
    #expect(try cursor(text).string() == all)
    #expect(write(.compact) { $0.value("\u{8}\n\u{1F}\"\\/") } == #""\b\n\u001f\"\\/""#)
  }

  @Test func integersReadBack() throws {
    for integer in [Int64.min, -1, 0, 1, .max] {
      let text = write(.compact) { $0.value(integer) }
      #expect(try cursor(text).integer(.min ... .max) == integer)
    }
  }

  @Test func prettyTextReadsBack() throws {
    var root = try cursor(write(.pretty, sample)).object()
    #expect(try root.required("list").array().count == 3)
  }

  @Test func infinityStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.value(Double.infinity)
    }
  }

  @Test func aValueWithoutAKeyStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.value(1)
    }
  }

  @Test func aNumberThatIsNoneStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.rawNumber("1.5.")
    }
  }
}
