import Foundation
import JSONText
import Roofline
import TestSupport
import Testing

@Suite("simulate run", .tags(.process)) struct RunTests {
  static func json(_ arguments: String, environment: [String: String] = [:]) throws -> RunJSON {
    let words = arguments.split(separator: " ").map(String.init)
    let result = try Command.run(["run"] + words + ["--format", "json"], environment: environment)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return try RunJSON(result.output)
  }

  @Test func `prints one object with these keys`() throws {
    let json = try Self.json("bert-base v100")
    #expect(
      json.root.keys == [
        "latency_us", "device_busy_us", "framework_tax_us", "framework_tax_fraction", "bound", "breakdown_us",
        "error_band", "hdbi", "tklqt_us", "operators", "kernels", "memory", "operators_without_rule",
        "without_rule_fraction", "inputs",
      ])
    #expect(
      try json.breakdown().map(\.key) == [
        "dispatch", "launch", "kernel_gap", "compute", "memory", "copy", "synchronization", "kernel_overhead",
        "communication",
      ])
    #expect(
      try json.value("inputs").object().keys == [
        "workload", "parameters", "accelerator", "host", "framework", "precision", "latency_kind", "kernel_model",
        "set",
      ])
    #expect(try json.value("operators").integer(1...1000) == 372)
    #expect(
      ["framework-bound", "compute-bound", "memory-bound", "overhead-bound"].contains(try json.value("bound").string()))
  }

  static let samples = [
    "bert-base v100", "resnet50 titan-x --precision fp32 --batch 7", "gpt2 h100-sxm --framework cuda-graph",
    "mobilenet-v2 b200 --framework torchscript --precision bf16",
    "vit-base-patch32 a100 --framework onnxruntime --precision int8",
    "resnet18 none --host raspberry-pi-4", "distilbert none --host xeon-w-2295 --precision fp16",
    "squeezebert mi300x --precision fp8 --synchronized", "densenet161 rtx-2080-ti --precision tf32 --batch 64",
    "albert t4 --kernel-model roofline --sequence-length 31",
  ]

  @Test(arguments: samples) func `has a breakdown that sums to the latency to the last digit`(_ arguments: String)
    throws
  {
    let json = try Self.json(arguments)
    let latency = try json.picoseconds("latency_us")
    #expect(try json.breakdown().reduce(0) { $0 + $1.picoseconds } == latency)
    #expect(try json.picoseconds("framework_tax_us") == latency - json.picoseconds("device_busy_us"))
    let fraction = try json.value("framework_tax_fraction").number()
    #expect(try abs(fraction - Double(json.picoseconds("framework_tax_us")) / Double(latency)) < 1e-12)
  }

  @Test func `says the same bytes each time`() throws {
    let arguments = ["run", "resnet50", "a100", "--batch", "5", "--format", "json", "--sensitivity"]
    #expect(try Command.run(arguments).output == Command.run(arguments).output)
  }

  @Test func `has defaults for what is not said`() throws {
    func input(_ arguments: String, _ key: String) throws -> String {
      var inputs = try Self.json(arguments).value("inputs").object()
      return try inputs.required(key).string()
    }
    #expect(try input("bert-base v100", "host") == "intel-xeon-e5-2698-v4", "the host of its time")
    #expect(try input("bert-base h100-sxm", "host") == "intel-xeon-platinum-8480c")
    #expect(try input("bert-base none", "host") == "reference")
    #expect(try input("bert-base v100", "framework") == "pytorch-eager-2")
    #expect(try input("bert-base v100", "precision") == "fp16")
    #expect(try input("bert-base none", "precision") == "fp32")
    #expect(try input("bert-base none", "accelerator") == "none")
    #expect(try input("--accelerator v100 --workload bert-base", "accelerator") == "nvidia-v100-sxm2-16gb")
    #expect(try input("--workload bert-base v100", "accelerator") == "nvidia-v100-sxm2-16gb")
  }

  @Test func `overrides numbers and parameters`() throws {
    let base = try Self.json("bert-base v100 --host reference")
    let slow = try Self.json("bert-base v100 --host reference --set host.single_thread_speed=0.5")
    #expect(try slow.picoseconds("latency_us") == 2 * base.picoseconds("latency_us"), "the host sets the latency")
    var inputs = try slow.value("inputs").object()
    var set = try inputs.required("set").object()
    #expect(try set.required("host.single_thread_speed").number() == 0.5)
    let both = try Self.json(
      "bert-base v100 --parameter batch=2 --parameter sequence_length=64 --set accelerator.launch.call_us=0")
    var parameters = try both.value("inputs").object()
    let values = try parameters.required("parameters").object().members.map { try $0.value.integer(1...1000) }
    #expect(values == [2, 64])
    let same = try Self.json("bert-base v100 --set host.single_thread_speed=0.5 --set host.single_thread_speed=0.5")
    #expect(try same.picoseconds("latency_us") == slow.picoseconds("latency_us"), "twice the same is no contradiction")
  }

  @Test func `prints a row for spreadsheets`() throws {
    let result = try Command.run(["run", "bert-base", "v100", "--format", "csv"])
    let lines = result.output.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    #expect(result.status == 0 && lines.count == 2 && lines[0].count == lines[1].count)
    #expect(lines[0].prefix(4) == ["workload", "batch", "sequence_length", "accelerator"])
    #expect(lines[1].prefix(4) == ["bert-base-uncased", "1", "128", "nvidia-v100-sxm2-16gb"])
  }

  @Test func `writes a timeline whole`() throws {
    var directory = TemporaryDirectory()
    let file = directory.write([], to: "t.json")
    let result = try Command.run(["run", "resnet18", "v100", "--timeline", file])
    #expect(result.status == 0 && result.errors.isEmpty)
    let bytes = try readFileBytes(file)
    var root = try JSONDocument(bytes: bytes, file: file).cursor.object()
    let events = try root.required("traceEvents").array()
    #expect(events.count > 100)
    for event in events.prefix(400) {
      var object = try event.object()
      let phase = try object.required("ph").string()
      #expect(["X", "M", "s", "f"].contains(phase))
      if phase == "X" { #expect(try object.required("dur").number() >= 0) }
    }
    #expect(try listFiles(in: directory.path, suffix: "") == ["t.json"], "nothing half-written beside it")
  }

  @Test func `refuses a timeline that no memory should hold`() throws {
    let scratch = try Scratch()
    let operation = #"{ "operator": "aten::relu", "inputs": [[64]], "outputs": [[64]] }"#
    try scratch.write(
      """
      { "schema": "workload/1", "name": "w", "parameters": {}, "program": [{ "repeat": 600000, "program": [\(operation)] }] }
      """, to: "w.json")
    let result = try scratch.run("run w.json t4 --timeline t.json")
    #expect(result.status == 2 && result.output.isEmpty && scratch.names == ["w.json"])
    #expect(
      result.errors.hasPrefix("w.json: error: a pass has 1,") && result.errors.contains("holds 1,000,000 at most"),
      "\(result.errors)")
    #expect(try scratch.run("run w.json t4").status == 0)
  }

  @Test func `writes no timeline where it cannot`() throws {
    let directory = TemporaryDirectory()
    for file in ["\(directory.path)/none/t.json", directory.path] {
      let result = try Command.run(["run", "resnet18", "v100", "--timeline", file])
      #expect(result.status == 74 && result.output.isEmpty, "\(result.output)")
      #expect(result.errors.hasPrefix("\(file): error: "))
      #expect(try listFiles(in: directory.path, suffix: "").isEmpty)
    }
  }

  @Test func `finds a user's profiles first`() throws {
    let root = NSTemporaryDirectory() + "/catalog-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: root) }
    let shipped = packageRoot + "/hardware-profiles/hosts/reference.json"
    let text = try String(contentsOfFile: shipped, encoding: .utf8)
    let doubled = TextEdit("\"single_thread_speed\": 1,", "\"single_thread_speed\": 2,").apply(to: text)
    let slow = try Self.json("bert-base v100 --host reference").picoseconds("latency_us")
    // The folder may be laid out like the catalog's, or hold the sorts of profile directly.
    for folder in ["/a/hosts", "/b/hardware-profiles/hosts"] {
      try FileManager.default.createDirectory(atPath: root + folder, withIntermediateDirectories: true)
      try Data(doubled.utf8).write(to: URL(fileURLWithPath: root + folder + "/mine.json"))
    }
    for folder in ["/a", "/b"] {
      let fast = try Self.json("bert-base v100 --host reference --catalog \(root)\(folder)").picoseconds("latency_us")
      #expect(fast == slow / 2)
      let byEnvironment = try Self.json(
        "bert-base v100 --host reference", environment: ["SIMULATE_CATALOG": root + folder])
      #expect(try byEnvironment.picoseconds("latency_us") == fast)
    }
  }

  @Test func `works in any folder`() throws {
    #expect(try Command.run(["run", "resnet18", "v100"], in: "/").status == 0)
  }
}
