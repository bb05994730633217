import Foundation
import JSONText
import Roofline
import TestSupport
import Testing

/// `simulate trace`, as a process.
@Suite("simulate trace", .tags(.process))
struct TraceCommandTests {
  /// Ten launches on an H100, 50 us apart, and a synchronization.
  static let recording: String = {
    var events = [
      #"{"ph":"X","cat":"user_annotation","name":"ProfilerStep#4","pid":1,"tid":1,"ts":0,"dur":600}"#
    ]
    for place in 0..<10 {
      let start = place * 50
      events += [
        #"{"ph":"X","cat":"cpu_op","name":"aten::add","pid":1,"tid":1,"ts":\#(start),"dur":30,"args":{"External id":\#(place),"Input Dims":[[1024,1024],[1024,1024],[]],"Input type":["c10::Half","c10::Half","Scalar"]}}"#,
        #"{"ph":"X","cat":"cuda_runtime","name":"cudaLaunchKernel","pid":1,"tid":1,"ts":\#(start + 10),"dur":5,"args":{"correlation":\#(place + 1)}}"#,
        #"{"ph":"X","cat":"kernel","name":"void at::native::vectorized_elementwise_kernel<half>","pid":0,"tid":7,"ts":\#(start + 18),"dur":12,"args":{"correlation":\#(place + 1),"stream":7,"device":0}}"#,
      ]
    }
    events.append(
      #"{"ph":"X","cat":"cuda_runtime","name":"cudaDeviceSynchronize","pid":1,"tid":1,"ts":500,"dur":6,"args":{"correlation":99}}"#
    )
    return """
      {"deviceProperties": [{"id": 0, "name": "NVIDIA H100 80GB HBM3", "totalGlobalMem": 85018279936, "numSms": 132}],
      "traceEvents": [
      \(events.joined(separator: ",\n"))
      ]}
      """
  }()

  private func run(
    _ arguments: [String], text: String = recording, name: String = "t.json"
  ) throws -> Command.Result {
    var directory = TemporaryDirectory()
    let path = directory.write(Array(text.utf8), to: name)
    return try Command.run(["trace", path] + arguments)
  }

  @Test("JSON has the keys that tools rely on, and its breakdowns sum to their spans")
  func json() throws {
    let result = try run(["--format", "json", "--device-speed", "3"])
    #expect(result.status == 0, "\(result.errors)")
    let root = try RunJSON(result.output)
    #expect(try root.value("events").number() == 32)
    #expect(try root.value("operators").number() == 10)
    #expect(try root.value("launches").number() == 10)
    #expect(try root.value("kernels").number() == 10)
    for (key, busy) in [("recorded", 120.0), ("replayed", 120), ("target", 40)] {
      var part = try root.value(key).object()
      let span = try RunJSON.picoseconds(part.required("span_us"))
      #expect(span == 506_000_000)
      #expect(try part.required("device_busy_us").number() == busy)
      #expect(abs(try part.required("framework_tax_fraction").number() - (1 - busy / 506)) < 1e-9)
      guard key != "recorded" else { continue }
      let breakdown = try part.required("breakdown_us").object().members
      #expect(try breakdown.reduce(0) { $0 + (try RunJSON.picoseconds($1.value)) } == span)
    }
  }

  @Test("With nothing changed there is no target")
  func noTarget() throws {
    let result = try run(["--format", "json"])
    #expect(!result.output.contains("\"target\""))
    #expect(result.errors == "")
  }

  @Test("The table ends with what bounds the run and what would help most, by the numbers of this run")
  func table() throws {
    let hostBound = try run([]).output
    #expect(hostBound.contains("framework-bound\n"))
    let rows = hostBound.split(separator: "\n").suffix(3)
    #expect(rows.first?.hasPrefix("a host twice as fast") == true, "\(hostBound)")
    let deviceBound = try run(["--device-speed", "0.01"]).output
    // Of a pass over memory a part is traffic and a part what its blocks wait for; the host is neither.
    #expect(deviceBound.contains("-bound on the target") && !deviceBound.contains("framework-bound on the target"))
    #expect(deviceBound.split(separator: "\n").suffix(3).first?.hasPrefix("twice the memory bandwidth") == true)
  }

  @Test("Gzipped, under any name, and from standard input, a recording is the same")
  func sources() throws {
    var directory = TemporaryDirectory()
    let path = directory.write(Array(Self.recording.utf8), to: "t.json")
    let plain = try Command.shell("simulate trace '\(path)' --format json").output.replacing(path, with: "X")
    for line in [
      "simulate trace - --format json < '\(path)'", "gzip -c '\(path)' | simulate trace - --format json",
      "cat '\(path)' | simulate trace - --format json",
    ] {
      let result = try Command.shell(line)
      #expect(result.output.replacing("standard input", with: "X") == plain, "\(line): \(result.errors)")
    }
    let odd = directory.path + "/odd name"
    let result = try Command.shell("gzip -c '\(path)' > '\(odd)' && simulate trace '\(odd)' --format json; rm '\(odd)'")
    #expect(result.output.replacing(odd, with: "X") == plain)
  }

