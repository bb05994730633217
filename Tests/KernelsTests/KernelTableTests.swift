import Foundation
import JSONText
import Kernels
import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

/// What a table of operators is lowered to and how long its kernels run, to the picosecond, on profiles of the tests' own.
///
/// The laws of the other tests say what may not happen; this table says what does, so that no change of a rule or of an
/// equation is made by accident. After one on purpose, `PRINT_KERNEL_TABLE=1 swift test --filter KernelTableTests` prints
/// the new table, whose difference is to be read line by line.
@Suite("The table of kernels") struct KernelTableTests {
  static let operators: [(name: String, group: [Operator])] = [
    ("linear", [.make("aten::linear", [[1, 128, 768], [3072, 768], [3072]], to: [[1, 128, 3072]])]),
    ("linear small", [.make("aten::linear", [[4, 64], [32, 64]], to: [[4, 32]])]),
    ("linear unaligned", [.make("aten::linear", [[100, 770], [1026, 770]], to: [[100, 1026]])]),
    ("linear unaligned within", [.make("aten::linear", [[128, 770], [1024, 770]], to: [[128, 1024]])]),
    ("linear unaligned columns", [.make("aten::linear", [[128, 768], [1026, 768]], to: [[128, 1026]])]),
    ("linear odd", [.make("aten::mm", [[101, 771], [771, 1027]], to: [[101, 1027]])]),
    ("linear vector", [.make("aten::linear", [[1, 4096], [4096, 4096]], to: [[1, 4096]])]),
    ("linear deep", [.make("aten::linear", [[64, 16384], [64, 16384]], to: [[64, 64]])]),
    ("bmm", [.make("aten::bmm", [[96, 128, 64], [96, 64, 128]], to: [[96, 128, 128]])]),
    ("matmul broadcast", [.make("aten::matmul", [[8, 1, 128, 64], [1, 12, 64, 128]], to: [[8, 12, 128, 128]])]),
    ("einsum", [.make("aten::einsum", [[8, 128, 64], [8, 128, 64]], to: [[8, 128, 128]])]),
    ("attention", [.make("aten::scaled_dot_product_attention", Array(repeating: [2, 12, 128, 64], count: 3))]),
    (
      "conv 7x7",
      [
        .make(
          "aten::conv2d", [[2, 3, 224, 224], [64, 3, 7, 7], [64]], to: [[2, 64, 112, 112]],
          ["stride": [2, 2], "padding": [3, 3]])
      ]
    ),
    (
      "conv 3x3",
      [.make("aten::conv2d", [[16, 64, 56, 56], [64, 64, 3, 3]], to: [[16, 64, 56, 56]], ["padding": [1, 1]])]
    ),
    (
      "conv 5x5",
      [.make("aten::conv2d", [[4, 64, 28, 28], [96, 64, 5, 5]], to: [[4, 96, 28, 28]], ["padding": [2, 2]])]
    ),
    ("conv 1x1", [.make("aten::conv2d", [[4, 256, 14, 14], [1024, 256, 1, 1]], to: [[4, 1024, 14, 14]])]),
    (
      "conv of 36 channels",
      [.make("aten::conv2d", [[2, 36, 15, 15], [36, 36, 3, 3]], to: [[2, 36, 15, 15]], ["padding": [1, 1]])]
    ),
    (
      "conv grouped",
      [
        .make(
          "aten::conv2d", [[8, 128, 28, 28], [128, 4, 3, 3]], to: [[8, 128, 28, 28]],
          ["padding": [1, 1], "groups": [32]])
      ]
    ),
    (
      "conv depthwise",
      [
        .make(
          "aten::conv2d", [[8, 96, 28, 28], [96, 1, 3, 3]], to: [[8, 96, 28, 28]], ["padding": [1, 1], "groups": [96]])
      ]
    ),
    ("conv 1d", [.make("aten::conv1d", [[4, 64, 100], [64, 64, 3]], to: [[4, 64, 98]])]),
    (
      "conv transposed",
      [
        .make(
          "aten::conv_transpose2d", [[4, 64, 14, 14], [64, 32, 2, 2]], to: [[4, 32, 28, 28]], ["stride": [2, 2]])
      ]
    ),
    (
      "batch norm",
      [.make("aten::batch_norm", [[8, 64, 56, 56], [64], [64], [64], [64]], to: [[8, 64, 56, 56]])]
    ),
    ("layer norm", [.make("aten::layer_norm", [[8, 128, 768], [768], [768]], to: [[8, 128, 768]])]),
    ("softmax", [.make("aten::softmax", [[8, 12, 128, 128]], to: [[8, 12, 128, 128]])]),
    ("add", [.make("aten::add", [[8, 128, 768], [768]], to: [[8, 128, 768]])]),
    ("add outer", [.make("aten::add", [[128, 1], [1, 768]], to: [[128, 768]])]),
    ("gelu", [.make("aten::gelu", [[8, 128, 3072]], to: [[8, 128, 3072]])]),
    ("masks", [.make("aten::eq", [[4096, 64], [4096, 64]], to: [[4096, 64]], outputTypes: [.bool])]),
    ("cast", [.make("aten::to", [[4096, 64]], to: [[4096, 64]], outputTypes: [.int64])]),
    ("mean", [.make("aten::mean", [[8, 2048, 7, 7]], to: [[8, 2048]])]),
    ("sort", [.make("aten::sort", [[64, 1024]], to: [[64, 1024], [64, 1024]], outputTypes: [.float, .int64])]),
    (
      "max pool",
      [
        .make(
          "aten::max_pool2d", [[8, 64, 112, 112]], to: [[8, 64, 56, 56]], ["kernel_size": [3, 3], "stride": [2, 2]])
      ]
    ),
    ("adaptive pool", [.make("aten::adaptive_avg_pool2d", [[8, 2048, 7, 7]], to: [[8, 2048, 1, 1]])]),
    (
      "embedding",
      [.make("aten::embedding", [[30522, 768], [8, 128]], to: [[8, 128, 768]], types: [.float, .int64])]
    ),
    ("gather", [.make("aten::index_select", [[1000, 64], [50]], to: [[50, 64]], types: [.float, .int64])]),
    ("cache", [.make("aten::index_copy_", [[8, 1024, 64], [1], [8, 1, 64]], types: [.float, .int64, .float])]),
    ("cat", [.make("aten::cat", [[8, 12, 127, 64], [8, 12, 1, 64]], to: [[8, 12, 128, 64]])]),
    ("copy", [.make("aten::contiguous", [[8, 128, 768]], to: [[8, 128, 768]])]),
    ("view", [.make("aten::view", [[8, 128, 768]], to: [[1024, 768]])]),
    ("view with copies", [.make("aten::matmul", [[8, 4, 16], [8, 16, 4]], to: [[8, 4, 4]], copies: [[8, 16, 4]])]),
    ("zeros", [.make("aten::zeros", [], to: [[64, 64]])]),
    ("empty", [.make("aten::empty", [], to: [[64, 64]])]),
    ("nonzero", [.make("aten::nonzero", [[64, 64]], to: [[100, 2]], types: [.bool], outputTypes: [.int64])]),
    ("item", [.make("aten::item", [[1]])]),
    ("nothing", [.make("aten::relu", [[0, 64]], to: [[0, 64]])]),
    ("softmax of nothing", [.make("aten::softmax", [[0, 64]], to: [[0, 64]])]),
    (
      "embedding of nothing",
      [.make("aten::embedding", [[30522, 768], [0]], to: [[0, 768]], types: [.float, .int64])]
    ),
    ("linear of nothing", [.make("aten::linear", [[0, 768], [3072, 768]], to: [[0, 3072]])]),
    ("stranger", [.make("mine::thing", [[64, 64], [64, 64]], to: [[64, 64]])]),
    (
      "linear and gelu",
      [
        .make("aten::linear", [[128, 768], [768, 768], [768]], to: [[128, 768]]),
        .make("aten::gelu", [[128, 768]], to: [[128, 768]]),
        .make("aten::add", [[128, 768], [128, 768]], to: [[128, 768]]),
      ]
    ),
    (
      "three projections",
      Array(repeating: .make("aten::linear", [[128, 768], [768, 768], [768]], to: [[128, 768]]), count: 3)
    ),
    (
      "add and layer norm",
      [
        .make("aten::add", [[128, 768], [128, 768]], to: [[128, 768]]),
        .make("aten::layer_norm", [[128, 768], [768], [768]], to: [[128, 768]]),
      ]
    ),
    (
      "pointwise chain",
      [
        .make("aten::mul", [[128, 768], [128, 768]], to: [[128, 768]]),
        .make("aten::tanh", [[128, 768]], to: [[128, 768]]),
        .make("aten::add", [[128, 768], [768]], to: [[128, 768]]),
      ]
    ),
    (
      "conv, norm and relu",
      [
        .make("aten::conv2d", [[2, 64, 28, 28], [64, 64, 3, 3]], to: [[2, 64, 28, 28]], ["padding": [1, 1]]),
        .make("aten::batch_norm", [[2, 64, 28, 28], [64], [64], [64], [64]], to: [[2, 64, 28, 28]]),
        .make("aten::relu", [[2, 64, 28, 28]], to: [[2, 64, 28, 28]]),
      ]
    ),
  ]

