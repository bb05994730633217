import JSONText
import Kernels
import Profiles
import SampleModels
import Simulation
import TestSupport
import Testing
import Workloads

@testable import Studies

/// One of each, whatever they are called; `lost` is nobody's name, and `two` could mean several.
private struct Source: SweepSource {
  private func check(_ name: String, _ what: String) throws(NameFault) {
    if name == "lost" { throw .unknown(what: what, name: name, suggestion: nil, known: ["other"]) }
    if name == "two" { throw .ambiguous(what: what, name: name, candidates: ["two-a", "two-b"]) }
  }

  private func sample<Value>(_ name: String, _ what: String, _ make: () throws -> Value) throws(NameFault) -> Value {
    try check(name, what)
    guard let value = try? make() else { preconditionFailure("samples can be made") }
    return value
  }

  func workload(_ name: String) throws(NameFault) -> Workload {
    try sample(name, "workload") { try Samples.workload(name) }
  }
  func accelerator(_ name: String) throws(NameFault) -> AcceleratorProfile? {
    if name == "none" { return nil }
    return try sample(name, "accelerator") {
      var accelerator = try Sample.accelerator()
      accelerator.name = name == "alias" ? "gpu-1" : String(name.split(separator: "/").last ?? "")
      return accelerator
    }
  }
  func host(_ name: String) throws(NameFault) -> HostProfile { try sample(name, "host") { try Sample.host() } }
  func framework(_ name: String) throws(NameFault) -> FrameworkProfile {
    try sample(name, "framework") { try Sample.framework() }
  }
  func interconnect(_ name: String) throws(NameFault) -> InterconnectProfile {
    try sample(name, "interconnect") { try Sample.interconnect() }
  }
  func names(of subject: SweepAxis.Subject) throws(NameFault) -> [String] { ["gpu-1", "gpu-2", "tpu"] }
  func nameFault(in error: any Error) -> NameFault? { nil }
  func measuredKernelModel(_ name: String, of accelerators: [AcceleratorProfile]) throws(NameFault) -> KernelModel {
    try check(KernelModel.measurements(in: name) ?? "", "file")
    return .measured(name, [:])
  }
}

@Suite("A sweep that is asked for") struct SweepRequestTests {
  private func request(_ items: SweepItem...) throws -> SweepRequest {
    try SweepRequest(items, kernelModel: nil, isSynchronized: false)
  }

  private func plan(_ members: String) throws -> SweepRequest {
    let text = "{ \"schema\": \"sweep/1\", \(members) }"
    return try SweepRequest(plan: JSONDocument(bytes: Array(text.utf8), file: "plan.json"))
  }

  private let batches = SweepItem(.parameter("batch"), .varied(["1", "2"]))

