import Kernels
import Profiles
import TestSupport
import Testing

/// Times of products and attention as a plain program in another language computes them from the same equations and constants.
///
/// Constants here contain the gap between a graph's kernels, as the measurements do that they were fitted to.
@Suite("Products and attention by hand") struct PipelineGoldenTests {
  struct Device: Sendable, CustomTestStringConvertible {
    let name: String
    let units, clock, peak, narrowPeak, bandwidth, cache, watts: Double
    let constants: [String: Double]
    let products, narrowProducts, encoders, prefills, decodes: [Double]
    var testDescription: String { name }
  }

  static let devices = [
    Device(
      name: "A100", units: 108, clock: 1.41, peak: 312, narrowPeak: 0, bandwidth: 2039, cache: 40, watts: 400,
      constants: [
        "matrix_flops_per_clock": 1625, "energy_pj_per_flop": 0.9, "operand_bytes_per_clock": 39,
        "matrix_step_clocks": 293, "split_us": 1.75, "matrix_fixed_us": 4.1, "matrix_memory": 0.733,
        "cache_bytes_per_clock": 8.9, "attention_flops_per_clock": 1380, "exponentials_per_clock": 16,
        "attention_block_us": 3.2, "attention_fixed_us": 3.5, "flash_attention": 2,
      ],
      products: [27.198725, 166.46011, 106.61654, 86.087469, 1065.2755, 17799.438], narrowProducts: [],
      encoders: [12.474842, 303.4256], prefills: [11.435718, 964.85172],
      decodes: [20.915338, 738.17991, 147.82334]),
    Device(
      name: "H200", units: 132, clock: 1.83, peak: 989, narrowPeak: 1979, bandwidth: 4800, cache: 50, watts: 700,
      constants: [
        "energy_pj_per_flop": 0.695, "matrix_step_clocks": 167, "split_us": 2.8, "matrix_fixed_us": 2.6,
        "matrix_memory": 0.823, "cache_bytes_per_clock": 14.1, "exponentials_per_clock": 18.5,
        "attention_block_us": 3.2, "attention_fixed_us": 5.65, "flash_attention": 3,
      ],
      products: [11.582375, 62.539235, 35.293296, 25.452539, 323.17515, 5462.5113],
      narrowProducts: [7.4507147, 378.50338], encoders: [12.336621, 127.76402], prefills: [11.65285, 328.13915],
      decodes: [13.250782, 281.26339, 114.44483]),
    Device(
      name: "L40S", units: 142, clock: 2.52, peak: 362, narrowPeak: 733, bandwidth: 864, cache: 96, watts: 350,
      constants: [
        "energy_pj_per_flop": 1.307, "operand_bytes_per_clock": 19.3, "matrix_step_clocks": 493, "split_us": 1.34,
        "matrix_fixed_us": 2.1, "matrix_memory": 0.802, "cache_bytes_per_clock": 5.7, "attention_flops_per_clock": 625,
        "exponentials_per_clock": 16, "attention_block_us": 3.8, "attention_fixed_us": 1.9, "flash_attention": 2,
      ],
      products: [50.666479, 342.5827, 132.61761, 92.451338, 1209.1784, 20548.797],
      narrowProducts: [23.164388, 1419.0474], encoders: [11.842261, 260.2009], prefills: [8.5205729, 846.99512],
      decodes: [13.636018, 1560.2331, 127.97921]),
    Device(
      name: "B200", units: 148, clock: 1.965, peak: 2250, narrowPeak: 4500, bandwidth: 8000, cache: 126, watts: 1000,
      constants: [
        "matrix_flops_per_clock": 5500, "energy_pj_per_flop": 0.45, "matrix_step_clocks": 154, "split_us": 3.6,
        "matrix_fixed_us": 2.04, "matrix_memory": 0.788, "cache_bytes_per_clock": 19.2, "exponentials_per_clock": 16,
        "attention_block_us": 1.53, "attention_fixed_us": 5.45, "flash_attention": 4,
      ],
      products: [8.4828239, 39.612041, 24.120548, 14.10767, 165.45051, 2753.7163],
      narrowProducts: [5.700606, 174.92247], encoders: [10.384813, 76.771474], prefills: [9.1555802, 191.25761],
      decodes: [10.388968, 178.47851, 53.930645]),
  ]

  /// What all four share; the operand path limits nothing but where a device says so.
  static let common: [String: Double] = [
    "matrix_flops_per_clock": 1e6, "memory": 1, "vector": 1, "matrix_alignment": 8, "matrix_unaligned": 0.5,
    "wave_quantization": 0.55, "narrow_energy": 0.55, "arithmetic_power": 0.8, "overlap": 2.5, "cache_kept": 0.85,
    "cache_lost": 1.1, "quantized_bytes": 6.5,
  ]

