import TestSupport
import Testing
import Traces

/// Events that are no JSON, as exporters write them: mended, or left out and counted, and the others are read.
@Suite("Malformed events") struct MalformedEventTests {
  private func read(_ text: String, windowSize: Int = 1 << 20) throws -> Trace {
    try TraceReader.read(Array(text.utf8), file: "t.json", windowSize: windowSize)
  }

  private static func event(_ name: String, _ start: Int = 5, _ rest: String = "") -> String {
    #"{"ph":"X","cat":"cpu_op","name":"\#(name)","pid":1,"tid":1,"ts":\#(start),"dur":1\#(rest)}"#
  }

  /// A text between two good events.
  private static func around(_ middle: String) -> String {
    #"{"traceEvents": [\#(event("first", 1)),\#(middle),\#(event("last", 9))], "traceName": "x"}"#
  }

  @Test(arguments: [
    (#"C:\Users\me\__init__.py(2)"#, #"C:\Users\me\__init__.py(2)"#),
    (#"torch\cuda: f"#, #"torch\cuda: f"#),
    (#"f("a", "b")"#, #"f("a", "b")"#),
    (#"{"device": "cpu"}(12): run"#, #"{"device": "cpu"}(12): run"#),
    (#"C:\dir\"#, #"C:\dir\"#),
    ("tab\there\nline", "tab\there\nline"),
    (#"half \ud800 a pair"#, "half \u{FFFD} a pair"),
    (#"\u12 no code"#, #"\u12 no code"#),
    (#"fine \u00e9 \n ∂"#, "fine é \n ∂"),
  ])
  func `keep their names where they can be mended`(written: String, meant: String) throws {
    for windowSize in [64, 1 << 20] {
      let trace = try read(Self.around(Self.event(written)), windowSize: windowSize)
      #expect(trace.hostEvents.map { trace.name($0.name) } == ["first", meant, "last"])
      #expect(trace.malformedCount == 0 && trace.truncation == nil)
    }
  }

  @Test func `of the mended ones, all are counted, and the line of the first is told`() throws {
    let text = "[\n" + (0..<600).map { Self.event(#"torch\cuda \#($0)"#, $0) }.joined(separator: ",\n") + "]"
    let trace = try read(text)
    #expect(trace.hostEvents.count == 600 && trace.repairedCount == 600 && trace.eventCount == 600)
    #expect(trace.firstMalformedLine == 2)
  }

  @Test(arguments: [
    #", "args": {"blocks per SM": inf, "warps per SM": NaN, "x": -Infinity}"#, #", "args": {"x": [1, nan]}"#,
    #", "args": {"x": 007}"#, #", "args": {"a": 1,}"#, #", "args": {"a": [1, 2,]}"#,
    #", "args": {"a": True, "b": None}"#,
    ",",
  ])
  func `with values that JSON does not have are read without them`(rest: String) throws {
    let trace = try read(Self.around(Self.event("middle", 5, rest)))
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["first", "middle", "last"])
    #expect(trace.malformedCount == 0)
  }

  @Test(arguments: [
    #"{"ph":"X","cat":"cpu_op","name":"a","ts":NaN,"dur":1}"#,
    #"{"ph":"X","cat":"cpu_op","name":"a","ts":"now","dur":1}"#,
    #"{"ph":"X","cat":"cpu_op","name":"a","ts":1,"dur":[]}"#,
    #"{"ph":"X","cat":"cpu_op","name":"a","ts":1,"dur":null}"#,
    "7", "null", #""text""#, "[1, [2]]", #"{"ph" "X"}"#, #"{oops}"#,
  ])
  func `that say no time, or are none, are left out and counted`(middle: String) throws {
    let trace = try read(Self.around(middle))
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["first", "last"], "\(middle)")
    #expect(trace.malformedCount == 1, "\(middle)")
  }

  @Test func `may write their numbers as texts`() throws {
    let trace = try read(#"[{"ph":"X","cat":"cpu_op","name":"a","pid":1,"tid":1,"ts":"10","dur":"2.5"}]"#)
    #expect(trace.hostEvents.map(\.duration) == [2_500])
  }

  @Test func `with a byte order mark, a comma behind the last, and something behind the end are all read`() throws {
    let events = Self.event("a")
    for text in [
      "\u{FEFF}[\(events)]", "[\(events),]", "[\(events),\n]", #"{"traceEvents": [\#(events),], "x": 1}"#,
      #"{"traceEvents": [\#(events)],}"#, #"{"traceEvents": [\#(events)]} x"#, "[\(events)]]",
    ] { #expect(try read(text).hostEvents.count == 1, "\(text)") }
    let trace = try read(#"{"traceEvents": [\#(events),], "distributedInfo": {"rank": 3}}"#)
    #expect(trace.rank == 3, "what follows the events is read")
  }

  @Test func `stand in documents whose other parts may be broken`() throws {
    let events = #""traceEvents": [\#(Self.event("a"))]"#
    #expect(try read(#"{"traceName": "C:\Users\x.json", \#(events)}"#).hostEvents.count == 1)
    #expect(try read(#"{"x": NaN, "y": {"a": [1,, "b"}, \#(events)}"#).hostEvents.count == 1)
    let device = #""deviceProperties": [{"id": 0, "name": "A", "numSms": 8, "clock": inf}]"#
    #expect(try read("{\(device), \(events)}").devices.map(\.computeUnits) == [8])
  }

  @Test func `that are not UTF-8 are mended`() throws {
    let bytes = Array(Self.around(Self.event("k~r")).utf8).map { $0 == UInt8(ascii: "~") ? 0xE9 : $0 }
    let trace = try TraceReader.read(bytes, file: "t.json")
    #expect(trace.hostEvents.map { trace.name($0.name) } == ["first", "k\u{FFFD}r", "last"])
  }

  @Test func `of which nothing more can be made out end the recording there`() throws {
    let trace = try read("[\n" + Self.event("a") + ",\n{\"x\": {]]]]")
    #expect(trace.hostEvents.count == 1 && trace.truncation != nil)
  }

  // MARK: In two parts

  @Test func `may come in two parts, nested and across threads`() throws {
    func part(_ phase: String, _ time: Int, _ rest: String = "", thread: Int = 1) -> String {
      #"{"ph":"\#(phase)","pid":1,"tid":\#(thread),"ts":\#(time)\#(rest)}"#
    }
    func begin(_ name: String, _ time: Int, thread: Int = 1, category: String = "cpu_op") -> String {
      part("B", time, #","cat":"\#(category)","name":"\#(name)","args":{"correlation":4}"#, thread: thread)
    }
    let trace = try read(
      "["
        + [
          begin("outer", 0), begin("python", 1, category: "python_function"),
          begin("cudaLaunchKernel", 2, category: "cuda_runtime"), begin("other", 3, thread: 2), part("E", 5),
          part("E", 6),
          part("E", 10), part("E", 12, thread: 2), part("E", 13), begin("open", 20),
        ].joined(separator: ",") + "]")
    let found = Dictionary(uniqueKeysWithValues: trace.hostEvents.map { (trace.name($0.name), $0) })
    #expect(found["outer"]?.start == 0 && found["outer"]?.duration == 10_000)
    #expect(found["cudaLaunchKernel"]?.duration == 3_000 && found["cudaLaunchKernel"]?.correlation == 4)
    #expect(found["other"]?.start == 3_000 && found["other"]?.duration == 9_000)
    #expect(found["open"]?.duration == 0 && trace.unfinishedCount == 1)
    #expect(found.count == 4)
  }

  // MARK: Times

  @Test func `with an unset clock or an end far behind all others are left out`() throws {
    func events(_ extra: String) -> String {
      "[" + (0..<20).map { Self.event("a", 50_000_000 + $0 * 10) }.joined(separator: ",") + "," + extra + "]"
    }
    let zero = try read(events(Self.event("zero", 0)))
    #expect(zero.hostEvents.count == 20 && zero.outOfRangeCount == 1)
    let endless = try read(
      events(#"{"ph":"X","cat":"cpu_op","name":"b","pid":1,"tid":1,"ts":50000001,"dur":7200000000}"#))
    #expect(endless.hostEvents.count == 20 && endless.outOfRangeCount == 1)
    // A clock that counts from the recording's begin has a zero that is one.
    let early = try read("[" + (0..<20).map { Self.event("a", $0 * 10) }.joined(separator: ",") + "]")
    #expect(early.hostEvents.count == 20)
  }

  @Test func `of kernels that run on behind the end of the next one end where that one begins`() throws {
    func kernel(_ number: Int, _ start: Int, _ duration: Int) -> String {
      #"{"ph":"X","cat":"kernel","name":"k","pid":0,"tid":7,"ts":\#(start),"dur":\#(duration),"args":{"correlation":\#(number),"stream":7,"device":0}}"#
    }
    let events = (0..<10).map { kernel($0, $0 * 100, $0 == 3 ? 1_600_000 : 30) }
    let trace = try read("[" + events.joined(separator: ",") + "]")
    #expect(trace.deviceEvents.map(\.duration) == (0..<10).map { $0 == 3 ? 100_000 : 30_000 })
    #expect(trace.overrunCount == 1)
    // The nodes of a graph share their launch's number, and may run side by side.
    let graph = try read("[" + [kernel(1, 0, 100), kernel(1, 10, 20), kernel(2, 200, 5)].joined(separator: ",") + "]")
    #expect(graph.deviceEvents.map(\.duration) == [100_000, 20_000, 5_000] && graph.overrunCount == 0)
  }
}
