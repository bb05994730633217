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

  @Test(
    "Every format of reports has the kernels, also beside another recording",
    arguments: ["table", "csv", "jsonl", "markdown", "html", "json"])
  func kernels(_ format: String) throws {
    let kineto = Self.recordings + "kineto.json"
    for arguments in [["--kernels"], ["--kernels", "--against", Self.recordings + "nsys.sqlite"]] {
      let result = try Command.run(["trace", kineto, "--format", format] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("gemm_kernel") && result.output.contains("Memcpy DtoH"))
      #expect(format == "table" || format == "markdown" || format == "html" || result.output.contains("mean_us"))
    }
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
      (["--kernels", "--batch-scale", "2"], "--batch-scale would change nothing"),
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

/// `simulate trace` with another batch, and `simulate run` with a graph of Chakra, as processes.
@Suite("simulate trace, other batches and graphs", .tags(.process))
struct TraceBatchTests {
  /// Ten layers on an H100, with shapes unless they are left out.
  private static func recording(shapes: Bool = true) -> String {
    let events = (0..<10).map { place -> String in
      let start = place * 100
      let inputs =
        shapes
        ? #","Input Dims":[[64,4096],[4096,4096],[4096]],"Input type":["c10::Half","c10::Half","c10::Half"]"# : ""
      return [
        #"{"ph":"X","cat":"cpu_op","name":"aten::linear","pid":1,"tid":1,"ts":\#(start),"dur":30,"args":{"External id":\#(place)\#(inputs)}}"#,
        #"{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":1,"ts":\#(start + 10),"dur":5,"args":{"correlation":\#(place + 1)}}"#,
        #"{"ph":"X","cat":"kernel","name":"sm90_xmma_gemm_f16f16","pid":0,"tid":7,"ts":\#(start + 18),"dur":20,"args":{"correlation":\#(place + 1),"stream":7,"device":0}}"#,
      ].joined(separator: ",")
    }
    return
      #"{"deviceProperties":[{"id":0,"name":"NVIDIA H100 80GB HBM3","totalGlobalMem":85017493504,"numSms":132}],"traceEvents":["#
      + events.joined(separator: ",") + "]}"
  }

  @Test func `a batch is told by the shapes, with a band and the rules`() throws {
    let folder = try Scratch()
    try folder.write(Self.recording(), to: "t.json")
    let result = try Command.run(["trace", "t.json", "--batch-scale", "16", "--format", "json"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let root = try RunJSON(result.output)
    var target = try root.value("target").object()
    // Sixteen times the products of 64 rows, which memory bounds, are bound by arithmetic.
    let busy = try target.required("device_busy_us").number()
    #expect(busy > 2 * 200 && busy < 16 * 200, "\(busy)")
    var band = try root.value("error_band").object()
    let low = try band.required("device_busy_low_us").number()
    let high = try band.required("device_busy_high_us").number()
    #expect(low < busy && busy < high)
    #expect(try band.required("coverage").number() == 0.9)
    let rules = try root.value("batch_rules").object().members
    #expect(rules.map(\.key) == ["operator_shapes", "proportional", "assumed", "kept"])
    let table = try Command.run(["trace", "t.json", "--batch-scale", "16"], in: folder.path)
    for words in ["16 times the batch", "nine in ten within", "shapes with the batch changed"] {
      #expect(table.output.contains(words), "\(words)")
    }
  }

  @Test func `a page has the rules and the band`() throws {
    let folder = try Scratch()
    try folder.write(Self.recording(), to: "t.json")
    let result = try Command.run(["trace", "t.json", "-a", "mi300x", "--report", "p.html"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let page = try folder.text("p.html")
    for words in ["What the target rests on", "operator and shapes", "nine in ten within", "By kernel"] {
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test func `without shapes it is refused with what to record`() throws {
    let folder = try Scratch()
    try folder.write(Self.recording(shapes: false), to: "t.json")
    let result = try Command.run(["trace", "t.json", "--batch-scale", "2"], in: folder.path)
    #expect(result.status == 2 && result.errors.contains("record_shapes=True"), "\(result.errors)")
    let wrong = try Command.run(["trace", "t.json", "--batch-scale", "no"], in: folder.path)
    #expect(wrong.status == 64 && wrong.errors.contains("--batch-scale must be a number"), "\(wrong.errors)")
  }

  @Test func `a graph of Chakra is simulated as a workload, its collectives among several devices`() throws {
    let path = packageRoot + "/Tests/Recordings/chakra.et"
    let one = try Command.run(["run", path, "h100-sxm", "--precision", "fp32", "--format", "json"])
    #expect(one.status == 0, "\(one.errors)")
    #expect(try RunJSON(one.output).value("breakdown_us").object().members.contains { $0.key == "communication" })
    let eight = try Command.run(["run", path, "h100-sxm", "--devices", "8", "--format", "json"])
    #expect(eight.status == 0, "\(eight.errors)")
    func busy(_ output: String) throws -> Double { try RunJSON(output).value("device_busy_us").number() }
    // Three all-reduces of a mebibyte take tens of microseconds.
    #expect(try busy(eight.output) > busy(one.output) + 30)
  }
}
