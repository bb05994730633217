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
