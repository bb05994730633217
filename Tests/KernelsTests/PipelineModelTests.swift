import Kernels
import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

/// Which architectures have products that load operands ahead, and the laws of their times on shipped profiles.
@Suite("A model of kernels that load operands ahead") struct PipelineModelTests {
  /// What of the catalog has the constants.
  static let pipelined = ["Ampere GA100", "Ada", "Hopper", "Blackwell", "Blackwell RTX", "Rubin"]

  @Test func `is that of the architectures that were measured, and of their kin`() throws {
    let catalog = try ShippedProfiles.catalog()
    for accelerator in catalog.accelerators {
      let has = Self.pipelined.contains(accelerator.architecture)
      // GA10x takes Ada's attention, and keeps the products that were fitted to it.
      // Of AMD's one recording tells something of products and attention, and nothing of power.
      let hasProducts = has || ["CDNA3", "CDNA4"].contains(accelerator.architecture)
      let attends = hasProducts || accelerator.architecture == "Ampere GA10x"
      let pipeline = accelerator.efficiency.pipeline.fitted
      #expect((pipeline?.matrixStepClocks != nil) == hasProducts, "\(accelerator.name)")
      #expect((pipeline != nil) == (hasProducts || attends), "\(accelerator.name)")
      #expect((accelerator.efficiency.attention.fitted != nil) == attends, "\(accelerator.name)")
      #expect(!has || accelerator.watts != nil, "\(accelerator.name) has a limit of its power")
    }
  }

  /// The paper's hardware is as it was before there were such constants.
  @Test(arguments: [
    ("nvidia-titan-x-pascal", 318.9653), ("nvidia-v100-sxm2-16gb", 44.3565), ("nvidia-rtx-2080-ti", 71.8905),
    ("nvidia-rtx-3090", 56.2680),
  ])
  func `leaves the others' products in tiles with set-ups`(_ name: String, _ microseconds: Double) throws {
    let accelerator = try ShippedProfiles.catalog().accelerator(named: name)
    let time = CalibratedModel(accelerator: accelerator).time(of: KernelTimeTests.product(512, 3072, 768, .fp16))
    #expect(abs(time.seconds * 1e6 - microseconds) < 0.01, "\(time.seconds * 1e6)")
    #expect(time.overlap == .infinity && time.setup > 0)
  }

