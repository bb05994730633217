import Kernels
import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

/// Passes over memory, on architectures of which it is known what their blocks wait for.
@Suite("A model of passes over memory") struct PassModelTests {
  private let accelerator: AcceleratorProfile
  private let lowering: Lowering
  private let model: CalibratedModel

  init() throws {
    let models = try ShippedProfiles.catalog()
    accelerator = try models.accelerator(named: "nvidia-h100-sxm")
    let system = System(
      accelerator: accelerator, host: try models.host(named: "reference"),
      framework: try models.framework(named: "cuda-graph"))
    lowering = Lowering(target: LoweringTarget(system: system, precision: .bf16))
    model = CalibratedModel(accelerator: accelerator)
  }

  /// Microseconds of an operator's kernels.
  private func time(
    _ name: String, _ inputs: [[Int64]], _ attributes: [OperatorAttribute] = [], isCold: Bool = false
  ) throws -> Double {
    let operation = try Operator(alone: name, inputs: inputs.map { Shape($0) }, attributes: attributes)
    return lowering.lower(operation).kernels.reduce(0) { sum, kernel in
      var kernel = kernel
      kernel.isCold = isCold
      return sum + model.time(of: kernel).seconds * 1e6
    }
  }

  private var wait: Double { (accelerator.efficiency.passes.waitClocks ?? 0) / accelerator.clockGHz / 1e3 }

  @Test func `a row waits three times for each step of 512 elements, and once more to scale`() throws {
    // 4 steps: 15 waits; what it moves is nothing beside them.
    let time = try time("aten::layer_norm", [[1, 2048], [2048], [2048]])
    #expect(abs(time - (accelerator.efficiency.kernelFixedUS + 15 * wait)) < 0.02, "\(time)")
    // Without a mean two of them, and one.
    let plain = try self.time("aten::rms_norm", [[1, 2048], [2048]])
    #expect(abs(plain - (accelerator.efficiency.kernelFixedUS + 9 * wait)) < 0.02, "\(plain)")
  }

  @Test func `rows that find no room wait for others`() throws {
    // 132 units have room for 2,112 blocks.
    let (one, full, twice) = (
      try time("aten::layer_norm", [[1, 64], [64], [64]]), try time("aten::layer_norm", [[2112, 64], [64], [64]]),
      try time("aten::layer_norm", [[4224, 64], [64], [64]])
    )
    let start = (accelerator.efficiency.passes.blockClocks ?? 0) / accelerator.clockGHz / 1e3
    #expect(full - one < 0.2)
    #expect(abs(twice - full - (start + 6 * wait)) < 0.2, "\(twice - full)")
  }

  @Test func `a softmax of more than 1,024 elements reads its input three times`() throws {
    let rows: Int64 = 1 << 20
    let (short, long) = (
      try time("aten::softmax", [[rows, 1024]], isCold: true),
      try time("aten::softmax", [[rows / 2, 2048]], isCold: true)
    )
    #expect(long > 1.7 * short)
  }

  @Test func `what fits the cache comes from it, unless it is cold`() throws {
    let (warm, cold) = (try time("aten::relu", [[4 << 20]]), try time("aten::relu", [[4 << 20]], isCold: true))
    #expect(cold > 1.5 * warm)
    // Sixteen times as much does not fit.
    let (large, largeCold) = (try time("aten::relu", [[64 << 20]]), try time("aten::relu", [[64 << 20]], isCold: true))
    #expect(large == largeCold)
  }

  @Test func `places of operands that are broadcast are computed one by one`() throws {
    let (same, scaled) = (
      try time("aten::mul", [[8192, 4096], [8192, 4096]]), try time("aten::mul", [[8192, 4096], [4096]])
    )
    // Fewer bytes, and yet longer.
    #expect(scaled > same)
    let places = (accelerator.efficiency.passes.placesPerClock ?? 0) * accelerator.computeUnits * accelerator.clockGHz
    #expect(abs(scaled - accelerator.efficiency.kernelFixedUS - 8192 * 4096 / places / 1e3) < 0.01, "\(scaled)")
  }

  @Test func `rows that become columns take longer than heads that change places`() throws {
    func copy(_ order: [Int64]) throws -> Double {
      try time("aten::contiguous", [[64, 197, 12, 64]], [OperatorAttribute(name: "permutation", values: order)])
    }
    #expect(try copy([0, 2, 3, 1]) > 2 * copy([0, 2, 1, 3]))
    #expect(try copy([0, 2, 1, 3]) > 1.2 * time("aten::clone", [[64, 197, 12, 64]]))
  }

  @Test func `a copy reads its source, and not its target`() throws {
    #expect(try time("aten::copy_", [[1 << 26], [1 << 26]]) == time("aten::clone", [[1 << 26]]))
  }

  @Test func `an index is read before the row that it names`() throws {
    let (look, copy) = (try time("aten::embedding", [[30000, 64], [1]]), try time("aten::clone", [[1, 64]]))
    #expect(abs(look - copy - 2 * wait) < 0.01, "\(look - copy)")
  }

  @Test func `products whose rows align to pairs fall back where bulk copies need 16 bytes`() throws {
    let (whole, pairs, odd) = (
      try time("aten::linear", [[4096, 4096], [4096, 4096]]), try time("aten::linear", [[4096, 4094], [4096, 4094]]),
      try time("aten::linear", [[4096, 4095], [4096, 4095]])
    )
    #expect(pairs > 2 * whole && odd > 2 * pairs, "\(whole) \(pairs) \(odd)")
    // Rows do not matter.
    #expect(try time("aten::linear", [[4095, 4096], [4096, 4096]]) <= whole)
  }

  @Test func `an operand that is quantized first takes three kernels more`() throws {
    let narrow = Lowering(
      target: LoweringTarget(
        system: System(
          accelerator: accelerator, host: try ShippedProfiles.catalog().host(named: "reference"),
          framework: try ShippedProfiles.catalog().framework(named: "cuda-graph")), precision: .fp8))
    func time(_ attributes: [OperatorAttribute]) throws -> Double {
      let operation = try Operator(
        alone: "aten::linear", inputs: [Shape([1, 4096]), Shape([4096, 4096])], attributes: attributes)
      return narrow.lower(operation).kernels.reduce(0) { $0 + model.time(of: $1).seconds * 1e6 }
    }
    let added = try time([OperatorAttribute(name: "quantizes", values: [1])]) - time([])
    #expect(abs(added - (accelerator.efficiency.pipeline.quantizationUS ?? 0)) < 0.1, "\(added)")
  }

  @Test func `forward calls of attention have their heads behind the rows`() {
    let operation = Operator(
      name: "aten::_flash_attention_forward", inputs: Array(repeating: Shape([16, 559, 8, 64]), count: 3))
    #expect(
      lowering.lower(operation).kernels.map(\.work)
        == [.attention(AttentionShape(batch: 16, heads: 8, keyHeads: 8, queries: 559, keys: 559, width: 64))])
  }
}
