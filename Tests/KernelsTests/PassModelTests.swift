import Profiles
import SampleModels
import TestSupport
import Testing
import Workloads

@testable import Kernels

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

  @Test func `a sum waits for its row's elements as the profile says, and longer for their places`() throws {
    let rows = try #require(accelerator.efficiency.rows.fitted)
    let fixed = accelerator.efficiency.kernelFixedUS
    let last = [OperatorAttribute(name: "dim", values: [-1])]
    for (name, width, cost) in [
      ("sum", Int64(700), rows.sum), ("sum", 22000, rows.longSum), ("argmax", 750, rows.place),
      ("argmax", 90000, rows.longPlace),
    ] {
      let time = try time("aten::\(name)", [[1, width]], last)
      let expected = fixed + (cost.waits + Double(width) / cost.elements) * wait
      #expect(abs(time - expected) < 0.05, "\(name) \(width) \(time)")
    }
    // By hand: 2.5 + 700 / 350 waits, 4 + 22,000 / 2,200, 4 + 750 / 75, 5 + 90,000 / 900.
    #expect(rows.sum.waits + 700 / rows.sum.elements == 4.5 && rows.longSum.waits + 22000 / rows.longSum.elements == 14)
    #expect(rows.place.waits + 750 / rows.place.elements == 14)
    #expect(rows.longPlace.waits + 90000 / rows.longPlace.elements == 105)
  }

  @Test func `a sum down columns waits for a thread's share of one`() throws {
    let fixed = accelerator.efficiency.kernelFixedUS
    func waits(_ shape: [Int64], _ axis: Int64, _ name: String = "sum") throws -> Double {
      try (time("aten::\(name)", [shape], [OperatorAttribute(name: "dim", values: [axis])]) - fixed) / wait
    }
    // Eight elements of its own: 2.5 + 8 / 4.
    #expect(abs(try waits([8, 4096], 0) - 4.5) < 0.1)
    // Four threads share 80 elements: 2.5 + 20 / 4.
    #expect(abs(try waits([80, 512], 0) - 7.5) < 0.1)
    // Of four columns side by side 32 threads share 4,096 elements: 128 for each.
    #expect(abs(try waits([4096, 16], 0) - 34.5) < 0.2)
    // Of twice as many they would have 256: blocks share them, 16 for each thread and three waits for what the others write.
    #expect(abs(try waits([8192, 16], 0) - (2.5 + 3 + 4)) < 0.3)
    // As the middle of three dimensions.
    #expect(abs(try waits([2, 8, 4096], 1) - 4.5) < 0.1)
    // Places take as many times as long as in rows: 4 + 8 x 350 / 75 / 4.
    #expect(abs(try waits([8, 4096], 0, "argmax") - (4 + 8 * 350 / 75 / 4.0)) < 0.1)
    // Dimensions of one element lie nowhere, and the last with more is a row.
    #expect(abs(try waits([4096, 700, 1], 1) - waits([4096, 700], 1)) < 1e-9)
  }

  @Test func `images with their channels innermost are averaged down columns, if by PyTorch's kernels`() throws {
    let models = try ShippedProfiles.catalog()
    func pass(_ framework: String, _ layout: TensorLayout) throws -> PassShape {
      var profile = try models.framework(named: framework)
      profile.lay(out: layout)
      let system = System(accelerator: accelerator, host: try models.host(named: "reference"), framework: profile)
      let mean = Operator.make("aten::mean", [[1, 128, 7, 7]], to: [[1, 128]], ["dims": [2, 3]])
      return try #require(
        Lowering(target: LoweringTarget(system: system, precision: .fp16)).lower(mean).kernels.first?.pass)
    }
    let sort = { (shape: PassShape) in shape.looks.first?.sort }
    #expect(try sort(pass("pytorch-eager-2", .channelsFirst)) == .sum)
    #expect(try sort(pass("pytorch-eager-2", .channelsLast)) == .columnSum)
    #expect(try sort(pass("tensorrt", .channelsLast)) == .sum)
  }

  @Test func `a batch normalization scales the elements of its planes one by one`() throws {
    let models = try ShippedProfiles.catalog()
    func time(
      _ sides: Int64, on part: AcceleratorProfile, _ layout: TensorLayout = .channelsFirst
    ) throws -> [Double] {
      var framework = try models.framework(named: "cuda-graph")
      framework.lay(out: layout)
      let system = System(accelerator: part, host: try models.host(named: "reference"), framework: framework)
      let (images, channels) = ([64, 256, sides, sides], Array(repeating: [Int64(256)], count: 4))
      let operation = Operator.make("aten::batch_norm", [images] + channels, to: [images])
      return Lowering(target: LoweringTarget(system: system, precision: .fp16)).lower(operation).kernels.map {
        CalibratedModel(accelerator: part).time(of: $0).seconds * 1e6
      }
    }
    let perClock = accelerator.efficiency.passes.planesPerClock ?? 0
    let rate = perClock * accelerator.computeUnits * accelerator.clockGHz * 1e3
    let fixed = accelerator.efficiency.kernelFixedUS
    let times = try time(56, on: accelerator)
    // Two kernels over the channels, and 51 million elements in the third.
    #expect(times.count == 3 && abs(times[2] - fixed - 64 * 256 * 3136 / rate) < 0.1, "\(times)")
    #expect(try time(56, on: accelerator, .channelsLast) == times)
    // More units than the memory feeds scale no faster than it does.
    var many = accelerator
    many.computeUnits *= 8
    let bytes = 2.0 * 2 * 64 * 256 * 3136
    let memory = bytes / (accelerator.memory.bandwidthGBPerS * accelerator.efficiency.memory) / 1e3
    let limited = try time(56, on: many)
    #expect(abs(limited[2] - fixed - memory) < 2, "\(limited)")
  }

  @Test func `a kernel between two waits in proportion`() {
    func mix(_ low: Double, _ high: Double) -> Double { low + (high - low) / 4 }
    let (low, high) = (
      PassShape.rows(8, width: 400, findsPlace: false, longest: 4096),
      PassShape.rows(8, width: 800, findsPlace: false, longest: 4096)
    )
    #expect(PassShape.between(low, high, mix).looks == [PassShape.Look(sort: .sum, elements: 500)])
    let far = PassShape.rows(8, width: 8000, findsPlace: false, longest: 4096)
    #expect(
      PassShape.between(low, far, mix).looks == [
        PassShape.Look(sort: .sum, count: 0.75, elements: 300),
        PassShape.Look(sort: .longSum, count: 0.25, elements: 2000),
      ])
  }

  @Test func `power limits no part whose arithmetic's energy nobody measured`() throws {
    for var part in try ShippedProfiles.catalog().accelerators {
      guard part.watts != nil, part.efficiency.pipeline.energyPJPerFLOP == nil else { continue }
      let kernel = Kernel(
        name: "product", .matrixMultiply, .matrix(MatrixShape(m: 4096, n: 4096, k: 4096)),
        flops: 2 * 4096 * 4096 * 4096, bytesRead: 1, bytesWritten: 1, arithmetic: .fp16)
      let rated = CalibratedModel(accelerator: part).time(of: kernel).seconds
      part.watts = 1
      #expect(CalibratedModel(accelerator: part).time(of: kernel).seconds == rated, "\(part.name)")
    }
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