  @Test func `has a model of kernels from a file, which a plan may name`() throws {
    let rest = #""workload": "w", "accelerator": "a", "over": { "batch": [1, 2] }"#
    let named = try plan(#""kernel_model": "measured:k.csv", "# + rest)
    #expect(named.kernelModel == "measured:k.csv")
    #expect(try named.plan(from: Source()).kernelModel.name == "measured:k.csv")
    let over = try SweepRequest([], kernelModel: "roofline", isSynchronized: false).over(named)
    #expect(try over.plan(from: Source()).kernelModel.name == "roofline")
    for wrong in ["measured:", "measured", "measures:k.csv"] {
      let fault = #expect(throws: JSONFault.self) { _ = try plan("\"kernel_model\": \"\(wrong)\", " + rest) }
      let words = "\(try #require(fault))"
      #expect(words.hasPrefix("plan.json:1:40: ") && words.contains("/kernel_model names an unknown kernel model"))
    }
  }

  @Test func `has what a plan says, but for what is said besides`() throws {
    let file = try plan(
      #""workload": "w", "accelerator": "gpu-1", "over": { "batch": [1, 2, 4], "host.single_thread_speed": "1..2:lin2" }"#
    )
    let own = try request(batches, SweepItem(.accelerator, .varied(["gpu-*", "none"])))
    let sweep = try own.over(file).plan(from: Source())
    #expect(sweep.axes.map(\.subject.column) == ["batch", "host.single_thread_speed", "accelerator"])
    #expect(sweep.axes[0].values == [.number(1), .number(2)] && sweep.count == 2 * 2 * 3)
    #expect(sweep.axes[2].values == [.name("gpu-1"), .name("gpu-2"), .name("none")])
    #expect(sweep.choices.workloads.map(\.name) == ["w"])
  }

  @Test func `lays images out as it is asked, by a plan or beside one`() throws {
    let items = [SweepItem(.workload, .name("w")), SweepItem(.accelerator, .varied(["gpu-1"]))]
    func isLast(_ request: SweepRequest) throws -> [Bool] {
      try request.plan(from: Source()).choices.frameworks.map(\.isChannelsLast)
    }
    let plain = try SweepRequest(items, kernelModel: nil, isSynchronized: false)
    let asked = try SweepRequest(items, kernelModel: nil, isSynchronized: false, layout: .channelsLast)
    #expect(try isLast(plain) == [false] && isLast(asked) == [true])
    let request = try plan(#""layout": "nhwc", "workload": "w", "over": { "accelerator": ["gpu-1"] }"#)
    let planned = try request.plan(from: Source())
    #expect(planned.choices.frameworks.map(\.isChannelsLast) == [true])
  }

  @Test func `calls files of one name by their paths`() throws {
    let items = [
      SweepItem(.workload, .name("w")), SweepItem(.accelerator, .varied(["a/gpu", "b/gpu", "gpu-1"])),
    ]
    let sweep = try SweepRequest(items, kernelModel: nil, isSynchronized: true).plan(from: Source())
    #expect(sweep.axes[0].values == [.name("a/gpu"), .name("b/gpu"), .name("gpu-1")])
    #expect(sweep.latencyKind == .synchronized)
  }

  @Test func `says what is said twice, missing or useless`() throws {
    func words(_ body: () throws -> Void) throws -> String {
      let fault = try #require(throws: SweepRequestFault.self, performing: body)
      return (fault.place.map { $0 + ": " } ?? "") + fault.words.text
    }
    let workload = SweepItem(.workload, .name("w"))
    #expect(try words { _ = try request(batches, batches) } == "batch is varied twice; give each over once")
    #expect(
      try words { _ = try request(SweepItem(.parameter("batch"), .count(3)), batches) }
        == "batch is varied by over and has one value besides; take one of them away")
    #expect(
      try words { _ = try plan(#""parameters": { "batch": 3 }, "over": { "batch": [1, 2] }"#) }
        == "plan.json:1:73: /over/batch is given at /parameters/batch, too, once with one value and once varied; "
        + "take one of them away")
    #expect(
      try words { _ = try request(batches, workload).plan(from: Source()) }
        == "a sweep needs an accelerator: name one, or vary it with over accelerator=...")
    let twice = SweepItem(.accelerator, .varied(["gpu-1", "alias"]))
    #expect(
      try words { _ = try request(workload, twice).plan(from: Source()) }
        == "over accelerator has gpu-1 twice, as 'alias' and as 'gpu-1'; name it once")
    #expect(
      try words {
        _ = try SweepRequest(
          [workload, batches, SweepItem(.accelerator, .name("none"))], kernelModel: "roofline", isSynchronized: false
        ).plan(from: Source())
      } == "kernel-model would change nothing: it is a model of an accelerator's kernels, and there is none")
  }

  @Test func `places in a plan what denotes nothing`() throws {
    let over = #""over": { "batch": [1, 2] }"#
    let unknown = try #require(throws: JSONFault.self) {
      _ = try plan(#""workload": "lost", \#(over)"#).plan(from: Source())
    }
    #expect(unknown.place == "plan.json:1:36" && unknown.words.text.contains("lost"))
    let ambiguous = try #require(throws: SweepRequestFault.self) {
      _ = try plan(#""workload": "w", "accelerator": "two", \#(over)"#).plan(from: Source())
    }
    #expect(
      ambiguous.description
        == "plan.json:1:56: error: /accelerator names the accelerator 'two', which could mean two-a, two-b; "
        + "write one of them")
    // Outside of a plan it has no place, and what the source says is passed on.
    #expect(throws: NameFault.self) {
      _ = try request(SweepItem(.workload, .name("lost")), batches).plan(from: Source())
    }
    #expect(throws: SweepFault.noAxis) { _ = try request().plan(from: Source()) }
  }
}