  /// Where it is lowered to: a device with matrix units and a lower sustained clock, one without, whose half precision is
  /// slow, and the host.
  static func targets() throws -> [(name: String, Lowering, any KernelTimeModel)] {
    var matrix = try Sample.system("Matrix")
    matrix.accelerator?.sustainedClockGHz = 1.2
    matrix.accelerator?.ratedClockGHz = 1.5
    var plain = try Sample.system("Plain")
    plain.accelerator?.peakTFLOPS[.fp16] = 0.2
    var cramped = plain
    cramped.framework.convolutionWorkspaceMB = 0.1
    var host = try Sample.system()
    host.accelerator = nil
    host.framework.convolutionWorkspaceMB = 1
    host.host.threads = 2
    host.host.memory.mappedMB = 4
    host.host.memory.pageFaultUS = 0.25
    host.host.efficiency.cache = 1.5
    var targets: [(String, Lowering, any KernelTimeModel)] = []
    for (name, system, precision) in [
      ("matrix fp16", matrix, Precision.fp16), ("matrix fp32", matrix, .fp32), ("plain fp32", plain, .fp32),
      ("plain fp16", plain, .fp16), (small, cramped, .fp32),
    ] {
      let accelerator = try #require(system.accelerator)
      targets.append(
        (
          name, Lowering(target: LoweringTarget(system: system, precision: precision)),
          CalibratedModel(accelerator: accelerator)
        ))
    }
    let accelerator = try #require(matrix.accelerator)
    targets.append(
      (
        "ideal fp16", Lowering(target: LoweringTarget(system: matrix, precision: .fp16)),
        IdealRooflineModel(accelerator: accelerator)
      ))
    targets.append(
      (
        "host fp32", Lowering(target: LoweringTarget(system: host, precision: .fp32)), HostModel(host: host.host)
      ))
    return targets
  }

