import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import TestSupport
import Testing
import Workloads

@Suite("Predictions of operators timed alone") struct KernelValidationTests {
  /// The sample accelerators by architecture, whatever else is asked for.
  struct Source: ModelSource {
    func workload(_ name: String) throws -> Workload {
      throw NameFault.unknown(what: "workload", name: name, suggestion: nil, known: [])
    }
    func accelerator(_ name: String) throws -> AcceleratorProfile? { try Sample.accelerator(name) }
    func host(_ name: String) throws -> HostProfile { try Sample.host() }
    func framework(_ name: String) throws -> FrameworkProfile {
      try #require(name == "cuda-graph")
      return try Sample.framework(.graph)
    }
    func interconnect(_ name: String) throws -> InterconnectProfile { try Sample.interconnect(name) }
  }

  static func validation(
    _ lines: [String], _ kernelModel: KernelModel = .calibrated, adjust: (inout System) throws -> Void = { _ in }
  ) throws -> KernelValidation {
    let rows = try KernelMeasurementTests.read(
      KernelMeasurementTests.header + lines.joined(separator: "\n"))
    return try KernelValidation(rows, from: Source(), kernelModel: kernelModel, adjust: adjust)
  }

  // The sample: 500 GB/s of which 0.8 are reached, 10 TFLOP/s, 2 us for a kernel and 0.5 us to the next in a graph.

  @Test func `are the kernel's time and the gap in a graph`() throws {
    // 4,000,000 numbers of 4 bytes, read and written: 32 MB at 400 GB/s.
    let prediction = try Self.validation(["Plain,fp32,aten::relu,[[4000000]],,,,90"]).predictions[0]
    #expect(abs(prediction.time.microseconds - (80 + 2 + 0.5)) < 1e-6)
    #expect(prediction.bound == .memory)
    #expect(abs(try #require(prediction.error) - (82.5 / 90 - 1)) < 1e-9)
  }

  @Test func `have the gap once for each kernel`() throws {
    // In fp16 a batch normalization has two small kernels over its channels: 8 channels, 64 bytes each.
    let row = #"Plain,fp16,aten::batch_norm,"[[1,8,1000,1000],[8]]",,,,"#
    let small = 64 / 400e3 + 2 + 0.5
    let whole = 2 * 2 * 8e6 / 400e3 + 2 + 0.5
    let prediction = try Self.validation([row]).predictions[0]
    #expect(abs(prediction.time.microseconds - (2 * small + whole)) < 1e-5)
    #expect(prediction.error == nil, "nothing was measured")
    let wider = try Self.validation([row]) { try $0.set("accelerator.launch.graph_kernel_gap_us", to: 1.5) }
    #expect(abs(wider.predictions[0].time.microseconds - prediction.time.microseconds - 3) < 1e-5)
  }

  @Test func `are bound by the largest of their shares`() throws {
    let rows = [
      #"Plain,fp32,aten::linear,"[[4096,4096],[4096,4096]]",,,,"#, "Plain,fp32,aten::relu,[[4000000]],,,,",
      "Plain,fp32,aten::relu,[[1000]],,,,", #"Plain,fp32,aten::linear,"[[8,8],[8,8]]",,,,"#,
      "Plain,fp32,aten::relu,[[0]],,,,",
    ]
    let predictions = try Self.validation(rows).predictions
    #expect(predictions.map(\.bound) == [.compute, .memory, .kernelOverhead, .kernelOverhead, nil])
    #expect(predictions[4].time == .zero, "nothing to do is nothing to launch")
  }

  @Test func `are those of the model that is asked for`() throws {
    // By the data sheet alone: 32 MB at 500 GB/s.
    let prediction = try Self.validation(["Plain,fp32,aten::relu,[[4000000]],,,,"], .roofline).predictions[0]
    #expect(abs(prediction.time.microseconds - (64 + 0.5)) < 1e-6)
  }

  @Test func `keep the order of the rows`() throws {
    let rows = (0..<3000).map { "\($0 % 2 == 0 ? "Plain" : "Matrix"),fp16,aten::relu,[[\($0 + 1)]],,,,1" }
    let validation = try Self.validation(rows)
    #expect(validation.predictions.map(\.measurement.row) == Array(0..<3000))
    let alone = try Self.validation([rows[2999]]).predictions[0]
    #expect(validation.predictions[2999].time == alone.time)
  }

  @Test func `name the operators that are guessed`() throws {
    let validation = try Self.validation([
      "Plain,fp32,my::thing,[[8]],,,,", "Plain,fp32,aten::relu,[[8]],,,,", "Plain,fp32,my::thing,[[9]],,,,",
    ])
    #expect(validation.operatorsWithoutRule == ["my::thing"])
  }

