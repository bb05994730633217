import Foundation
import JSONText
import TestSupport
import Testing

/// The first lines of `simulate run`: which case it is, and how sure the answer is.
@Suite("What a run says first", .tags(.process)) struct AnswerTests {
  private static func lines(_ arguments: String) throws -> [Substring] {
    let result = try Command.run(["run"] + arguments.split(separator: " ").map(String.init))
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return result.output.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func isNull(_ cursor: JSONCursor) -> Bool {
    if case .null = cursor.value.content { true } else { false }
  }

  static let cases = [
    ("bert-base-uncased v100 --framework pytorch-eager --host reference", "host-bound by "),
    ("bert-base-uncased v100 --batch 1024", "device-bound by "),
    ("bert-base-uncased v100 --batch 1024 --synchronized", "device-bound by "),
    ("gpt2 h100-sxm --framework cuda-graph", "device-bound by "),
    ("resnet50 none --host xeon-w-2295", "device-bound by "),
    ("resnet50 v100 --synchronized --framework pytorch-eager --host raspberry-pi-3b", "host-bound by "),
  ]

  @Test(arguments: cases) func `the first line says which case it is`(_ arguments: String, _ words: String) throws {
    let lines = try Self.lines(arguments)
    #expect(lines[0].hasPrefix(words), "\(lines[0])")
    let head = lines.prefix { !$0.isEmpty }.joined(separator: " ")
    #expect(head.contains("most of all ") && head.contains("; nine in ten within "), "\(head)")
    #expect(head.contains(arguments.contains("none") ? "(dispatch " : "(host "), "\(head)")
    #expect(head.contains("numbers that matter"), "\(head)")
    #expect(lines.prefix(4).allSatisfy { $0.count <= 100 })
  }

  @Test func `JSON has the band, its regime and what it rests on`() throws {
    for (arguments, words) in Self.cases {
      let json = try RunTests.json(arguments)
      var band = try json.value("error_band").object()
      #expect(band.keys == ["low_us", "high_us", "coverage", "regime", "assumed_numbers"])
      let (low, high) = (try band.required("low_us").number(), try band.required("high_us").number())
      let latency = try json.value("latency_us").number()
      #expect(low < latency && latency < high, "\(arguments)")
      #expect(try band.required("coverage").number() == 0.9)
      #expect(words.hasPrefix(try band.required("regime").string()))
      #expect(try band.required("assumed_numbers").integer(0...50) >= 0)
    }
  }

  @Test func `a model without measurements has a regime and no band`() throws {
    let json = try RunTests.json("bert-base-uncased v100 --kernel-model roofline")
    var band = try json.value("error_band").object()
    for key in ["low_us", "high_us", "coverage"] { #expect(Self.isNull(try band.required(key)), "\(key)") }
    #expect(try !band.required("regime").string().isEmpty)
  }

  @Test func `HDBI is device busy over itself and host work, TKLQT the calls and latencies of a host-bound pass`()
    throws
  {
    let json = try RunTests.json(
      "bert-base-uncased v100 --framework pytorch-eager --host reference --set accelerator.launch.call_us=4 --set "
        + "accelerator.launch.latency_us=1")
    let busy = try json.value("device_busy_us").number()
    let host = try json.value("latency_us").number()
    let balance = try json.value("hdbi").number()
    #expect(abs(balance - busy / (busy + host)) < 1e-9)
    let kernels = Double(try json.value("kernels").integer(1...10_000))
    // Where a kernel or two wait for one another it is a little more.
    let launch = try json.value("tklqt_us").number() / kernels
    #expect(launch >= 5 && launch < 6, "\(launch)")
    #expect(Self.isNull(try RunTests.json("resnet50 none").value("tklqt_us")))
  }

  @Test func `a page of a report says it as well`() throws {
    let path = NSTemporaryDirectory() + "/answer-test-\(UUID().uuidString).html"
    defer { try? FileManager.default.removeItem(atPath: path) }
    // A page simulates its system some thousand times: what it says does not need a model's hundreds of operators.
    var directory = TemporaryDirectory()
    let one =
      #"{ "schema": "workload/1", "name": "w", "parameters": {}, "program": [{ "operator": "aten::relu", "inputs": [[64]] }] }"#
    let result = try Command.run([
      "report", directory.write(Array(one.utf8), to: "w.json"), "v100", "--framework", "pytorch-eager", "--host",
      "raspberry-pi-4", "--samples", "20", "--output", path,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let page = try String(contentsOfFile: path, encoding: .utf8)
    #expect(page.contains("It is host-bound by ") && page.contains("nine in ten within"))
  }
}
