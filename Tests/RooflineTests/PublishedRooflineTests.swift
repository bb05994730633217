import Roofline
import Testing

/// What others have printed of rooflines, held against the library; where it differs, the test says why.
@Suite("Published rooflines") struct PublishedRooflineTests {
  // MARK: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009

  /// One of the paper's four machines: sockets, cores, GHz, FLOPs of a core and a clock, and the ridge point as printed.
  struct Machine: Sendable {
    let name: String
    let peak: Double
    let ridge: Double

    /// The roofline that has the printed ridge point under the machine's peak.
    var roofline: Roofline {
      Roofline(peak: FLOPsPerSecond(gigaflops: peak), bandwidth: BytesPerSecond(gigabytesPerSecond: peak / ridge))
    }
  }

  static let machines = [
    Machine(name: "Intel Xeon", peak: 2 * 4 * 2.33 * 4, ridge: 6.7),
    Machine(name: "AMD Opteron X4", peak: 2 * 4 * 2.3 * 4, ridge: 4.4),
    Machine(name: "Sun T2+", peak: 2 * 8 * 1.167, ridge: 0.33),
    // A double-precision multiply-add of two numbers every seven clocks.
    Machine(name: "IBM Cell", peak: 2 * 8 * 3.2 * 4 / 7, ridge: 0.65),
  ]

  /// Printed peaks are 75, 74, 19 and 29 GFLOP/s.
  @Test func `have the peaks of the four machines`() {
    #expect(Self.machines.map { $0.roofline.peak.gigaflops.rounded() } == [75, 74, 19, 29])
  }

  /// The paper's kernels at the intensities that it prints, least and most, and on which machines they can reach the peak.
  @Test(arguments: [
    ("sparse matrix times vector", 0.17, 0.25, [RooflineBound.memoryBound, .memoryBound, .memoryBound, .memoryBound]),
    ("stencil", 0.34, 0.50, [.memoryBound, .memoryBound, .computeBound, .memoryBound]),
    ("lattice Boltzmann", 0.70, 1.07, [.memoryBound, .memoryBound, .computeBound, .computeBound]),
    ("Fourier transform", 1.09, 1.64, [.memoryBound, .memoryBound, .computeBound, .computeBound]),
  ]) func `bind the paper's kernels as the paper says`(
    kernel: String, least: Double, most: Double, bounds: [RooflineBound]
  ) {
    for intensity in [least, most] {
      #expect(Self.machines.map { $0.roofline.bound(at: ArithmeticIntensity(intensity)) } == bounds, "\(kernel)")
    }
  }

  /// Figure 1: the X4 has four times the peak of the X2 in the same socket; the paper's ridge points are 1.0 and 4.4.
  ///
  /// The X2's numbers, 17.6 GFLOP/s and 15 GB/s, make 1.17: the figure is read off a logarithmic axis.
  @Test func `move the ridge right where only the peak grows`() {
    let old = Roofline(peak: FLOPsPerSecond(gigaflops: 17.6), bandwidth: BytesPerSecond(gigabytesPerSecond: 15))
    let new = old.with(peak: FLOPsPerSecond(gigaflops: 73.6))
    #expect(abs(old.ridgePoint.value - 1.17) < 0.01)
    #expect(abs(new.ridgePoint.value / old.ridgePoint.value - 73.6 / 17.6) < 1e-12)
    let measured = Roofline(peak: new.peak, bandwidth: BytesPerSecond(gigabytesPerSecond: 16.6))
    #expect(abs(measured.ridgePoint.value - 4.4) < 0.05)
  }

  // MARK: Yang, Kurth, Williams, "Hierarchical Roofline Analysis for GPUs", CCPE 32(20), 2020

  /// A V100 as the Empirical Roofline Toolkit measured it, in double precision; the script of the paper's figures has the numbers.
  private static let v100 = HierarchicalRoofline(
    peak: FLOPsPerSecond(gigaflops: 7068.86),
    levels: [
      MemoryLevel(name: "L1", bandwidth: BytesPerSecond(gigabytesPerSecond: 14_336)),
      MemoryLevel(name: "L2", bandwidth: BytesPerSecond(gigabytesPerSecond: 2996.77)),
      MemoryLevel(name: "HBM", bandwidth: BytesPerSecond(gigabytesPerSecond: 828.76)),
    ])

  @Test func `of a V100 as measured have ridges at 0.49, 2.36 and 8.53`() {
    #expect(Self.v100.ridgePoints.map { ($0.value * 100).rounded() / 100 } == [0.49, 2.36, 8.53])
  }

  /// Measured without fused multiply-adds: 3535.79 GFLOP/s, half but for 0.04 %.
  @Test func `of a V100 as measured halve without fused multiply-adds`() {
    let half = Self.v100.roofline(ofLevel: 2).withoutFusedMultiplyAdd.peak.gigaflops
    #expect(abs(half / 3535.79 - 1) < 0.0005)
  }

  /// A triad has an intensity of 1/12 at every level, of which the farthest binds.
  @Test func `of a V100 bind a triad at its memory`() {
    let bytes = Bytes(24e9)
    #expect(Self.v100.bound(flops: FLOPs(giga: 2), traffic: [bytes, bytes, bytes]) == .memoryBound(level: 2))
    let attained = Self.v100.attainable(at: Array(repeating: ArithmeticIntensity(1.0 / 12), count: 3))
    #expect(abs(attained.gigaflops - 828.76 / 12) < 1e-9)
  }

