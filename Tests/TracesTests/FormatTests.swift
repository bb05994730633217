import JSONText
import TestSupport
import Testing

@testable import Traces

/// One run in every format: `tools/trace_formats.py` writes the files of `Tests/Recordings` by code of its own.
@Suite("Formats of recordings")
struct FormatTests {
  static let formats = [
    "nsys.sqlite", "nsys_events.jsonl", "nsys_tables.jsonl", "rocprof.json", "rocpd.db", "jax.xplane.pb",
    "jax.trace.json", "perfetto.pftrace",
  ]

  static func path(_ name: String) -> String { packageRoot + "/Tests/Recordings/" + name }

  private func read(_ text: String) throws -> Trace { try TraceReader.read(Array(text.utf8), file: "t.json") }

  /// Work of the devices in the order of its start: name, start from the first, duration, bytes.
  private func work(_ trace: Trace) -> [String] {
    let first = trace.deviceEvents.map(\.start).min() ?? 0
    return trace.deviceEvents.sorted { $0.start < $1.start }.map {
      "\(trace.name($0.name)) \($0.start - first) \($0.duration) \(max(0, $0.bytes)) "
        + trace.streams[Int($0.stream)].stream.filter(\.isNumber).suffix(2)
    }
  }

  @Test("Kernels, copies, calls and steps are those of the run", arguments: formats)
  func sameEvents(_ name: String) throws {
    let reference = try TraceReader.read(path: Self.path("kineto.json"))
    let trace = try TraceReader.read(path: Self.path(name))
    func bare(_ lines: [String]) -> [String] {
      // Not every format has the bytes of a set, nor the streams' numbers.
      lines.map {
        $0.hasPrefix("Memset")
          ? String($0.prefix { !$0.isNumber }) : $0.split(separator: " ").dropLast().joined(separator: " ")
      }
    }
    #expect(bare(work(trace)) == bare(work(reference)))
    #expect(trace.streams.count == 2)
    func calls(_ trace: Trace) -> [String] {
      trace.hostEvents.filter { $0.kind == .call }.sorted { $0.start < $1.start }.map {
        let name = trace.name($0.name)
        return "\(name.hasPrefix("cuda") ? name.dropFirst(4) : name.dropFirst(3)) \($0.start) \($0.duration)"
      }
    }
    let offset = reference.hostEvents.filter { $0.kind == .call }.map(\.start).min() ?? 0
    let own = trace.hostEvents.filter { $0.kind == .call }.map(\.start).min() ?? 0
    #expect(offset == 10_000 && (own == 10_000 || own == 0), "without operators the recording begins with a call")
    if own == offset { #expect(calls(trace) == calls(reference)) }
    #expect(trace.steps == [0, 1, 2])
    // Each kernel is connected with the call that launched it.
    let launched = Set(trace.hostEvents.filter { $0.kind == .call }.map(\.correlation))
    #expect(trace.deviceEvents.allSatisfy { launched.contains($0.correlation) })
    #expect(trace.outOfRangeCount == 0 && trace.incompleteCount == 0 && trace.unfinishedCount == 0)
  }

  @Test("Operators have their names, and their shapes where the format has them")
  func operators() throws {
    for name in Self.formats where !name.hasPrefix("roc") {
      let trace = try TraceReader.read(path: Self.path(name))
      let operators = trace.hostEvents.filter { $0.kind == .frameworkOperator }.sorted { $0.start < $1.start }
      #expect(
        operators.map { trace.name($0.name) } == Array(repeating: ["aten::mm", "aten::add"], count: 3).flatMap(\.self),
        "\(name)")
      if name.hasPrefix("nsys") {
        #expect(trace.inputs(of: operators[0]).shapes == [[[64, 128]], [[128, 32]]], "\(name)")
      }
    }
  }

  @Test("Nsight's waits name the stream and the record, and its devices are described")
  func waits() throws {
    let reference = try TraceReader.read(path: Self.path("kineto.json"))
    #expect(reference.waits.isEmpty)
    for name in ["nsys.sqlite", "nsys_events.jsonl", "nsys_tables.jsonl"] {
      let trace = try TraceReader.read(path: Self.path(name))
      #expect(trace.waits.count == 6, "\(name)")
      let calls = trace.hostEvents.filter { $0.kind == .call }.sorted { $0.start < $1.start }
      for wait in trace.waits {
        let call = try #require(calls.first { $0.correlation == wait.correlation })
        if trace.name(call.name) == "cudaStreamWaitEvent" {
          #expect(trace.streams[Int(wait.stream)].stream == "20")
          #expect(trace.streams[Int(wait.waitsForStream)].stream == "7")
          let record = try #require(calls.last { trace.name($0.name) == "cudaEventRecord" && $0.start < call.start })
          #expect(wait.recordCorrelation == record.correlation)
        } else {
          #expect(trace.name(call.name) == "cudaStreamSynchronize")
          #expect(wait.stream == -1 && trace.streams[Int(wait.waitsForStream)].stream == "20")
        }
      }
    }
    #expect(try TraceReader.read(path: Self.path("nsys.sqlite")).devices.map(\.computeUnits) == [108])
    #expect(try TraceReader.read(path: Self.path("rocprof.json")).devices.map(\.name) == ["AMD Instinct MI300X"])
    #expect(try TraceReader.read(path: Self.path("rocpd.db")).devices.map(\.computeUnits) == [304])
  }

