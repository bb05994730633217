import JSONText
import TestSupport
import Testing
import Traces

/// Files that are wrong: each is refused on one line with the place, or read as far as it goes; none crashes or hangs.
@Suite("Broken recordings")
struct BrokenFileTests {
  static let corpus: [(text: String, message: String)] = [
    ("", "t.json:1:1: error: the file holds no JSON value"),
    ("   \n ", "t.json"),
    ("nul", "t.json:1:4: error: the file ends inside the word"),
    ("{\"traceEvents\": 5}", "t.json:1:17: error: /traceEvents must be an array"),
    ("{\"traceEvents\": {}}", "t.json:1:17: error: /traceEvents must be an array"),
    ("{}", "t.json: error: has no \"traceEvents\""),
    ("7", "t.json: error: has no \"traceEvents\""), ("# Notes", "t.json: error: begins like no recording that is read"),
    ("\u{FEFF}# Notes", "t.json: error: begins like no recording that is read"),
    ("{\"a\": 1}", "t.json: error: has no \"traceEvents\""),
    (
      "[{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k\",\"ts\":0,\"dur\":1},"
        + "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k\",\"ts\":9e12,\"dur\":1}]",
      "t.json: error: its times span more than 30 days"
    ),
    (
      "["
        + (0...4096).map { "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"name\":\"a\",\"tid\":\($0),\"ts\":0,\"dur\":1}" }
        .joined(separator: ",") + "]", "t.json: error: has more threads than the 4096 that are simulated"
    ),
    (
      "["
        + (0...4096).map { "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k\",\"tid\":\($0),\"ts\":0,\"dur\":1}" }
        .joined(separator: ",") + "]", "t.json: error: has more streams than the 4096 that are simulated"
    ),
  ]

  @Test("Each has a message of one line with its place", arguments: corpus.indices)
  func message(_ index: Int) {
    let (text, message) = Self.corpus[index]
    do throws(TraceFault) {
      let trace = try TraceReader.read(Array(text.utf8), file: "t.json")
      Issue.record("\(text.prefix(60)) was read: \(trace.eventCount) events")
    } catch {
      let description = "\(error)"
      #expect(description.hasPrefix(message), "\(description)")
      #expect(!description.contains("\n"))
      if case .text = error { #expect(description.contains("(byte "), "\(description)") }
    }
  }

  @Test("The byte that a message names is the byte that is wrong")
  func byteOffset() throws {
    let marked = Marked("{\n  \"name\": \"é\",\n  \"value\": ¶oops}")
    let offset = marked.text.utf8.count - "oops}".utf8.count
    for windowSize in [64, 1 << 20] {
      do throws(TraceFault) {
        _ = try TraceReader.read(marked.bytes, file: "t.json", windowSize: windowSize)
        Issue.record("was read")
      } catch {
        guard case .text(let fault, let found) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(fault.position.line == marked.line)
        #expect(fault.position.column == marked.column)
        #expect(found == offset)
      }
    }
  }

  @Test("Damaged bytes are refused or read; nothing crashes or hangs", arguments: 0..<300)
  func damaged(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var bytes = Array(ReaderTests.recording(events: 6).utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      damage(&bytes, inserting: "{}[]\",:\\ue9-+.0123456789 X", using: &random)
    }
    do throws(TraceFault) {
      _ = try TraceReader.read(bytes, file: "t.json", windowSize: Int.random(in: 64...600, using: &random))
    } catch {
      #expect(!"\(error)".contains("\n"), "seed \(seed)")
    }
  }

  @Test("A file that is not there, a folder, and damaged gzip have their messages")
  func files() throws {
    var directory = TemporaryDirectory()
    let folder = directory.path
    #expect(throws: TraceFault.self) { try TraceReader.read(path: folder + "/none.json") }
    #expect(throws: TraceFault.self) { try TraceReader.read(path: folder) }
    let path = directory.write([0x1F, 0x8B, 8, 0, 1, 2, 3], to: "bad.json.gz")
    do throws(TraceFault) {
      _ = try TraceReader.read(path: path)
      Issue.record("was read")
    } catch {
      #expect("\(error)".contains("gzip"), "\(error)")
    }
  }
}