  /// Where convolutions find no memory for the algorithms that need much.
  private static let small = "plain fp32 in 0.1 MB"

  /// One line for each operator, target and kernel: FLOPs, bytes read and written; picoseconds of arithmetic, traffic beside
  /// it, traffic by itself, set-up, fixed time.
  static func lines() throws -> [String] {
    var lines: [String] = []
    for (name, group) in operators {
      for (target, lowering, model) in try targets() where target != small || name.hasPrefix("conv") {
        let lowered = lowering.lower(group: group)
        let marks = (lowered.synchronizes ? ", waits" : "") + (lowered.hasRule ? "" : ", no rule")
        lines.append("\(name), \(target): \(lowered.kind.rawValue)\(marks)")
        for kernel in lowered.kernels {
          let time = model.time(of: kernel)
          let parts = [time.compute, time.memory, time.exposedMemory, time.setup, time.fixed].map { whole($0 * 1e12) }
          let work = [kernel.flops, kernel.bytesRead, kernel.bytesWritten].map(whole)
          lines.append("  \(kernel.kernelClass.rawValue) \((work + parts).joined(separator: " "))")
        }
      }
    }
    return lines
  }

  private static func whole(_ value: Double) -> String { "\(Int64(value.rounded()))" }

  @Test func `is what it was`() throws {
    let lines = try Self.lines()
    if getenv("PRINT_KERNEL_TABLE") != nil { print(lines.joined(separator: "\n")) }
    let table = try readFileBytes(packageRoot + "/Tests/Tables/kernels.txt")
    let expected = String(decoding: table, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.count == expected.count)
    for (line, other) in zip(lines, expected) { #expect(line == other) }
  }
}