  @Test("A file that is damaged or cut anywhere gives a recording or one fault, never a crash", arguments: formats)
  func damage(_ name: String) throws {
    let whole = try readFileBytes(Self.path(name))
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<150 {
      var bytes = whole
      if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 1..<whole.count, using: &generator)) }
      for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      do { _ = try TraceReader.read(bytes, file: name) } catch let fault {
        #expect(fault.description.hasPrefix(name) && !fault.description.contains("\n"))
      }
    }
  }

  @Test("A text that breaks off is read up to the break")
  func truncation() throws {
    for name in ["rocprof.json", "jax.trace.json", "nsys_events.jsonl"] {
      let whole = try readFileBytes(Self.path(name))
      let trace = try TraceReader.read(Array(whole[..<(whole.count * 2 / 3)]), file: name)
      #expect(trace.truncation != nil && !trace.hostEvents.isEmpty, "\(name)")
    }
  }

  @Test("ONNX Runtime: nodes are operators, and kernels are launched by the node that they follow")
  func onnxRuntime() throws {
    let trace = try read(
      """
      [
      {"cat" : "Session","pid" :1,"tid" :1,"dur" :698,"ts" :11,"ph" : "X","name" :"model_loading_uri","args" : {}},
      {"cat" : "Node","pid" :1,"tid" :1,"dur" :40,"ts" :1000,"ph" : "X","name" :"Conv_0_kernel_time",
       "args" : {"op_name" : "Conv","provider" : "CUDAExecutionProvider","input_type_shape" : [{"float":[1,3,8,8]},{"float":[4,3,3,3]}]}},
      {"cat" : "Kernel","pid" :-1,"tid" :-1,"dur" :10,"ts" :1020,"ph" : "X","name" :"implicit_gemm","args" : {"stream" : "0x1"}},
      {"cat" : "Kernel","pid" :-1,"tid" :-1,"dur" :90,"ts" :1060,"ph" : "X","name" :"bias","args" : {"stream" : "0x1"}},
      {"cat" : "Node","pid" :1,"tid" :1,"dur" :0,"ts" :1041,"ph" : "X","name" :"Relu_1_fence_before","args" : {"op_name" : "Relu"}},
      {"cat" : "Node","pid" :1,"tid" :1,"dur" :9,"ts" :1041,"ph" : "X","name" :"Relu_1_kernel_time",
       "args" : {"op_name" : "Relu","provider" : "CPUExecutionProvider"}}
      ]
      """)
    let operators = trace.hostEvents.filter { $0.kind == .frameworkOperator }
    #expect(operators.map { trace.name($0.name) } == ["Conv", "Relu"])
    #expect(trace.inputs(of: operators[0]).shapes == [[[1, 3, 8, 8]], [[4, 3, 3, 3]]])
    let calls = trace.hostEvents.filter { $0.kind == .call }
    #expect(calls.map(\.start) == [20_000, 40_000], "at the kernel's start, and at the node's end")
    #expect(calls.map(\.correlation) == trace.deviceEvents.map(\.correlation))
    #expect(trace.annotations.map { trace.name($0.name) } == ["model_loading_uri"])
    #expect(trace.remarks == [.launchesInferred(count: 2)])
  }

  @Test("Intel's runtime and driver are calls")
  func intel() throws {
    let trace = try read(
      """
      {"traceEvents": [
       {"ph":"X","cat":"xpu_runtime","name":"urEnqueueKernelLaunch","pid":1,"tid":1,"ts":6,"dur":2,"args":{"correlation":4}},
       {"ph":"X","cat":"xpu_driver","name":"zeCommandListAppendLaunchKernel","pid":1,"tid":1,"ts":7,"dur":1,"args":{}},
       {"ph":"X","cat":"kernel","name":"k","pid":0,"tid":0,"ts":9,"dur":3,"args":{"correlation":4}}]}
      """)
    #expect(trace.hostEvents.map(\.kind) == [.call, .call])
  }

  @Test(
    "What has no times, is no export or no recording says what to do",
    arguments: [
      (#"{"schema": "1.0.2-chakra.0.0.4", "pid": 1, "nodes": [], "start_ts": 1}"#, "without times"),
      ("SQLite format 3\u{0}", "damaged"),
      (#"{"data":["a"]}"#, "no \"traceEvents\""),
    ])
  func refusals(_ text: String, _ words: String) throws {
    let fault = try #require(throws: TraceFault.self) { try read(text) }
    #expect(fault.description.contains(words), "\(fault)")
  }

  @Test("A report of Nsight Systems is named, with the command that exports it")
  func reports() throws {
    let fault = try #require(throws: TraceFault.self) { try TraceReader.read([1, 2, 3], file: "run.nsys-rep") }
    #expect(fault.description.contains("nsys export --type sqlite"))
    // Chakra's graphs begin with the length of their metadata and a version.
    let chakra = try #require(throws: TraceFault.self) {
      try TraceReader.read([7, 0x0A, 5] + Array("0.0.4".utf8) + [9, 9], file: "run.et")
    }
    #expect(chakra.description.contains("Chakra"))
  }

  @Test("Steps are told by the names that programs give them")
  func stepNames() {
    #expect(stepNumber(of: "ProfilerStep#7") == 7)
    #expect(stepNumber(of: "iteration 16") == 16)
    #expect(stepNumber(of: "step_3") == 3)
    #expect(stepNumber(of: "steps taken") == nil && stepNumber(of: "step") == nil && stepNumber(of: "stepper 3") == nil)
  }

  @Test("Operators of emit_nvtx are told from other ranges")
  func ranges() {
    let full = NVTXOperator("aten::mm, seq = 3, op_id = 9, sizes = [[2, 3], [3, 4]], input_op_ids = [(1,0)]")
    #expect(full?.name == "aten::mm" && full?.shapes == "[[2, 3], [3, 4]]")
    #expect(NVTXOperator("AddmmBackward0, seq = 3")?.name == "AddmmBackward0")
    #expect(NVTXOperator("forward pass") == nil && NVTXOperator("layer, 3") == nil)
  }
}