  /// An A100 40 GB in the same terms: 9.7 TFLOP/s in double precision at 1555 GB/s of the data sheet; measured bandwidths of
  /// about 1.4 TB/s move the ridge from 6.2 to 6.9.
  @Test func `of an A100 move their ridge with the measured bandwidth`() {
    let sheet = Roofline(peak: FLOPsPerSecond(teraflops: 9.7), bandwidth: BytesPerSecond(gigabytesPerSecond: 1555))
    #expect(abs(sheet.ridgePoint.value - 6.24) < 0.01)
    let measured = sheet.with(bandwidth: BytesPerSecond(gigabytesPerSecond: 1400))
    #expect(abs(measured.ridgePoint.value - 6.93) < 0.01)
  }

  // MARK: NVIDIA, "GPU Performance Background" and "Matrix Multiplication Background" user's guides

  /// A V100 with 125 TFLOP/s of matrix units and 900 GB/s: 138.9 FLOP/byte.
  private static let matrixUnits = Roofline(
    peak: FLOPsPerSecond(teraflops: 125), bandwidth: BytesPerSecond(gigabytesPerSecond: 900))

  @Test(arguments: [
    // A linear layer of 1024 inputs and 4096 outputs, at batches of 512 and 1: 315 and 1.
    (MatrixMultiply(rows: 512, columns: 4096, inner: 1024, bytesPerElement: 2), 315, RooflineBound.computeBound),
    (MatrixMultiply(rows: 1, columns: 4096, inner: 1024, bytesPerElement: 2), 1, .memoryBound),
    // 8192 x 128 x 8192: 124.1; 8192 x 8192 x 8192: 2730.
    (MatrixMultiply(rows: 8192, columns: 128, inner: 8192, bytesPerElement: 2), 124.1, .memoryBound),
    (MatrixMultiply(rows: 8192, columns: 8192, inner: 8192, bytesPerElement: 2), 2730, .computeBound),
  ]) func `of NVIDIA's guides have its products' intensities`(
    product: MatrixMultiply, intensity: Double, bound: RooflineBound
  ) {
    #expect(abs(product.intensity.value - intensity) < max(0.05, intensity / 1000))
    #expect(Self.matrixUnits.bound(of: product) == bound)
  }

  @Test func `of NVIDIA's guides have its other operators' intensities`() {
    // A pool of three by three and unit stride: 2.25, ReLU 0.25, layer normalization less than 10.
    let elements = 1 << 20
    #expect(Pooling(inputs: elements, outputs: elements, window: 9, bytesPerElement: 2).intensity.value == 2.25)
    let rectifier = PassOverMemory.elementwise(results: elements, operands: [elements], bytesPerElement: 2)
    #expect(rectifier.intensity.value == 0.25)
    #expect(Normalization(.rows, elements: elements, parameters: 0, bytesPerElement: 2).intensity.value < 10)
    #expect(abs(Self.matrixUnits.ridgePoint.value - 138.9) < 0.05)
  }

  // MARK: Yuan et al., "LLM Inference Unveiled: Survey and Roofline Model Insights", arXiv 2402.16363, table 1

  /// Llama-2-7B with 2048 tokens in half precision: operations and bytes as printed, to three digits or fewer.
  @Test(arguments: [
    (MatrixMultiply(rows: 2048, columns: 4096, inner: 4096, bytesPerElement: 2), 69e9, 67e6, 1024),
    (MatrixMultiply(rows: 2048, columns: 11_008, inner: 4096, bytesPerElement: 2), 185e9, 152e6, 1215),
    (MatrixMultiply(rows: 2048, columns: 4096, inner: 11_008, bytesPerElement: 2), 185e9, 152e6, 1215),
    (MatrixMultiply(rows: 1, columns: 4096, inner: 4096, bytesPerElement: 2), 34e6, 34e6, 1),
    // Scores of 32 heads.
    (MatrixMultiply(batch: 32, rows: 2048, columns: 2048, inner: 128, bytesPerElement: 2), 34e9, 302e6, 114),
  ]) func `of Llama's layers have the printed intensities`(
    product: MatrixMultiply, flops: Double, bytes: Double, intensity: Double
  ) {
    #expect(abs(product.flops.value / flops - 1) < 0.02)
    #expect(abs(product.bytes.value / bytes - 1) < 0.02)
    #expect(abs(product.intensity.value - intensity) < 0.5)
  }

  /// The table's softmax has five operations for an element, as here; its normalization has seven, here eight: the root is
  /// counted too.
  @Test func `of Llama's softmax and normalization differ by what an element counts for`() {
    let softmax = Softmax(elements: 32 * 2048 * 2048, bytesPerElement: 2)
    #expect(softmax.intensity.value == 1.25 && abs(softmax.flops.value / 671e6 - 1) < 0.001)
    let norm = Normalization(.rows, elements: 2048 * 4096, parameters: 0, bytesPerElement: 2)
    #expect(abs(norm.flops.value * 7 / 8 / 59e6 - 1) < 0.01 && norm.intensity.value * 7 / 8 == 1.75)
  }

  // MARK: Choi, Bedard, Fowler, Vuduc, "A Roofline Model of Energy", IPDPS 2013

  /// A GTX 580 in double precision: 212 pJ for an operation, 513 pJ for a byte: a balance of 2.42 as printed.
  @Test func `of energy have a balance of 2.42 on a GTX 580`() {
    let device = EnergyRoofline(
      roofline: Roofline(peak: FLOPsPerSecond(gigaflops: 197), bandwidth: BytesPerSecond(gigabytesPerSecond: 192)),
      energyPerFLOP: Joules(picojoules: 212), energyPerByte: Joules(picojoules: 513), constantPower: Watts(122))
    #expect(abs(device.balancePoint.value - 2.42) < 0.005)
  }
}
