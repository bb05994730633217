import JSONText
import TestSupport
import Testing

@testable import Traces

/// What is kept of a recording has an end, whatever the file holds.
@Suite("Limits of recordings", .tags(.slow))
struct LimitTests {
  private func read(_ text: String, step: Int64? = nil, windowSize: Int = 1 << 20) throws(TraceFault) -> Trace {
    try TraceReader.read(Array(text.utf8), file: "t.json", step: step, windowSize: windowSize)
  }

  private static func event(_ name: String, _ start: String, _ duration: String = "1", category: String = "cpu_op")
    -> String
  {
    #"{"ph":"X","cat":"\#(category)","name":"\#(name)","pid":1,"tid":1,"ts":\#(start),"dur":\#(duration)}"#
  }

  // MARK: Texts

  @Test("However alike texts are, a look at two slots finds most of them", arguments: [1000, 20_000])
  func probes(_ count: Int) {
    var interner = Interner()
    let kinds: [(Int) -> String] = [
      { "[\($0), 1]" }, { "kernel<\($0)>" }, { String(repeating: "\0", count: $0 % 64) + "\($0)" },
      { "abcdefgh\($0)abcdefgh" }, { String($0 * 0x1_0000_0001, radix: 16) },
    ]
    for number in 0..<count { _ = interner.number(of: kinds[number % kinds.count](number)) }
    #expect(interner.count > count * 9 / 10)
    // At most half of the slots are taken: a hash that spreads needs half a probe more than one at the most.
    #expect(interner.probeCount < 2 * count)
  }

  @Test("A text keeps its number, and the numbers go by first appearance")
  func numbers() {
    var interner = Interner()
    let texts = ["b", "a", "", "b", "c", "a", ""]
    #expect(texts.map { interner.number(of: $0) } == [0, 1, 2, 0, 3, 1, 2])
    #expect(interner.texts == ["b", "a", "", "c"])
    #expect(interner.byteCount == 3)
  }

  // MARK: Times

