import Foundation
import Roofline
import TestSupport
import Testing

/// Names, titles, values and paths from outside, to every destination: nothing that is obeyed and not shown gets there.
@Suite("Text from outside", .tags(.process)) struct OutsideTextTests {
  /// What no output holds as it is.
  static let hostile =
    "\u{1B}]0;pwn\u{7}\u{9B}31m\r\u{7F}\u{8}\u{202E}\u{2066}\u{200F}\u{61C}\u{2028}<script>alert(1)</script>"

  /// The same in a JSON string.
  private static let json =
    hostile.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16)
      return scalar.value < 0x20 ? "\\u" + String(repeating: "0", count: 4 - digits.count) + digits : String(scalar)
    }.joined() + "\\n"

  /// The hostile files, by their names.
  private static let material = Result { () throws -> [String: String] in
    var files: [String: String] = [:]
    files["w.json"] = """
      { "schema": "workload/1", "name": "w\(json)", "title": "\(json)",
        "parameters": { "batch": 1 }, "program": [
        { "operator": "aten::relu", "inputs": [["batch", 64]], "outputs": [["batch", 64]] },
        { "operator": "evil::\(json)", "inputs": [["batch", 64]], "outputs": [["batch", 64]] } ] }
      """
    for (name, sort) in [("nvidia-t4", "accelerators"), ("reference", "hosts"), ("pytorch-eager", "frameworks")] {
      let original = try String(
        contentsOfFile: packageRoot + "/hardware-profiles/\(sort)/\(name).json", encoding: .utf8)
      var text = original.replacing(/"title": "[^"]*"/, with: "\"title\": \"\(json)\"")
      text = text.replacing(/"from": "[^"]*"/, with: "\"from\": \"\(json)\"")
      text = text.replacing(/"name": "[^"]*"/, with: "\"name\": \"evil\"", maxReplacements: 1)
      files[sort + ".json"] = text.replacing(/"aliases": \[[^\]]*\]/, with: "\"aliases\": []")
    }
    let csv = "\"" + hostile + "\n\""
    files["m.csv"] = """
      testbed,accelerator,framework,precision,workload,batch,latency_ms,\(csv)
      \(csv),nvidia-t4,pytorch-eager,fp16,bert-base-uncased,1,9,\(csv)
      \(csv),nvidia-t4,pytorch-eager,fp16,bert-base-uncased,2,9,\(csv)

      """
    files["bad.csv"] =
      "testbed,accelerator,framework,precision,workload,batch,latency_ms\na,\(csv),b,fp16,c,1,2\n"
    files["rows.csv"] =
      "\(csv),batch,latency_us,device_busy_us,framework_tax_fraction,bound\n\(csv),1,9,3,0.6,\(csv)\n\(csv),2,9,4,0.5,x\n"
    let recording = try String(contentsOfFile: packageRoot + "/docs/examples/trace.json", encoding: .utf8)
    files["t.json"] = recording.replacing("aten::", with: "aten\(json)::")
    files["plan.json"] =
      "{ \"schema\": \"sweep/1\", \"workload\": \"\(json)\", \"over\": { \"batch\": [1, 2] } }"
    return files
  }

  /// A folder of hostile files, removed behind the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "/simulate-outside-" + UUID().uuidString

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for (name, text) in try OutsideTextTests.material.get() {
        try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The files that the command wrote: those that were not there before.
    func texts(_ names: [String]) throws -> [(name: String, text: String)] {
      try names.map { ($0, try String(contentsOfFile: path + "/" + $0, encoding: .utf8)) }
    }
  }

  /// Command lines, and the files that they write.
  ///
  /// Arguments stand between bars; `!` is hostile text.
  static let lines: [(line: String, files: [String])] = {
    let system = "w.json|./accelerators.json|--host|./hosts.json|--framework|./frameworks.json"
    var lines: [(String, [String])] = []
    for format in ["table", "json", "csv"] {
      for command in ["run", "roofline"] {
        let options = command == "run" ? system : "w.json|./accelerators.json|--framework|./frameworks.json"
        lines.append(("\(command)|\(options)|--format|\(format)", []))
      }
      lines.append(("project|\(system)|--scale|peak=2|--format|\(format)", []))
      lines.append(("project|\(system)|--target|latency_us=1|--vary|dispatch,batch|--format|\(format)", []))
      lines.append(("study|platforms|--measurements|m.csv|--format|\(format)", []))
      if format != "csv" { lines.append(("trace|t.json|--recorded-accelerator|v100|--format|\(format)", [])) }
      if format != "json" { lines.append(("validate|m.csv|--fit|host|--format|\(format)", [])) }
      if format != "json" { lines.append(("calibrate|m.csv|--format|\(format)", [])) }
    }
    for format in ["table", "csv", "jsonl", "summary"] {
      lines.append(("sweep|./accelerators.json|--over|workload=w.json,./w.json|--format|\(format)", []))
      lines.append(("sweep|\(system)|--over|batch=1,2|--format|\(format)", []))
    }
    lines.append(("run|\(system)|--timeline|o.json", ["o.json"]))
    lines.append(("run|\(system)|--sensitivity", []))
    for ending in ["svg", "vl.json", "csv", "jsonl", "md"] {
      // What an ending does to text it does whatever the chart; the breakdown simulates every generation.
      for chart in ["latency", "roofline", "timeline"] + (ending == "svg" ? ["breakdown"] : []) {
        lines.append(("report|\(system)|--chart|\(chart)|-o|o.\(ending)", ["o.\(ending)"]))
      }
    }
    lines.append(("report|--sweep|rows.csv|-o|o.html", ["o.html"]))
    lines.append(("report|\(system)|--measurements|m.csv|--samples|20|-o|o.html", ["o.html"]))
    lines.append(("trace|t.json|--recorded-accelerator|v100|--timeline|o.json|--report|o.html", ["o.json", "o.html"]))
    for file in ["accelerators", "hosts", "frameworks"] { lines.append(("profiles|show|./\(file).json", [])) }
    let faults = [
      "validate|bad.csv", "sweep|--plan|plan.json", "run|!|t4", "run|bert-base|!", "run|!.json|t4", "!", "run|--!",
      "run|bert-base|t4|--set|!=3", "run|bert-base|t4|--set|host.cores=!", "run|bert-base|t4|--parameter|!=3",
      "sweep|bert-base|t4|--over|!=1", "sweep|bert-base|t4|--over|batch=!", "sweep|bert-base|!|--over|batch=1,2",
      "sweep|bert-base|t4|--over|batch=1,2|-o|!/o.csv", "sweep|bert-base|t4|--over|batch=1,2|-o|o.!",
      "report|bert-base|t4|-o|!", "project|bert-base|t4|--scale|!=2", "project|bert-base|t4|--history|!|--year|2030",
      "trace|!", "validate|!", "calibrate|!", "profiles|show|!", "profiles|check|!", "profiles|list|!",
      "run|bert-base|t4|--catalog|!", "run|bert-base|t4|!", "run|bert-base|t4|--format|!", "report|--sweep|!|-o|o.html",
      "sweep|bert-base|t4|--over|batch=1|--shard|!",
    ]
    return lines + faults.map { ($0, []) }
  }()

  @Test(arguments: lines)
  func `is shown and never obeyed, wherever it goes`(line: String, files: [String]) throws {
    let folder = try Folder()
    let hostile = String(Self.hostile.dropLast("<script>alert(1)</script>".count)) + "\n"
    let arguments = line.split(separator: "|").map { String($0).replacing("!", with: hostile) }
    let result = try Command.run(arguments, in: folder.path)
    #expect([0, 2, 64, 74].contains(result.status), "\(result.errors)")
    #expect(result.status == 0 || !result.errors.isEmpty)
    for (name, text) in [("output", result.output), ("errors", result.errors)] + (try folder.texts(files)) {
      let raw = text.unicodeScalars.filter { Self.isObeyed($0) }
      #expect(raw.isEmpty, "\(name) of \(line) has \(raw.map { String($0.value, radix: 16) })")
      guard [".html", ".svg", ".md"].contains(where: { name.hasSuffix($0) }) else { continue }
      #expect(!text.contains("<script>alert"), "\(name) of \(line)")
    }
    // One line says what is wrong; what follows is ours, and begins with a word of ours.
    let ours = ["see '", "known are ", "warning: ", "note: "]
    let lines = result.errors.split(separator: "\n")
    if result.status != 0 {
      for line in lines.dropFirst() { #expect(ours.contains { line.hasPrefix($0) }, "\(result.errors)") }
    }
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  @Test func `keeps JSON as it was, in escapes`() throws {
    let folder = try Folder()
    let result = try Command.run(["run", "w.json", "t4", "--format", "json"], in: folder.path)
    #expect(result.output.contains(#"\u001b]0;pwn\u0007\u009b31m\r\u007f\b\u202e\u2066\u200f\u061c\u2028<script>"#))
  }
}