  // MARK: Errors

  @Test(arguments: [
    ("aten::linear", "[[16,8],[8,8]]", 0, "products", "m to 16"),
    ("aten::linear", "[[17,8],[8,8]]", 0, "products", "m to 256"),
    ("aten::linear", "[[2,128,8],[8,8]]", 0, "products", "m to 256"),
    ("aten::matmul", "[[9,257,8],[8,8]]", 0, "products", "m above 2,048"),
    ("aten::matmul", "[[9,2048,8],[9,8,8]]", 0, "products", "m to 2,048"),
    ("aten::scaled_dot_product_attention", "[[1,2,9,8],[1,2,9,8],[1,2,9,8]]", 0, "attention", "prefill, bidirectional"),
    ("aten::scaled_dot_product_attention", "[[1,2,9,8],[1,1,9,8],[1,1,9,8]]", 1, "attention", "prefill, causal"),
    ("aten::scaled_dot_product_attention", "[[1,2,1,8],[1,1,9,8],[1,1,9,8]]", 1, "attention", "decode"),
    ("aten::conv2d", "[[1,8,9,9],[8,8,3,3]]", 0, "convolutions", nil),
    ("aten::rms_norm", "[[9,8],[8]]", 0, "normalizations", nil), ("aten::gelu", "[[9,8]]", 0, "element-wise", nil),
    ("aten::cat", "[[9,8],[9,8]]", 0, "others", nil),
  ])
  func `are told apart by sort and size`(
    name: String, inputs: String, isCausal: Int, family: String, size: String?
  ) throws {
    let row = "Plain,fp16,\(name),\"\(inputs)\",\"{\"\"is_causal\"\":\(isCausal)}\",,,"
    let sort = try Self.validation([row]).predictions[0].operatorClass
    #expect(sort.family.rawValue == family && sort.size?.rawValue == size)
  }

  @Test func `have errors by accelerator, sort and size`() throws {
    // 82.5 us each; what was measured makes errors of 1, 0.5 and -0.5.
    let validation = try Self.validation([
      "Plain,fp32,aten::relu,[[4000000]],,,,41.25", "Matrix,fp32,aten::relu,[[4000000]],,,,55",
      "Matrix,fp32,aten::abs,[[4000000]],,,,165", "Matrix,fp32,aten::relu,[[4000000]],,,,",
    ])
    let groups = validation.errorsByClass
    #expect(groups.map(\.group.accelerator) == [nil, nil, "Plain", "Plain", "Matrix", "Matrix"])
    #expect(groups.map(\.group.family) == [nil, .elementwise, nil, .elementwise, nil, .elementwise])
    #expect(groups.map(\.errors.count) == [3, 3, 1, 1, 2, 2])
    #expect(abs(groups[0].errors.bias - 0.5) < 1e-9 && abs(groups[4].errors.bias) < 1e-9)
    #expect(abs(groups[4].errors.median - 0.5) < 1e-9)
  }

  @Test func `have errors by size within a format, in order`() throws {
    let rows = [300, 1, 20].map { #"Plain,fp16,aten::linear,"[[\#($0),64],[64,64]]",,,,9"# }
    let others = [#"Plain,fp32,aten::linear,"[[5,64],[64,64]]",,,,9"#]
    let groups = try Self.validation(rows + others).errorsByClass.map(\.group)
    #expect(groups.allSatisfy { $0.accelerator == nil }, "there is one accelerator")
    #expect(groups.dropFirst().map(\.precision) == [.fp32, .fp32, .fp16, .fp16, .fp16, .fp16])
    #expect(groups.map(\.size) == [nil, nil, .rowsTo16, nil, .rowsTo16, .rowsTo256, .rowsTo2048])
  }

  @Test func `pass on what the source throws`() throws {
    struct Empty: ModelSource {
      func workload(_ name: String) throws(NameFault) -> Workload { throw missing(name) }
      func accelerator(_ name: String) throws(NameFault) -> AcceleratorProfile? { throw missing(name) }
      func host(_ name: String) throws(NameFault) -> HostProfile { throw missing(name) }
      func framework(_ name: String) throws(NameFault) -> FrameworkProfile { throw missing(name) }
      func interconnect(_ name: String) throws(NameFault) -> InterconnectProfile { throw missing(name) }
      private func missing(_ name: String) -> NameFault {
        .unknown(what: "profile", name: name, suggestion: nil, known: [])
      }
    }
    let rows = try KernelMeasurementTests.read(KernelMeasurementTests.header + "x,fp16,aten::relu,[[8]],,,,\n")
    #expect(throws: NameFault.self) { try KernelValidation(rows, from: Empty()) }
  }
}