  @Test("A recording that breaks off is used up to the break, with a warning; one without a step has a message")
  func warnings() throws {
    let cut = String(Self.recording.dropLast(300))
    let result = try run([], text: cut)
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: breaks off at byte \(cut.utf8.count)"), "\(result.errors)")
    let noStep = try run(["--step", "7"])
    #expect(noStep.status == 2)
    #expect(noStep.errors.contains("has no step 7; its steps are 4"), "\(noStep.errors)")
    #expect(try run(["--step", "4"]).status == 0)
  }

  @Test(
    "What is wrong with the command line is said",
    arguments: [
      (["--device-speed", "0"], "--device-speed must be a number from 0.000001 to 1000000 (it is '0')"),
      (["--host-speed", "fast"], "--host-speed must be"), (["--accelerator", "none"], "needs a device"),
      (["--framework", "onnxruntime"], "rewrites operators"), (["--profiler-overhead-us", "-1"], "from 0 to 1000000"),
      (["--step", "-1"], "--step"),
    ])
  func usage(_ arguments: [String], _ message: String) throws {
    let result = try run(arguments)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output == "")
  }

  @Test("A host is as fast as the catalog says, by the recording's")
  func host() throws {
    let result = try run(["--host", "amd-epyc-9575f", "--recorded-host", "reference", "--format", "json"])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    var inputs = try RunJSON(result.output).value("inputs").object()
    let speed = try inputs.required("host_speed").number()
    #expect(speed > 1)
    let same = try run(["--host-speed", "\(speed)", "--format", "json"])
    func span(_ result: Command.Result) throws -> Int64 {
      var target = try RunJSON(result.output).value("target").object()
      return try RunJSON.picoseconds(target.required("span_us"))
    }
    #expect(try span(same) == span(result))
    let own = try run(["--host", "amd-epyc-9575f"])
    #expect(own.errors.contains("note: the recording does not say its host; it is taken for '"), "\(own.errors)")
    let both = try run(["--host", "reference", "--host-speed", "2"])
    #expect(both.status == 64 && both.errors.contains("--host-speed"), "\(both.errors)")
    #expect(try run(["--recorded-host", "reference"]).status == 64)
  }

  @Test("An accelerator moves each kernel by its shapes, and the shares of the rules are shown")
  func accelerator() throws {
    let result = try run(["--accelerator", "a100-sxm4-80gb"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("operator and shapes"))
    #expect(result.output.contains("100.0%"))
    let unknown = try run(
      ["--accelerator", "a100-sxm4-80gb"], text: Self.recording.replacing("NVIDIA H100 80GB HBM3", with: "Foo 9"))
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("'Foo 9'; name one with --recorded-accelerator"), "\(unknown.errors)")
  }

  @Test("A timeline has recorded, replayed and target lanes")
  func timeline() throws {
    let directory = TemporaryDirectory()
    let file = directory.path + "/timeline.json"
    let result = try run(["--host-speed", "2", "--timeline", file])
    #expect(result.status == 0, "\(result.errors)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try FileManager.default.removeItem(atPath: file)
    _ = try JSONDocument(bytes: Array(text.utf8), file: "timeline.json")
    for lane in [
      "recorded host", "recorded device", "replayed host", "replayed device", "target host", "target device",
    ] {
      #expect(text.contains("\"\(lane)\""), "\(lane)")
    }
  }

  @Test("Profiles from a recording are ready for simulate run")
  func calibrate() throws {
    var directory = TemporaryDirectory()
    let path = directory.write(Array(Self.recording.utf8), to: "my_run.json")
    let output = directory.path + "/profiles"
    defer { try? FileManager.default.removeItem(atPath: output) }
    let result = try Command.run(["calibrate", "--trace", path, "--output", output, "--format", "csv"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("accelerator.launch.latency_us,"))
    let row = result.output.split(separator: "\n").first { $0.hasPrefix("framework.dispatch_us.pointwise,") } ?? ""
    // 30 us of the operator without 5 of the call, and 20 us between operators.
    #expect(row.contains(",45,10,median"), "\(row)")
    let run = try Command.run([
      "run", "resnet18", "my-run", "--host", "my-run", "--framework", "my-run", "--catalog", output,
    ])
    #expect(run.status == 0, "\(run.errors)")
  }
}
