import TestSupport
import Testing

@testable import Traces

/// A recording is the same with any number of cores that read it.
@Suite("Reading on several cores")
struct SharedReadingTests {
  /// Events in which places that are no ends of events look like some, and a few that are no JSON.
  private static func recording(events: Int, brokenEvery: Int?) -> [UInt8] {
    var text = #"{"schemaVersion": 1, "traceEvents": ["#
    for index in 0..<events {
      let time = 1_000_000 + index * 10
      text += index == 0 ? "\n" : ",\n"
      if let brokenEvery, index % brokenEvery == brokenEvery - 1 { text += #"{"ph": "X", "cat": nonsense}, "# }
      switch index % 4 {
      case 0:
        text += """
          {"ph": "X", "cat": "cpu_op", "name": "aten::op\(index % 7)", "pid": 1, "tid": \(index % 3), "ts": \(time), "dur": 9,
           "args": {"list": [{"x": 1}, {"y": 2}, {"ph": "X"}], "Input Dims": [[\(index % 5), 2]], "External id": \(index)}}
          """
      case 1:
        text += """
          {"ph": "X", "cat": "cuda_runtime", "name": "}, {", "pid": 1, "tid": \(index % 3), "ts": \(time), "dur": 3,
           "args": {"correlation": \(index)}}
          """
      case 2:
        text += """
          {"ph": "X", "cat": "kernel", "name": "k\(index % 11)", "pid": 0, "tid": 7, "ts": \(time), "dur": 5,
           "args": {"correlation": \(index - 1), "stream": \(index % 2), "device": 0}}
          """
      default: text += #"{"ph": "B", "cat": "cpu_op", "name": "begun", "pid": 1, "tid": 9, "ts": \#(time)}"#
      }
    }
    return Array((text + "\n]}").utf8)
  }

  @Test(arguments: [nil, 3_000, 40] as [Int?])
  func isTheSame(brokenEvery: Int?) throws {
    let bytes = Self.recording(events: 10_000, brokenEvery: brokenEvery)
    try #require(bytes.count > 4 * EventPieces.leastLength)
    let alone = try TraceReader.read(bytes, file: "t.json")
    #expect(alone.eventCount >= 10_000 && alone.hostEvents.count > 4_000 && alone.deviceEvents.count == 2_500)
    #expect((alone.malformedCount + alone.repairedCount > 0) == (brokenEvery != nil))
    for (threads, windowSize) in [(2, 1 << 20), (3, 1 << 19), (5, 3 << 20)] {
      let shared = try TraceReader.read(bytes, file: "t.json", windowSize: windowSize, threads: threads)
      #expect(shared.hostEvents == alone.hostEvents)
      #expect(shared.deviceEvents == alone.deviceEvents)
      #expect(shared.annotations == alone.annotations && shared.names == alone.names)
      #expect(shared.threads == alone.threads && shared.streams == alone.streams)
      #expect(shared.eventCount == alone.eventCount && shared.malformedCount == alone.malformedCount)
      #expect(shared.repairedCount == alone.repairedCount && shared.firstMalformedLine == alone.firstMalformedLine)
      #expect(shared.unfinishedCount == alone.unfinishedCount)
    }
  }

  @Test("What is wrong is said with the same line and column", arguments: [1_000, 5_003, 9_999])
  func faults(place: Int) {
    var text = String(decoding: Self.recording(events: place, brokenEvery: nil).dropLast(3), as: UTF8.self)
    // Cut off within an event.
    text += #", {"ph": "X", "cat": "kernel", "name": "k"#
    func truncation(_ threads: Int) -> Truncation? {
      try? TraceReader.read(Array(text.utf8), file: "t.json", threads: threads).truncation
    }
    #expect(truncation(1) != nil)
    #expect(truncation(2) == truncation(1) && truncation(4) == truncation(1))
  }
}
