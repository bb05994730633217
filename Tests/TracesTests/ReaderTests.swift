import TestSupport
import Testing
import Traces

/// What the reader makes of well-formed recordings.
@Suite("Trace reader")
struct ReaderTests {
  private func read(_ text: String, step: Int64? = nil, windowSize: Int = 1 << 20) throws -> Trace {
    try TraceReader.read(Array(text.utf8), file: "t.json", step: step, windowSize: windowSize)
  }

  @Test("Keys come in any order, unknown ones are passed over, and of two the last counts")
  func keys() throws {
    let trace = try read(
      #"""
      {"other": {"traceEvents": [1]}, "traceEvents": [
        {"args": {"x": [{"y": null}], "correlation": 7, "stream": 7, "device": 0}, "dur": 2.5, "name": "k\u00e9rnel", "tid": 7,
         "ts": 10, "pid": 0, "cat": "kernel", "ph": "X"},
        {"ph": "X", "cat": "cpu_op", "name": "wrong", "name": "aten::mm", "pid": 1, "tid": 2, "ts": 1e1, "dur": 5.0E0,
         "args": {"External id": 3, "Input Dims": [[2, 3], []], "Input type": ["float", ""]}}
      ]}
      """#)
    #expect(trace.eventCount == 2)
    #expect(trace.deviceEvents.map { trace.name($0.name) } == ["kérnel"])
    #expect(trace.deviceEvents[0].duration == 2_500)
    #expect(trace.deviceEvents[0].correlation == 7)
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["aten::mm"])
    #expect(trace.hostEvents[0].start == 0)
    #expect(trace.hostEvents[0].duration == 5_000)
    let inputs = trace.inputs(of: trace.hostEvents[0])
    #expect(inputs.shapes == [[[2, 3]], [[]]], "of a matrix, and of a scalar")
    #expect(inputs.types == ["float", ""] && inputs.values.isEmpty)
  }

  @Test("The words of PyTorch 1.8 and of today mean the same")
  func generations() throws {
    let old = try read(
      """
      {"traceEvents": [
       {"ph":"X","cat":"Operator","name":"aten::mm","pid":1,"tid":"1","ts":5,"dur":9,"args":{}},
       {"ph":"X","cat":"Runtime","name":"cudaLaunchKernel","pid":1,"tid":"1","ts":6,"dur":2,"args":{"correlation":4}},
       {"ph":"X","cat":"Kernel","name":"k","pid":0,"tid":"stream 7","ts":9,"dur":3,"args":{"correlation":4}},
       {"ph":"X","cat":"Operator","name":"ProfilerStep#3","pid":1,"tid":"1","ts":5,"dur":20,"args":{}}]}
      """)
    #expect(old.hostEvents.map(\.kind) == [.frameworkOperator, .call])
    #expect(old.streams.map(\.stream) == ["7"])
    #expect(old.steps == [3])
  }

  @Test("Stamps of microseconds with fractions keep their nanoseconds; nanoseconds are told by their size")
  func stamps() throws {
    func start(_ first: String, _ second: String) throws -> Int64 {
      let events = [first, second].map { #"{"ph":"X","cat":"cpu_op","name":"a","pid":1,"tid":1,"ts":\#($0),"dur":1}"# }
      return try read("[" + events.joined(separator: ",") + "]").hostEvents[1].start
    }
    #expect(try start("1623212388426996.123", "1623212388426997.456") == 1_333)
    #expect(try start("1623212388426996123", "1623212388426996623") == 500)
    #expect(try start("0.0004", "0.0015") == 2)
    #expect(try start("-5", "-3") == 2_000)
    #expect(try start("1e3", "1.5e3") == 500_000)
  }

  @Test("A bracket that closes as the last byte of a part ends what it closes", arguments: [64, 100, 256])
  func closingAtTheEndOfAPart(windowSize: Int) throws {
    for blanks in 0...(2 * windowSize) {
      let space = String(repeating: "\r", count: blanks)
      let text = #"{"other": [{"id": 2"# + space + "}" + space + "]" + space + #", "traceEvents": []"# + space + "}"
      #expect(try read(text, windowSize: windowSize).eventCount == 0)
    }
  }

  @Test("However small the window, the recording is the same", arguments: [64, 100, 257, 1000, 4096])
  func windows(_ size: Int) throws {
    let text = Self.recording(events: 40)
    let (whole, parts) = (try read(text), try read(text, windowSize: size))
    #expect(whole.hostEvents == parts.hostEvents)
    #expect(whole.deviceEvents == parts.deviceEvents)
    #expect(whole.names == parts.names)
    #expect(whole.eventCount == parts.eventCount)
  }

  @Test("A recording that breaks off is read up to the break, wherever it is, and says so")
  func truncation() throws {
    let bytes = Array(Self.recording(events: 12).utf8)
    var last = 0
    for end in stride(from: 60, to: bytes.count - 5, by: 7) {
      let trace = try TraceReader.read(Array(bytes[..<end]), file: "t.json")
      let truncation = try #require(trace.truncation, "cut at \(end)")
      #expect(truncation.byteOffset == end)
      #expect(trace.eventCount >= last)
      last = trace.eventCount
    }
    #expect(last >= 11)
    #expect(try TraceReader.read(bytes, file: "t.json").truncation == nil)
  }

  @Test("Events without a name, a start or a duration are left out and counted; those that do not end take no time")
  func incomplete() throws {
    let trace = try read(
      """
      [{"ph":"X","cat":"cpu_op","pid":1,"tid":1,"ts":1,"dur":1}, {"ph":"X","cat":"cpu_op","name":"a","pid":1,"tid":1,"dur":1},
       {"ph":"X","cat":"cpu_op","name":"a","pid":1,"tid":1,"ts":1}, {"ph":"B","cat":"cpu_op","name":"a","ts":1}, {}]
      """)
    #expect(trace.hostEvents.map(\.duration) == [0])
    #expect(trace.unfinishedCount == 1)
    #expect(trace.incompleteCount == 3)
    #expect(trace.eventCount == 5)
  }

  @Test("Of a step, only what may belong to it is kept")
  func steps() throws {
    let text = """
      {"traceEvents": [
      {"ph":"X","cat":"cpu_op","name":"early","pid":1,"tid":1,"ts":0,"dur":5},
      {"ph":"X","cat":"user_annotation","name":"ProfilerStep#2","pid":1,"tid":1,"ts":100,"dur":50},
      {"ph":"X","cat":"cpu_op","name":"inside","pid":1,"tid":1,"ts":110,"dur":5},
      {"ph":"X","cat":"cpu_op","name":"late","pid":1,"tid":1,"ts":500,"dur":5}]}
      """
    let trace = try read(text, step: 2)
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["inside"])
  }

  @Test("Devices are described as far as the profiler does")
  func devices() throws {
    let trace = try read(
      #"{"deviceProperties": [{"id": 0, "name": "A", "numSms": 8, "totalGlobalMem": 1e9, "x": [1, {}]}, {}], "traceEvents": []}"#
    )
    #expect(trace.devices.map(\.name) == ["A", ""])
    #expect(trace.devices[0].computeUnits == 8)
    #expect(trace.devices[0].memoryBytes == 1e9)
  }

  static func recording(events: Int) -> String {
    var lines: [String] = []
    for place in 0..<events {
      lines.append(
        #"  {"ph": "X", "cat": "cpu_op", "name": "aten::m\#(place % 5)\u0041 é", "pid": 1, "tid": 1, "ts": \#(place * 10).\#(place), "dur": 9.5, "args": {"External id": \#(place), "Input Dims": [[\#(place)], []]}}"#
      )
      lines.append(
        #"  {"ph": "X", "cat": "kernel", "name": "k", "pid": 0, "tid": 7, "ts": \#(place * 10 + 5), "dur": 2, "args": {"correlation": \#(place), "stream": 7, "device": 0}}"#
      )
    }
    return "{\"schemaVersion\": 1,\n \"traceEvents\": [\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }
}
