import JSONText
import Roofline
import TestSupport
import Testing

/// `simulate trace` with a question, as a process.
@Suite("simulate trace, questions", .tags(.process))
struct TraceQuestionsTests {
  static let recordings = packageRoot + "/Tests/Recordings/"

  private func run(_ arguments: String...) throws -> Command.Result { try Command.run(["trace"] + arguments) }

  @Test("JSON has every answer, whose device times sum to the busy time")
  func json() throws {
    let result = try run(
      Self.recordings + "nsys.sqlite", "--operators", "--layers", "--idle", "--steps", "--against",
      Self.recordings + "kineto.json", "--format", "json")
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let root = try RunJSON(result.output)
    var recorded = try root.value("recorded").object()
    let busy = try RunJSON.picoseconds(recorded.required("device_busy_us"))
    let span = try RunJSON.picoseconds(recorded.required("span_us"))
    func sum(_ list: String, _ key: String) throws -> Int64 {
      try root.value(list).array().reduce(0) { sum, row in
        var row = try row.object()
        return sum + (try RunJSON.picoseconds(row.required(key)))
      }
    }
    #expect(try sum("operators", "device_us") == busy)
    #expect(try sum("layers", "device_own_us") == busy)
    let idle = try root.value("idle_us").object().members
    #expect(try idle.reduce(0) { $0 + (try RunJSON.picoseconds($1.value)) } == span - busy)
    let kinds = try root.value("busy_us").object().members
    #expect(try kinds.reduce(0) { $0 + (try RunJSON.picoseconds($1.value)) } == busy)
    #expect(try root.value("steps").array().count == 3)
    // The same run in two formats: nothing became slower.
    var against = try root.value("against").object()
    for row in try against.required("operators").array() {
      var row = try row.object()
      #expect(try row.required("difference_us").number() == 0)
    }
  }

  @Test("Every format of reports has the operators", arguments: ["table", "csv", "jsonl", "markdown", "html"])
  func formats(_ format: String) throws {
    let result = try run(Self.recordings + "rocpd.db", "--operators", "--steps", "--format", format)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("gemm_kernel") && !result.output.contains("aten::"))
  }

  @Test("Operators alone are answered with their host time")
  func processor() throws {
    var directory = TemporaryDirectory()
    let text =
      #"[{"ph":"X","cat":"cpu_op","name":"aten::mm","pid":1,"tid":1,"ts":0,"dur":30},"#
      + #"{"ph":"X","cat":"cpu_op","name":"aten::relu","pid":1,"tid":1,"ts":40,"dur":10}]"#
    let path = directory.write(Array(text.utf8), to: "cpu.json")
    let result = try run(path)
    #expect(result.status == 0 && result.output.contains("no device events"), "\(result.errors)")
    #expect(result.output.contains("aten::mm") && result.output.contains("30.0"))
    let faster = try run(path, "--host-speed", "2", "--format", "json")
    #expect(try RunJSON(faster.output).value("target").object().members.contains { $0.key == "span_us" })
  }

  @Test(
    "A target beside a question is refused, and so is a question about several ranks",
    arguments: [
      (["--operators", "--host-speed", "2"], "--host-speed would change nothing"),
      (["--idle", "--timeline", "t.json"], "--timeline would change nothing"),
      ([recordings + "rocprof.json", "--layers"], "--layers is of one recording"),
    ])
  func contradictions(_ arguments: [String], _ words: String) throws {
    let result = try Command.run(["trace", Self.recordings + "kineto.json"] + arguments)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
  }
}

/// `simulate run` with an execution trace in place of a workload, as a process.
@Suite("Execution traces as workloads", .tags(.process))
struct ExecutionTraceCommandTests {
  @Test("It is simulated as a workload, and what no rule knows is said")
  func run() throws {
    var directory = TemporaryDirectory()
    func node(_ id: Int, _ name: String, _ shapes: String, _ types: String) -> String {
      #"{"id": \#(id), "name": "\#(name)", "ctrl_deps": 1, "inputs": {"values": [[1, 2], [3, 4]], "shapes": \#(shapes), "types": \#(types)}}"#
    }
    let tensors = #"["Tensor(c10::Half)", "Tensor(c10::Half)"]"#
    let text =
      #"{"schema": "1.1.1-chakra.0.0.4", "pid": 9, "nodes": ["#
      + [
        node(2, "aten::mm", "[[4096, 4096], [4096, 4096]]", tensors), node(3, "mine::op", "[[4], [4]]", tensors),
      ].joined(separator: ",") + "]}"
    let path = directory.write(Array(text.utf8), to: "et.json")
    let result = try Command.run(["run", path, "h100-sxm", "--precision", "fp16", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("1 of its operators are left out") && result.errors.contains("mine::op"))
    // 137 GFLOP at 989 TFLOP/s are 139 us at least.
    let busy = try RunJSON(result.output).value("device_busy_us").number()
    #expect(busy > 139 && busy < 400, "\(busy)")
    let trace = try Command.run(["trace", path])
    #expect(trace.status == 2 && trace.errors.contains("'simulate run'"), "\(trace.errors)")
  }

  @Test func `a page has them, and what called what`() throws {
    let folder = try Scratch()
    try folder.write(TraceCommandTests.recording, to: "t.json")
    let result = try Command.run(["trace", "t.json", "--report", "p.html"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let page = try folder.text("p.html")
    for words in ["What called what", "aten::add: ", "By operator", "Why the device was idle"] {
      #expect(page.contains(words), "\(words)")
    }
  }
}
