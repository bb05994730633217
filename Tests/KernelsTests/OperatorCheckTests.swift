import JSONText
import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

@testable import Kernels

/// What an operator's operands must be, and where a workload's file says otherwise.
@Suite("An operator's operands are checked", .tags(.slow)) struct OperatorCheckTests {
  static func file(_ entries: String) -> String {
    #"{ "schema": "workload/1", "name": "w", "parameters": { "batch": 2 }, "program": [\#n\#(entries)] }"#
  }

  /// Entries with a mark where the fault is expected, and the words after `error: `.
  static let wrong: [(String, String)] = [
    // Convolutions.
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8]] }"#,
      #"/program/0 is "aten::conv2d", and it has 1 operand; it needs at least 2"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], []] }"#,
      #"/program/0 is "aten::conv2d", and the shape of the weights, [], has 0 dimensions; it needs 3 to 5"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[8, 8], [4, 3, 1, 1]] }"#,
      #"/program/0 is "aten::conv2d", and the shape of the input, [8, 8], has 2 dimensions; it needs 3 to 4"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 5, 1, 1]] }"#,
      #"/program/0 is "aten::conv2d", and the number of channels of a group of the weights is 5; "#
        + "the number of channels of the input makes it 3"
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 0, 1]] }"#,
      #"/program/0 is "aten::conv2d", and the weights, [4, 3, 0, 1], have an empty window; "#
        + "each side of it must be at least 1"
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 3, 3]], "attributes": { "stride": [1, 0] } }"#,
      #"/program/0 is "aten::conv2d", and its attribute stride is 0; it must be between 1 and 1073741824"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 3, 3]], "attributes": { "padding": -1 } }"#,
      #"/program/0 is "aten::conv2d", and its attribute padding is -1; it must be between 0 and 1073741824"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 3, 3]], "#
        + #""attributes": { "dilation": 9223372036854775807 } }"#,
      #"/program/0 is "aten::conv2d", and its attribute dilation is 9223372036854775807; "#
        + "it must be between 1 and 1073741824"
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 3, 3]], "attributes": { "stride": [1, 2, 3] } }"#,
      #"/program/0 is "aten::conv2d", and its attribute stride has 3 values; it needs one, or 2, one for each axis"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 1, 1]], "attributes": { "groups": 0 } }"#,
      #"/program/0 is "aten::conv2d", and its attribute groups is 0; it must be between 1 and 1073741824"#
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 1, 1]], "attributes": { "groups": 2 } }"#,
      #"/program/0 is "aten::conv2d", and the number of channels of the input is 3; "#
        + "it must be a multiple of the 2 groups"
    ),
    (
      #"¶{ "operator": "aten::conv2d", "inputs": [[1, 4, 8, 8], [3, 2, 1, 1]], "attributes": { "groups": 2 } }"#,
      #"/program/0 is "aten::conv2d", and the number of channels of the result is 3; "#
        + "it must be a multiple of the 2 groups"
    ),
    (
      #"¶{ "operator": "aten::conv1d", "inputs": [[1, 3, 8], [4, 3, 11]], "attributes": { "padding": 1 } }"#,
      #"/program/0 is "aten::conv1d", and its window reaches over 11 positions on axis 1 where the padded input has 10; "#
        + "it must fit at least once"
    ),
    (
      #"¶{ "operator": "aten::conv1d", "inputs": [[1, 3, 8], [4, 3, 3]], "outputs": [[1, 4, 8]], "#
        + #""attributes": { "padding": 0 } }"#,
      #"/program/0 is "aten::conv1d", and the result has 8 positions on axis 1; "#
        + "input, window, stride, padding and dilation make it 6"
    ),
    (
      #"¶{ "operator": "aten::conv1d", "inputs": [[2, 3, 8], [4, 3, 3]], "outputs": [[1, 4, 8]] }"#,
      #"/program/0 is "aten::conv1d", and the batch of the result is 1; the batch of the input makes it 2"#
    ),
    (
      #"¶{ "operator": "aten::conv1d", "inputs": [[2, 3, 8], [4, 3, 3]], "outputs": [[2, 5, 8]] }"#,
      #"/program/0 is "aten::conv1d", and the number of channels of the result is 5; "#
        + "the number of channels of the weights makes it 4"
    ),
    (
      #"¶{ "operator": "aten::conv_transpose1d", "inputs": [[2, 3, 8], [4, 3, 3]] }"#,
      #"/program/0 is "aten::conv_transpose1d", and the number of channels of the weights is 4; "#
        + "the number of channels of the input makes it 3"
    ),
    // Matrix products.
    (
      #"¶{ "operator": "aten::linear", "inputs": [["batch", 768]] }"#,
      #"/program/0 is "aten::linear", and it has 1 operand; it needs at least 2"#
    ),
    (
      #"¶{ "operator": "aten::linear", "inputs": [["batch", 768], [4, 767]] }"#,
      #"/program/0 is "aten::linear", and the inner dimension of the weights is 767; "#
        + "the inner dimension of the input makes it 768"
    ),
    (
      #"¶{ "operator": "aten::linear", "inputs": [[], [4, 768]] }"#,
      #"/program/0 is "aten::linear", and the shape of the input, [], has 0 dimensions; it needs at least 1"#
    ),
    (
      #"¶{ "operator": "aten::linear", "inputs": [["batch", 4], [3, 4]], "outputs": [["batch", 4]] }"#,
      #"/program/0 is "aten::linear", and the number of elements of the result is 8; "#
        + "the number of elements of the input makes it 6"
    ),
    (
      #"¶{ "operator": "aten::addmm", "inputs": [[2, 3], [3, 4]] }"#,
      #"/program/0 is "aten::addmm", and it has 2 operands; it needs at least 3"#
    ),
    (
      #"¶{ "operator": "aten::mm", "inputs": [[2, 3, 4], [4, 5]] }"#,
      #"/program/0 is "aten::mm", and the shape of the left factor, [2, 3, 4], has 3 dimensions; it needs 2"#
    ),
    (
      #"¶{ "operator": "aten::matmul", "inputs": [[2, 3], [2, 3]] }"#,
      #"/program/0 is "aten::matmul", and the inner dimension of the right factor is 2; "#
        + "the inner dimension of the left factor makes it 3"
    ),
    (
      #"¶{ "operator": "aten::matmul", "inputs": [[2, 5, 4, 3], [3, 5, 3, 4]] }"#,
      #"/program/0 is "aten::matmul", and batch dimension -4 of the right factor is 3; "#
        + "batch dimension -4 of the left factor makes it 2"
    ),
    (
      #"¶{ "operator": "aten::matmul", "inputs": [[], []] }"#,
      #"/program/0 is "aten::matmul", and the shape of the left factor, [], has 0 dimensions; it needs at least 1"#
    ),
    // Attention.
    (
      #"¶{ "operator": "aten::scaled_dot_product_attention", "inputs": [[1, 8, 64], [1, 8, 64]] }"#,
      #"/program/0 is "aten::scaled_dot_product_attention", and it has 2 operands; it needs at least 3"#
    ),
    (
      #"¶{ "operator": "aten::scaled_dot_product_attention", "inputs": [[1, 8, 64], [1, 9, 32], [1, 9, 64]] }"#,
      #"/program/0 is "aten::scaled_dot_product_attention", and the width of the keys is 32; "#
        + "the width of the queries makes it 64"
    ),
    (
      #"¶{ "operator": "aten::scaled_dot_product_attention", "inputs": [[1, 8, 64], [1, 9, 64], [1, 8, 64]] }"#,
      #"/program/0 is "aten::scaled_dot_product_attention", and the number of rows of the values is 8; "#
        + "the number of rows of the keys makes it 9"
    ),
    (
      #"¶{ "operator": "aten::scaled_dot_product_attention", "inputs": [[1, 8, 4, 64], [1, 3, 4, 64], [1, 3, 4, 64]] }"#,
      #"/program/0 is "aten::scaled_dot_product_attention", and the queries have 8 heads; "#
        + "the number must be a multiple of the keys', which is 3"
    ),
    (
      #"¶{ "operator": "aten::scaled_dot_product_attention", "inputs": [[4, 8, 4, 64], [2, 8, 4, 64], [2, 8, 4, 64]] }"#,
      #"/program/0 is "aten::scaled_dot_product_attention", and batch dimension -4 of the keys is 2; "#
        + "batch dimension -4 of the queries makes it 4"
    ),
    (
      #"¶{ "operator": "aten::scaled_dot_product_attention", "inputs": [[1, 8, 4, 64], [1, 4, 4, 64], [1, 2, 4, 64]] }"#,
      #"/program/0 is "aten::scaled_dot_product_attention", and batch dimension -3 of the values is 2; "#
        + "batch dimension -3 of the keys makes it 4"
    ),
    // Normalization and pools.
    (
      #"¶{ "operator": "aten::batch_norm", "inputs": [[]] }"#,
      #"/program/0 is "aten::batch_norm", and the shape of the input, [], has 0 dimensions; it needs at least 2"#
    ),
    (
      #"¶{ "operator": "aten::batch_norm", "inputs": [] }"#,
      #"/program/0 is "aten::batch_norm", and it has 0 operands; it needs at least 1"#
    ),
    (
      #"¶{ "operator": "aten::max_pool2d", "inputs": [[1, 3, 8, 8]], "attributes": { "kernel_size": [0, 2] } }"#,
      #"/program/0 is "aten::max_pool2d", and its attribute kernel_size is 0; it must be between 1 and 1073741824"#
    ),
    (
      #"¶{ "operator": "aten::max_pool2d", "inputs": [[1, 3, 8, 8]], "attributes": { "kernel_size": [1, 1, 1, 1] } }"#,
      #"/program/0 is "aten::max_pool2d", and its attribute kernel_size has 4 values; "#
        + "it needs one, or 3, one for each axis"
    ),
    // Where repeats stand within each other, at the operator itself.
    (
      #"{ "repeat": 2, "program": [{ "operator": "aten::relu", "inputs": [[1]] },"#
        + #" { "repeat": 3, "program": [¶{ "operator": "aten::mv", "inputs": [[2, 3], [4]] }] }] }"#,
      #"/program/0/program/1/program/0 is "aten::mv", and the inner dimension of the right factor is 4; "#
        + "the inner dimension of the left factor makes it 3"
    ),
  ]

  @Test(arguments: wrong)
  func `and a fault names its place and what would be right`(_ entry: String, _ expected: String) throws {
    let input = Marked(Self.file(entry))
    let workload = try Workload(bytes: input.bytes, file: "w.json")
    let fault = #expect(throws: WorkloadFault.self) { try workload.bindChecked() }
    #expect("\(try #require(fault))" == "w.json:\(input.line):\(input.column): error: \(expected)")
  }

  /// Odd, and right: PyTorch takes each of them.
  static let odd: [Operator] = [
    .make("aten::conv2d", [[3, 8, 8], [4, 3, 3, 3]], ["padding": [1]]),
    .make("aten::conv2d", [[0, 3, 8, 8], [4, 3, 3, 3]], to: [[0, 4, 6, 6]]),
    .make("aten::conv2d", [[0, 3, 8, 8], [4, 3, 3, 3]]),
    .make("aten::conv2d", [[1, 3, 8, 8], [4, 3, 3, 3]], to: [[1, 4, 8, 8]]),
    .make("aten::conv2d", [[1, 3, 8, 8], [4, 3, 3, 3], [4]], ["stride": [], "padding": [1_073_741_824]]),
    .make("aten::conv3d", [[1, 4, 2, 2, 2], [8, 1, 2, 2, 2]], ["groups": [4]]),
    .make("aten::conv_transpose2d", [[1, 4, 1, 1], [4, 2, 2, 2]], ["stride": [2]]),
    .make("aten::linear", [[768], [768]]),
    .make("aten::linear", [[0, 768], [10, 768]], to: [[0, 10]]),
    .make("aten::linear", [[4, 0], [10, 0]], to: [[4, 10]]),
    .make("aten::matmul", [[64], [64]], to: [[]]),
    .make("aten::matmul", [[5, 1, 3, 4], [1, 6, 4, 2]]),
    .make("aten::bmm", [[0, 3, 4], [0, 4, 5]]),
    .make("aten::einsum", [[3]]),
    .make("aten::scaled_dot_product_attention", [[8, 64], [9, 64], [9, 32]]),
    .make("aten::scaled_dot_product_attention", [[1, 8, 0, 64], [1, 2, 9, 64], [1, 2, 9, 64]]),
    .make("aten::scaled_dot_product_attention", [[1, 8, 4, 0], [1, 8, 0, 0], [1, 8, 0, 0]]),
    .make("aten::scaled_dot_product_attention", [[4, 8, 9, 64], [1, 1, 9, 64], [4, 1, 9, 64]]),
    // Rows stand before heads.
    .make("aten::_flash_attention_forward", [[1, 5, 8, 64], [1, 9, 8, 64], [1, 9, 8, 64]]),
    .make("aten::batch_norm", [[4, 8]]),
    .make("aten::softmax", [[]], to: [[]]),
    .make("aten::layer_norm", [[]]),
    .make("aten::relu", []),
    .make("aten::sum", []),
    .make("aten::cat", [[0], [3]]),
    .make("aten::max_pool1d", [[3, 8]], ["kernel_size": [2], "stride": []]),
    .make("aten::embedding", [[10, 4], []]),
    .make("aten::gather", []),
    .make("aten::where", [[]]),
    .make("memcpy_host_to_device", []),
  ]

  @Test(arguments: odd) func `and what PyTorch takes passes, with finite kernels`(_ operation: Operator) throws {
    #expect(OperatorCheck.fault(in: operation) == nil)
    #expect(try Ground().oddity(of: operation) == nil)
  }

  @Test func `so that the parts of a product may be empty and cost nothing`() throws {
    let lowering = try Target.plain()
    for name in ["aten::linear", "aten::scaled_dot_product_attention", "aten::conv2d"] {
      let empty: [[Int64]] =
        switch name {
        case "aten::linear": [[0, 8], [4, 8]]
        case "aten::conv2d": [[0, 3, 8, 8], [4, 3, 3, 3]]
        default: [[2, 0, 8], [2, 5, 8], [2, 5, 8]]
        }
      #expect(lowering.lower(.make(name, empty)).kernels.isEmpty, "\(name)")
    }
    // One image without a batch is a batch of one.
    let kernels = lowering.lower(.make("aten::conv2d", [[3, 8, 8], [4, 3, 3, 3]])).kernels
    #expect(kernels == lowering.lower(.make("aten::conv2d", [[1, 3, 8, 8], [4, 3, 3, 3]])).kernels)
    #expect(kernels.last?.geometry?.output == [6, 6])
  }

  /// Devices with and without matrix units, the host, and every model of kernel times.
  struct Ground {
    let lowerings = try? [Target.plain(), Target.plain(.fp16), Target.matrix(), Target.host()]
    let models: [any KernelTimeModel]

    init() throws {
      let system = try Sample.system("Matrix")
      let accelerator = try #require(system.accelerator)
      models = [
        CalibratedModel(accelerator: accelerator), IdealRooflineModel(accelerator: accelerator),
        HostModel(host: system.host),
      ]
    }

    /// What of an operator is infinite, no number or negative; nil for nothing.
    func oddity(of operation: Operator) -> String? {
      for lowered in (lowerings ?? []).map({ $0.lower(operation) }) {
        var amounts = [lowered.transfer?.bytes ?? 0]
        for kernel in lowered.kernels {
          amounts += [kernel.flops, kernel.bytesRead, kernel.bytesWritten]
          for time in models.map({ $0.time(of: kernel) }) {
            amounts += [time.compute, time.memory, time.fixed, time.seconds]
          }
        }
        if !amounts.allSatisfy({ $0.isFinite && $0 >= 0 }) { return "\(operation): \(lowered)" }
      }
      return nil
    }
  }

  @Test func `and no operator at all, right or wrong, makes a trap or a number that is none`() throws {
    var random = SeededGenerator(seed: 11)
    let names = [
      "conv1d", "conv2d", "conv3d", "convolution", "conv_transpose2d", "miopen_convolution", "linear", "addmm", "mm",
      "mv", "bmm", "baddbmm", "matmul", "einsum", "dot", "batch_norm", "layer_norm", "softmax",
      "scaled_dot_product_attention", "max_pool2d", "adaptive_avg_pool2d", "mean", "embedding", "gather", "cat", "add",
      "gelu", "where", "nonzero", "to", "clone", "zeros", "no_such_operator",
    ]
    let sides: [Int64] = [0, 1, 2, 3, 7, 8, 64, 1 << 20, Shape.elementLimit]
    let values: [Int64] = [.min, -1, 0, 1, 2, 3, 1 << 30, .max]
    func shape() -> [Int64] {
      for _ in 0..<20 {
        let dimensions = (0..<Int.random(in: 0...5, using: &random)).map { _ in
          sides.randomElement(using: &random) ?? 1
        }
        if Shape(checking: dimensions) != nil { return dimensions }
      }
      return []
    }
    let ground = try Ground()
    for _ in 0..<4000 {
      let attributes = ["stride", "padding", "dilation", "groups", "kernel_size", "transposed"].filter { _ in
        Bool.random(using: &random)
      }
      let operation = Operator.make(
        "aten::" + (names.randomElement(using: &random) ?? ""),
        (0..<Int.random(in: 0...4, using: &random)).map { _ in shape() },
        to: (0..<Int.random(in: 0...1, using: &random)).map { _ in shape() },
        Dictionary(
          uniqueKeysWithValues: attributes.map { name in
            (name, (0..<Int.random(in: 0...3, using: &random)).map { _ in values.randomElement(using: &random) ?? 1 })
          }))
      if let oddity = ground.oddity(of: operation) { Issue.record("\(oddity)") }
    }
  }

  @Test func `and attention whose keys are a vector is no pattern to fuse`() throws {
    let scores: [Int64] = [2, 3, 4]
    let group: [Operator] = [
      .make("aten::matmul", [[2, 3, 4, 8], [8]], to: [scores]), .make("aten::softmax", [scores], to: [scores]),
      .make("aten::matmul", [scores, [2, 4, 5]], to: [[2, 3, 5]]),
    ]
    let fused = Fusion(rules: [.attention]).rewrite(group.map(Block.leaf))
    #expect(fused == group.map { .leaf([$0]) })
  }
}
