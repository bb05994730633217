import JSONText
import Testing
import Traces

/// Times that no clock has counted: refused where they matter, passed over where they do not.
@Suite("A recording's times") struct ExtremeTimeTests {
  private func event(_ category: String, _ name: String, _ start: String, _ duration: String) -> String {
    #"{"ph": "X", "cat": "\#(category)", "name": "\#(name)", "pid": 1, "tid": 1, "ts": \#(start), "dur": \#(duration)}"#
  }

  private func read(_ events: [String]) throws(TraceFault) -> Trace {
    try TraceReader.read(Array(#"{"traceEvents": [\#(events.joined(separator: ","))]}"#.utf8), file: "t.json")
  }

  @Test func `are counted from the first event, and a mark far away from all of them marks none`() throws {
    let trace = try read([
      event("cpu_op", "aten::relu", "4000000000000000", "5"),
      event("user_annotation", "ProfilerStep#1", "-4000000000000000", "1"),
      event("user_annotation", "ProfilerStep#2", "4000000000000001", "2"),
      event("user_annotation", "ProfilerStep#3", "4000000000000001", "4000000000000000"),
    ])
    #expect(trace.steps == [2])
    #expect(trace.annotations.map(\.start) == [1000] && trace.annotations.map(\.end) == [3000])
  }

  @Test func `span at most 30 days`() {
    let fault = #expect(throws: TraceFault.self) {
      try read([event("cpu_op", "a", "0", "1"), event("cpu_op", "a", "2592000000000", "1")])
    }
    #expect(fault?.description == "t.json: error: its times span more than 30 days; one of them must be wrong")
  }

  @Test func `add up to what 64 bits hold, however events overlap`() {
    // 500 events of 29 days each: 39.7 years.
    let day = 86_400_000_000
    let fault = #expect(throws: TraceFault.self) {
      try read((0..<500).map { _ in event("kernel", "k", "0", "\(29 * day)") })
    }
    #expect(
      fault?.description == "t.json: error: its durations add up to more than 36 years; some of them must be wrong")
    #expect(throws: Never.self) { try read((0..<400).map { _ in event("kernel", "k", "0", "\(29 * day)") }) }
  }
}