  static func accelerator(_ device: Device) throws -> AcceleratorProfile {
    var profile = AcceleratorProfile()
    profile.computeUnits = device.units
    profile.clockGHz = device.clock
    profile.peakTFLOPS[.fp32] = 1
    profile.peakTFLOPS[.bf16] = device.peak
    profile.peakTFLOPS[.fp8] = device.narrowPeak > 0 ? device.narrowPeak : nil
    profile.memory.bandwidthGBPerS = device.bandwidth
    profile.memory.l2MB = device.cache
    profile.watts = device.watts
    var constants = common.merging(device.constants, uniquingKeysWith: { $1 })
    // Two kernels combine parts of the keys, later blocks that wait for the rest.
    constants["attention_combining"] = (constants["flash_attention"] ?? 2) >= 3 ? 0.5 : 2
    for (key, value) in constants {
      let field = try #require(AcceleratorProfile.fields.first { $0.path == "efficiency." + key }, "\(key)")
      field.set(value, in: &profile)
    }
    return profile
  }

  /// A product with weights of which six copies are taken in turn, results of two bytes.
  static func product(_ m: Double, _ n: Double, _ k: Double, _ precision: Precision = .bf16) -> Kernel {
    let shape = MatrixShape(m: m, n: n, k: k)
    let bytes = precision.bytesPerElement
    var kernel = Kernel(
      name: "linear", .matrixMultiply, .matrix(shape), flops: shape.flops, bytesRead: bytes * (m * k + n * k),
      bytesWritten: 2 * m * n, arithmetic: precision)
    kernel.weightBytes = bytes * n * k
    kernel.weightReuseBytes = 6 * kernel.weightBytes
    return kernel
  }

  static func attention(
    _ batch: Double, _ heads: Double, _ keyHeads: Double, _ queries: Double, _ keys: Double, _ width: Double,
    causal: Bool = false, writes: Bool = false
  ) -> Kernel {
    var shape = AttentionShape(
      batch: batch, heads: heads, keyHeads: keyHeads, queries: queries, keys: keys, width: width)
    shape.isCausal = causal
    shape.writesCache = writes
    return Kernel(
      name: "attention", .matrixMultiply, .attention(shape), flops: shape.flops,
      bytesRead: 2 * batch * width * (heads * queries + 2 * keyHeads * keys),
      bytesWritten: 2 * batch * width * heads * queries, arithmetic: .bf16)
  }

  static func expect(_ kernels: [Kernel], _ microseconds: [Double], on device: Device) throws {
    let model = CalibratedModel(accelerator: try accelerator(device))
    #expect(kernels.count == microseconds.count)
    for (kernel, expected) in zip(kernels, microseconds) {
      let time = model.time(of: kernel)
      #expect(abs(time.seconds * 1e6 / expected - 1) < 1e-6, "\(time.seconds * 1e6), not \(expected): \(kernel.work)")
      let parts = time.computeShare + time.memoryShare + time.overheadShare
      #expect(abs(parts / time.seconds - 1) < 1e-12, "the parts sum to the whole")
    }
  }

  @Test("take as long as the equations say", arguments: devices)
  func times(_ device: Device) throws {
    try Self.expect(
      [
        Self.product(1, 4096, 4096), Self.product(16, 28672, 4096), Self.product(256, 512, 65536),
        Self.product(512, 4096, 4096), Self.product(4097, 6144, 5120), Self.product(32768, 8192, 8192),
      ], device.products, on: device)
    if device.narrowPeak > 0 {
      try Self.expect(
        [Self.product(1, 4096, 4096, .fp8), Self.product(4096, 8192, 8192, .fp8)], device.narrowProducts, on: device)
    }
    try Self.expect(
      [Self.attention(1, 12, 12, 197, 197, 64), Self.attention(8, 16, 16, 1024, 1024, 72)], device.encoders,
      on: device)
    try Self.expect(
      [
        Self.attention(1, 32, 8, 1, 1, 128, causal: true, writes: true),
        Self.attention(4, 32, 8, 2048, 2048, 128, causal: true, writes: true),
      ], device.prefills, on: device)
    try Self.expect(
      [
        Self.attention(1, 32, 8, 1, 1024, 128, writes: true), Self.attention(64, 32, 8, 1, 4096, 128, writes: true),
        Self.attention(512, 8, 8, 1, 64, 64, writes: true),
      ], device.decodes, on: device)
  }
}