  @Test(
    "An event whose time no clock can show is dropped and counted",
    arguments: [
      ("1e300", "1"), ("-1e300", "1"), ("5", "7.4e15"), ("5", "1e300"), ("9223372036854775807", "1"),
      ("-9223372036854775808", "1"), ("5", "2592000000000"),
    ])
  func outOfRange(_ start: String, _ duration: String) throws {
    let good = Self.event("good", "3")
    let trace = try read("[\(good),\(Self.event("bad", start, duration))]")
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["good"])
    #expect(trace.outOfRangeCount == 1)
  }

  @Test("The unit is not guessed from a stamp that no clock can show")
  func unit() throws {
    let trace = try read("[\(Self.event("bad", "1e25")),\(Self.event("a", "3")),\(Self.event("b", "5"))]")
    #expect(trace.hostEvents.map(\.start) == [0, 2000])
  }

  @Test("A few events whose clock was not set are left out; of two halves nobody knows which is right")
  func strays() throws {
    let wall = (0..<20).map { Self.event("a", "\(1_751_410_836_000_000 + $0)") }
    let trace = try read("[" + (wall + [Self.event("stray", "0")]).joined(separator: ",") + "]")
    #expect(trace.hostEvents.count == 20)
    #expect(trace.outOfRangeCount == 1)
    #expect(throws: TraceFault.spanTooLong(file: "t.json")) {
      try read("[" + (wall + (0..<20).map { Self.event("stray", "\($0)") }).joined(separator: ",") + "]")
    }
  }

  @Test("An annotation far from all events is left out, and those near it are not")
  func annotations() throws {
    let far = Self.event("x#y", "4e15", category: "user_annotation")
    let near = Self.event("z#y", "2", category: "user_annotation")
    let trace = try read("[\(Self.event("a", "3")),\(far),\(near)]")
    #expect(trace.annotations.map { trace.name($0.name) } == ["z#y"])
    #expect(trace.outOfRangeCount == 1)
  }

  // MARK: Sizes

  @Test("Blanks around events pass through a window far smaller than they are")
  func blanks() throws {
    func tokens(_ blanks: String) throws -> (count: Int, capacity: Int) {
      let events = "\(blanks)\(Self.event("a", "1"))\(blanks),\(Self.event("b", "2"))\(blanks)"
      let text = "{\(blanks)\"traceEvents\":[\(events)]\(blanks)}"
      #expect(try read(text, windowSize: 256).hostEvents.count == 2)
      var window = try TextWindow(ByteSource(Array(text.utf8), name: "t.json"), capacity: 512)
      var count = 0
      while try window.reading({ parser throws(JSONFault) in try parser.next() }) != .end { count += 1 }
      return (count, window.capacity)
    }
    let spread = try tokens(String(repeating: " \n", count: 5000))
    #expect(spread.count == (try tokens("")).count)
    #expect(spread.capacity == 512)
  }

  @Test("An event of more bytes than are kept at once is refused with its line and byte")
  func longEvent() {
    let head = "[\n"
    let text = head + Self.event(String(repeating: "a", count: TraceLimits.eventBytes), "1") + "]"
    #expect(throws: TraceFault.tooLong(file: "t.json", line: 2, byteOffset: 2, limit: TraceLimits.eventBytes)) {
      try read(text)
    }
    let fault = TraceFault.tooLong(file: "t.json", line: 2, byteOffset: 2, limit: TraceLimits.eventBytes)
    #expect("\(fault)" == "t.json:2: error: one event or text has more than 16 MiB (byte 2)")
  }

  @Test(
    "What a recording has too much of is said with the limit and what to do",
    arguments: [
      (
        .events,
        "has more than the 4194304 operators, calls and kernels that are kept (byte 9); step N keeps one step"
      ),
      (.textBytes, "has names and shapes of more than the 128 MiB that are kept (byte 9); step N keeps one step"),
      (.texts, "has more than the 4194304 different names and shapes that are kept (byte 9); step N keeps one step"),
      (
        .compressed(fileBytes: 700),
        "keeps more in memory than 64 times the 700 compressed bytes before it, which no recording of a real run does "
          + "(byte 9); step N keeps one step"
      ),
    ] as [(TraceExcess, String)])
  func words(_ excess: TraceExcess, _ words: String) {
    #expect(
      "\(TraceFault.tooMuch(excess, file: "t.json", line: 4, byteOffset: 9, step: nil))" == "t.json:4: error: " + words)
    #expect(
      "\(TraceFault.tooMuch(excess, file: "t.json", line: 4, byteOffset: 9, step: 3))".hasSuffix("record fewer steps"))
  }

  @Test("Of two annotations of a step, the first says when it is")
  func firstStep() throws {
    let step = Self.event("ProfilerStep#2", "100", "50", category: "user_annotation")
    let again = Self.event("ProfilerStep#2", "900", "50", category: "user_annotation")
    let trace = try read("[\(step),\(again),\(Self.event("inside", "110")),\(Self.event("late", "910"))]", step: 2)
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["inside"])
  }

  @Test("Steps are looked for without keeping anything")
  func search() throws {
    var directory = TemporaryDirectory()
    let step = Self.event("ProfilerStep#2", "100", "50", category: "user_annotation")
    let text = "[\(Self.event("early", "1")),\(step),\(Self.event("inside", "110"))]"
    let path = directory.write(Array(text.utf8), to: "t.json")
    let input = TraceInput(source: try ByteSource(path: path))
    #expect(try ProfilerReader.range(ofStep: 2, input) == 100_000...150_000)
    #expect(throws: TraceFault.noStep(file: path, step: 3, known: [])) {
      try ProfilerReader.range(ofStep: 3, input.again())
    }
  }

  // MARK: Formats

  @Test(
    "A file that is packed otherwise says in which format",
    arguments: [
      ([0x50, 0x4B, 3, 4], "is no whole ZIP archive: nothing can be unpacked"),
      (
        [0xFF, 0xFE, 0x7B, 0],
        "is written in UTF-16, not JSON; unpack it first, as with 'iconv -f UTF-16 -t UTF-8'"
      ),
      (
        [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "is a 7-Zip archive, not JSON; unpack it first, as with '7z x'"
      ),
      (
        [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], "is a RAR archive, not JSON; unpack it first, as with 'unrar x'"
      ),
    ] as [([UInt8], String)])
  func packed(_ head: [UInt8], _ words: String) {
    var directory = TemporaryDirectory()
    let path = directory.write(head + [1, 2, 3], to: "trace.json")
    do throws(TraceFault) {
      _ = try TraceReader.read(path: path)
      Issue.record("was read")
    } catch { #expect("\(error)" == "\(path): error: \(words)") }
  }

  @Test("Gzip followed by something else is read and said; two members are one text")
  func trailingBytes() throws {
    // "[]" and a line feed, made with gzip.
    let whole: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 0xFF, 0x8B, 0x8E, 0xE5, 2, 0, 0x44, 0xD2, 0x68, 0x70, 3, 0, 0, 0,
    ]
    var directory = TemporaryDirectory()
    let plain = try TraceReader.read(path: directory.write(whole, to: "whole.json.gz"))
    #expect(!plain.hasTrailingBytes && !plain.isDamaged)
    let followed = try TraceReader.read(path: directory.write(whole + Array("junk".utf8), to: "junk.json.gz"))
    #expect(followed.hasTrailingBytes && !followed.isDamaged)
    let doubled = try TraceReader.read(path: directory.write(whole + whole, to: "two.json.gz"))
    #expect(doubled.malformedCount == 1 && doubled.firstMalformedLine == 2, "the second member begins the second line")
  }

  @Test(
    "A gzipped file that keeps far more than its bytes can say of a real run is refused; few events are always kept")
  func bomb() throws {
    // 2,000 events, all the same.
    let hex =
      "1f8b08000000000002ffedcb3d0a83401485d1bdbc7a9ab4ae4490208306d218077f2a71efbe7de454f7bbc519ae68df"
      + "e8a28f12533db2a6768e6bcbfbabcb277fcd3cf6e85e25e673cbbd0bc3300cc3300cc3300cc3300cc3300cc3300cc330"
      + "0cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc330"
      + "0cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc330"
      + "0cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc330"
      + "0cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc330"
      + "0cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc330"
      + "0cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3300cc3fc8db9df0f5b67"
      + "fe6044960100"
    let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    var directory = TemporaryDirectory()
    let path = directory.write(bytes, to: "bomb.json.gz")
    #expect(try TraceReader.read(path: path).hostEvents.count == 2000)
    do throws(TraceFault) {
      _ = try TraceReader.read(TraceInput(source: ByteSource(path: path), freeBytes: 1 << 10))
      Issue.record("was read")
    } catch {
      guard case .tooMuch(.compressed(let fileBytes), _, _, _, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(fileBytes == bytes.count)
    }
  }
}
