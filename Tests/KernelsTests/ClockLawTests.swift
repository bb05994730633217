import Kernels
import Profiles
import TestSupport
import Testing
import Workloads

/// A clock that is a tenth faster, with nothing else changed, makes no kernel longer, on any accelerator.
@Suite("A faster clock") struct ClockLawTests {
  private static let operators: [(name: String, inputs: [[Int64]])] = [
    ("aten::linear", [[1, 4096], [4096, 4096]]), ("aten::linear", [[512, 1024], [4096, 1024]]),
    ("aten::linear", [[8192, 4096], [4096, 4096]]), ("aten::linear", [[129, 765], [765, 765]]),
    ("aten::scaled_dot_product_attention", [[8, 12, 512, 64], [8, 12, 512, 64], [8, 12, 512, 64]]),
    ("aten::scaled_dot_product_attention", [[8, 32, 1, 128], [8, 8, 4096, 128], [8, 8, 4096, 128]]),
    ("aten::convolution", [[16, 64, 56, 56], [64, 64, 3, 3]]),
    ("aten::convolution", [[1, 3, 224, 224], [64, 3, 7, 7]]),
    ("aten::layer_norm", [[4096, 768], [768], [768]]), ("aten::softmax", [[4096, 4096]]),
    ("aten::add", [[1 << 24], [1]]),
    ("aten::mul", [[4096, 1024], [1024]]), ("aten::embedding", [[30522, 768], [4096]]),
  ]

  @Test(arguments: [Precision.fp32, .fp16])
  func `never makes a kernel longer`(_ precision: Precision) throws {
    let catalog = try ShippedProfiles.catalog()
    let (host, framework) = (try catalog.host(named: "reference"), try catalog.framework(named: "cuda-graph"))
    for accelerator in catalog.accelerators {
      let system = System(accelerator: accelerator, host: host, framework: framework)
      let lowering = Lowering(target: LoweringTarget(system: system, precision: precision))
      var faster = accelerator
      faster.clockGHz *= 1.1
      let (before, after) = (CalibratedModel(accelerator: accelerator), CalibratedModel(accelerator: faster))
      for (name, inputs) in Self.operators {
        let operation = try Operator(alone: name, inputs: inputs.map { Shape($0) }, attributes: [])
        for kernel in lowering.lower(operation).kernels {
          let (slow, fast) = (before.time(of: kernel).seconds, after.time(of: kernel).seconds)
          #expect(fast <= slow * (1 + 1e-12), "\(accelerator.name), \(name) \(inputs): \(slow) to \(fast)")
        }
      }
    }
  }

  /// What a part sustains follows from its power: a clock that was fitted would have to be fitted again for each part.
  @Test func `is nowhere a clock that was fitted`() throws {
    for accelerator in try ShippedProfiles.catalog().accelerators {
      #expect(accelerator.sustainedClockGHz == nil, "\(accelerator.name)")
    }
  }
}
