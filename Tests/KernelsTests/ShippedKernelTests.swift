import JSONText
import Kernels
import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

/// The shipped workloads on the shipped accelerators: what was counted in public traces, and times that make sense.
@Suite("The shipped workloads", .tags(.slow)) struct ShippedKernelTests {
  static func lowered(
    _ workload: String, _ accelerator: String, _ precision: Precision, batch: Int64 = 1,
    framework: String = "pytorch-eager"
  ) throws -> (operators: Int, kernels: Int) {
    let system = try ShippedProfiles.system(accelerator, framework)
    let bound = try ShippedProfiles.workloads().load(workload).bind(["batch": batch])
    let program = LoweredProgram(
      bound, target: LoweringTarget(system: system, precision: precision),
      rules: system.framework.fusionRules(on: system.accelerator?.architecture ?? ""))
    return (bound.operatorCount, program.kernelCount)
  }

  /// `bert-train`, a Quadro RTX 8000, in the traces of the paper's authors: 372 top-level operators, 215 kernels.
  @Test func `of BERT-base launch what was traced: 215 kernels of 372 operators`() throws {
    let one = try Self.lowered("bert-base-uncased", "nvidia-quadro-rtx-8000", .fp16)
    #expect(one.operators == 372 && one.kernels == 215)
    // From two on, the heads' products need contiguous copies of keys, queries and values: 36 in 12 layers.
    #expect(try Self.lowered("bert-base-uncased", "nvidia-quadro-rtx-8000", .fp16, batch: 2).kernels == 251)
    #expect(try Self.lowered("bert-base-uncased", "nvidia-quadro-rtx-8000", .fp32).kernels == 215)
  }

  @Test func `of ResNet-50 have 175 operators`() throws {
    #expect(try Self.lowered("resnet50", "nvidia-quadro-rtx-8000", .fp32).operators == 175)
  }

  /// Half precision on Turing: 360 to 391 in the traces, by what cuDNN chooses at each batch.
  @Test(arguments: [1, 16, 32, 64]) func `of ResNet-50 launch as many kernels in fp16 as traced`(batch: Int64) throws {
    let kernels = try Self.lowered("resnet50", "nvidia-quadro-rtx-8000", .fp16, batch: batch).kernels
    #expect((360...391).contains(kernels), "\(kernels)")
  }

  /// In single precision the traces count 247 to 260.
  ///
  /// The simulator counts 253 at any batch: 174 for what is computed, one helper for each convolution (53) and two more
  /// for each of the 13 that Winograd's algorithm may take.
  @Test func `of ResNet-50 launch about 250 kernels in fp32, with cuDNN's helpers`() throws {
    let kernels = try Self.lowered("resnet50", "nvidia-quadro-rtx-8000", .fp32).kernels
    #expect(kernels == 174 + 53 + 2 * 13)
    #expect((247...260).contains(kernels))
  }

  @Test func `of ResNet-50 lose 60 to 75 kernels to TorchScript`() throws {
    let eager = try Self.lowered("resnet50", "nvidia-quadro-rtx-8000", .fp32).kernels
    let script = try Self.lowered("resnet50", "nvidia-quadro-rtx-8000", .fp32, framework: "torchscript").kernels
    #expect((60...75).contains(eager - script), "\(eager) to \(script)")
  }

  /// The file of the traces' counts, where a checkout of the project has it.
  @Test(.enabled("needs ../shared/facts") { Self.traceSummary != nil })
  func `agree with the file of traced counts`() throws {
    let lines = try #require(Self.traceSummary).split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    let bert = try #require(lines.first { $0[0] == "bert-train" })
    #expect(bert[3] == "215" && bert.last == "372")
    let resnet = lines.filter { $0[0].hasPrefix("pytorch-batch") && $0[0].hasSuffix("float16") }
    let launches = resnet.compactMap { Int($0[6]) }
    let kernels = try Self.lowered("resnet50", "nvidia-quadro-rtx-8000", .fp16).kernels
    #expect(try #require(launches.min()) <= kernels + 4 && kernels <= launches.max() ?? 0, "\(launches), \(kernels)")
  }

  static let traceSummary: String? = {
    guard let bytes = try? readFileBytes(sharedFolder + "/facts/paper/trace_summary.csv") else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }()

  /// Every different kernel of every shipped workload on every shipped accelerator, in every precision; without
  /// optimization each workload meets every twelfth accelerator, another twelfth than the one before, so that each
  /// accelerator meets five workloads in every precision.
  @Test func `have kernels whose times are positive and finite everywhere`() throws {
    let catalog = try ShippedProfiles.catalog()
    let workloads = try ShippedProfiles.workloads()
    let host = try catalog.host(named: "reference")
    let framework = try catalog.framework(named: "pytorch-eager")
    let stride = _isDebugAssertConfiguration() ? 12 : 1
    for (row, name) in workloads.names.enumerated() {
      let bound = try workloads.load(name).bind([:])
      var known: [(target: LoweringTarget, kernels: [Kernel])] = []
      for (place, accelerator) in catalog.accelerators.enumerated() where (place + row) % stride == 0 {
        let system = System(accelerator: accelerator, host: host, framework: framework)
        let model = CalibratedModel(accelerator: accelerator)
        for precision in Precision.selectable {
          let target = LoweringTarget(system: system, precision: precision)
          let old = known.first { $0.target == target }?.kernels
          let kernels = old ?? LoweredProgram(bound, target: target, rules: []).kernels
          if old == nil { known.append((target, kernels)) }
          #expect(!kernels.isEmpty)
          let wrong = kernels.filter { kernel in
            let time = model.time(of: kernel)
            return !(time.seconds.isFinite && time.seconds > 0 && time.seconds < 10 && time.compute >= 0)
          }
          #expect(wrong.isEmpty, "\(name) on \(accelerator.name) in \(precision): \(wrong.first.debugDescription)")
        }
      }
    }
  }

  @Test func `all have a cost rule for every operator`() throws {
    let workloads = try ShippedProfiles.workloads()
    let target = LoweringTarget(system: try ShippedProfiles.system("nvidia-v100"), precision: .fp16)
    for name in workloads.names {
      let lowered = LoweredProgram(try workloads.load(name).bind([:]), target: target, rules: [])
      #expect(lowered.operatorsWithoutRule.isEmpty, "\(name): \(lowered.operatorsWithoutRule)")
    }
  }

  /// Multiply-adds of one image or of 128 tokens, as the models' publications count them; ours count two FLOPs each,
  /// activations and normalizations as well.
  @Test(arguments: [
    ("resnet18", 1.82e9), ("resnet50", 4.09e9), ("resnet101", 7.80e9), ("resnet152", 11.51e9), ("vgg16", 15.47e9),
    ("mobilenet-v2", 0.300e9), ("densenet161", 7.73e9), ("alexnet", 0.714e9), ("bert-base-uncased", 10.9e9),
    ("googlenet", 1.50e9), ("resnext50-32x4d", 4.23e9), ("wide-resnet50-2", 11.4e9),
    ("vit-base-patch32-224", 4.37e9),
  ])
  func `compute what was published`(name: String, multiplyAdds: Double) throws {
    let target = LoweringTarget(system: try ShippedProfiles.system("nvidia-v100"), precision: .fp32)
    let bound = try ShippedProfiles.workloads().load(name).bind([:])
    let kernels = LoweredProgram(bound, target: target, rules: [])
    let ratio = kernels.flops / (2 * multiplyAdds)
    #expect((0.96...1.08).contains(ratio), "\(ratio)")
  }
}