  @Test(arguments: ["nvidia-a100-sxm4-80gb", "nvidia-h100-sxm", "nvidia-l4", "nvidia-rtx-5090", "nvidia-b200"])
  func `falls, or stays, as the device gets better`(_ name: String) throws {
    let base = try ShippedProfiles.system(name)
    let better: [(path: String, factor: Double)] = [
      ("memory.bandwidth_gb_per_s", 1.3), ("peak_tflops.fp16", 1.3), ("clock_ghz", 1.3), ("watts", 1.3),
      ("efficiency.matrix_flops_per_clock", 1.3), ("efficiency.operand_bytes_per_clock", 1.3),
      ("efficiency.matrix_memory", 1.3), ("efficiency.cache_bytes_per_clock", 1.3), ("efficiency.overlap", 1.3),
      ("efficiency.attention_flops_per_clock", 1.3), ("efficiency.exponentials_per_clock", 1.3),
      ("efficiency.arithmetic_power", 1.1), ("efficiency.energy_pj_per_flop", 0.7),
      ("efficiency.matrix_step_clocks", 0.7), ("efficiency.split_us", 0.7), ("efficiency.matrix_fixed_us", 0.7),
      ("efficiency.attention_block_us", 0.7), ("efficiency.attention_fixed_us", 0.7),
    ]
    let kernels = KernelTimeTests.kernels(Lowering(target: LoweringTarget(system: base, precision: .fp16)))
    let slow = CalibratedModel(accelerator: try #require(base.accelerator))
    for (path, factor) in better {
      var system = base
      guard let old = system.number(at: "accelerator." + path) else { continue }
      try system.set("accelerator." + path, to: old * factor)
      let fast = CalibratedModel(accelerator: try #require(system.accelerator))
      for kernel in kernels {
        #expect(fast.time(of: kernel).seconds <= slow.time(of: kernel).seconds * (1 + 1e-12), "\(path): \(kernel)")
      }
    }
  }

  @Test(arguments: pipelined) func `of more rows or batches is never faster, and of twice as many at most twice`(
    _ architecture: String
  ) throws {
    let catalog = try ShippedProfiles.catalog()
    for accelerator in catalog.accelerators where accelerator.architecture == architecture {
      let model = CalibratedModel(accelerator: accelerator)
      for (n, k) in [(64, 64), (768, 768), (4096, 512), (1000, 11008)] as [(Double, Double)] {
        var before = 0.0
        for rows in [1, 2, 4, 8, 15, 16, 17, 64, 256, 257, 512, 1024, 4096] as [Double] {
          var kernel = KernelTimeTests.product(rows, n, k, .bf16)
          kernel.weightBytes = 2 * n * k
          let time = model.time(of: kernel).seconds
          #expect(time >= before * (1 - 1e-9), "\(accelerator.name): \(rows) x \(n) x \(k)")
          before = time
          // What no longer fits the cache has to come from memory, and be twice as much.
          guard kernel.bytes - kernel.weightBytes < accelerator.memory.l2MB * 1e6 * 0.4 else { continue }
          var twice = KernelTimeTests.product(2 * rows, n, k, .bf16)
          twice.weightBytes = 2 * n * k
          #expect(model.time(of: twice).seconds <= 2 * time * (1 + 1e-9), "\(accelerator.name): \(rows) x \(n) x \(k)")
        }
      }
    }
  }

  @Test func `reads weights from memory, and what a kernel before it wrote from the cache`() throws {
    let target = try LoweringTarget(system: ShippedProfiles.system("nvidia-h200"), precision: .bf16)
    let lowering = Lowering(target: target)
    let linear = try #require(lowering.lower(.make("aten::linear", [[64, 1024], [4096, 1024]])).kernels.first)
    #expect(linear.weightBytes == 2 * 4096 * 1024 && linear.weightReuseBytes == .infinity)
    let product = try #require(lowering.lower(.make("aten::matmul", [[64, 1024], [1024, 4096]])).kernels.first)
    #expect(product.weightBytes == 0)
    let accelerator = try ShippedProfiles.catalog().accelerator(named: "nvidia-h200")
    let model = CalibratedModel(accelerator: accelerator)
    var hot = linear
    hot.weightReuseBytes = hot.weightBytes
    let cache = 132 * 1.83e9 * (try #require(accelerator.efficiency.pipeline.cacheBytesPerClock))
    // What its units can ask for is less than what the memory gives.
    let load = 132 * 1.83e9 * (try #require(accelerator.efficiency.pipeline.loadBytesPerClock))
    #expect(load < 4800e9 * accelerator.efficiency.memory)
    let memory = load * accelerator.efficiency.matrixMemory
    let difference = linear.weightBytes * (1 / memory - 1 / cache)
    #expect(abs(model.time(of: linear).memory - model.time(of: hot).memory - difference) < 1e-15)
  }

  @Test func `knows pairs of operands and no larger groups`() throws {
    let model = CalibratedModel(accelerator: try ShippedProfiles.catalog().accelerator(named: "nvidia-a100-sxm4-80gb"))
    func compute(_ n: Double, _ k: Double) -> Double {
      model.time(of: KernelTimeTests.product(8192, n, k, .bf16)).compute
    }
    #expect(abs(compute(8190, 8190) / compute(8192, 8192) - 1) < 0.001, "even")
    #expect(compute(8191, 8192) > 1.3 * compute(8192, 8192), "odd")
    #expect(
      model.time(of: KernelTimeTests.product(8191, 8192, 8192, .bf16)).compute == compute(8192, 8192),
      "rows do not matter")
    // Single precision goes to the vector units as before.
    #expect(model.time(of: KernelTimeTests.product(512, 512, 512, .fp32)).overlap == .infinity)
  }
}
