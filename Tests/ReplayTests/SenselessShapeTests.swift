import JSONText
import Profiles
import Replay
import Roofline
import Simulation
import TestSupport
import Testing
import Traces

/// Recorded shapes are somebody's data: where they cannot be an operator's, the kernel's time is told without them.
@Suite("Recorded shapes", .tags(.slow)) struct SenselessShapeTests {
  /// Read once for all the shapes.
  private static let profiles = Result { try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]) }

  /// One operator with its shapes and arguments, and the kernel that it launches.
  private func study(_ name: String, shapes: String, values: String) throws -> TraceStudy {
    let operation =
      #"{"ph": "X", "cat": "cpu_op", "name": "\#(name)", "pid": 9, "tid": 1, "ts": 0, "dur": 60, "args": "#
      + #"{"Input Dims": \#(shapes), "Concrete Inputs": \#(values)}}"#
    let call =
      #"{"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 9, "tid": 1, "ts": 10, "dur": 5, "#
      + #""args": {"correlation": 1}}"#
    let kernel =
      #"{"ph": "X", "cat": "kernel", "name": "k", "pid": 0, "tid": 7, "ts": 20, "dur": 30, "#
      + #""args": {"correlation": 1, "device": 0, "stream": 7}}"#
    let text = #"{"traceEvents": [\#([operation, call, kernel].joined(separator: ","))]}"#
    let profiles = try Self.profiles.get()
    var changes = TraceChanges()
    changes.accelerator = try profiles.accelerator(named: "nvidia-t4")
    return try TraceStudy(
      RecordedRun(TraceReader.read(Array(text.utf8), file: "t.json")),
      accelerator: profiles.accelerator(named: "nvidia-v100-sxm2-16gb"), host: profiles.host(named: "reference"),
      framework: profiles.framework(named: "pytorch-eager"), changes: changes)
  }

  @Test(arguments: [
    // MIOpen's and cuDNN's older convolutions have a bias before the padding.
    (
      "aten::miopen_convolution", "[[4,3,224,224],[768,3,16,16],[768],[],[],[],[]]",
      #"["", "", "", "[0, 0]", "[16, 16]", "[1, 1]", "1"]"#
    ),
    (
      "aten::cudnn_convolution", "[[4,3,224,224],[64,3,3,3],[64],[],[],[],[]]",
      #"["", "", "", "[0, 0]", "[1, 1]", "[1, 1]", "1"]"#
    ),
    (
      "aten::cudnn_convolution", "[[4,3,224,224],[64,3,3,3],[],[],[],[]]",
      #"["", "", "[0, 0]", "[1, 1]", "[1, 1]", "1"]"#
    ),
    (
      "aten::convolution", "[[4,8,16,16],[8,4,2,2],[],[],[],[],[],[],[]]",
      #"["", "", "", "[2, 2]", "[0, 0]", "[1, 1]", "True", "[0, 0]", "1"]"#
    ),
    (
      "aten::_conv_depthwise2d", "[[4,8,16,16],[8,1,3,3],[],[],[],[],[]]",
      #"["", "", "[3, 3]", "", "[2, 2]", "[1, 1]", "[1, 1]"]"#
    ),
    ("aten::mm", "[[16,32],[32,8]]", #"["", ""]"#),
  ])
  func `that fit together tell a kernel's time`(name: String, shapes: String, values: String) throws {
    let study = try study(name, shapes: shapes, values: values)
    #expect(study.pricing.senselessShapes == 0)
    #expect(study.pricing.rules == [.shapes])
    #expect(try #require(study.target).deviceBusy > 0)
  }

  @Test(arguments: [
    ("aten::batch_norm", "[[]]", "[]"),
    ("aten::mm", "[[16,32],[31,8]]", "[]"),
    (
      "aten::convolution", "[[4,8,16,16],[8,8,3,3]]",
      #"["", "", "", "[0, 0]", "[1, 1]", "[1, 1]", "False", "[0, 0]", "1"]"#
    ),
    (
      "aten::convolution", "[[4,8,16,16],[8,8,3,3]]",
      #"["", "", "", "[1, 1]", "[1, 1]", "[1, 1]", "False", "[0, 0]", "0"]"#
    ),
    (
      "aten::convolution", "[[4,8,16,16],[8,8,99,99]]",
      #"["", "", "", "[1, 1]", "[0, 0]", "[1, 1]", "False", "[0, 0]", "1"]"#
    ),
    ("aten::linear", "[[4,8]]", "[]"),
  ])
  func `that no operator of the name can have are counted, and told without`(
    name: String, shapes: String, values: String
  ) throws {
    let study = try study(name, shapes: shapes, values: values)
    if shapes != "[[]]" { #expect(study.pricing.senselessShapes == 1, "\(name) \(shapes)") }
    #expect(study.pricing.rules == [.bandwidth])
    #expect(try #require(study.target).deviceBusy > 0)
  }
}
