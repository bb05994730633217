import Roofline
import Testing

@Suite("Matrix multiplies on the roofline")
struct MatrixMultiplyTests {
  @Test("FLOPs, least traffic and intensity of a BERT projection, by hand")
  func byHand() {
    let linear = MatrixMultiply(rows: 128, columns: 768, inner: 768, bytesPerElement: 2)
    #expect(linear.flops == FLOPs(150_994_944))  // 2 · 128 · 768 · 768
    #expect(linear.minimalBytes == Bytes(1_572_864))  // 2 · (98,304 + 589,824 + 98,304)
    #expect(linear.intensity == ArithmeticIntensity(96))  // 150,994,944 / 1,572,864
  }

  @Test("A cube of extent n at e bytes has intensity 2n / 3e", arguments: [1, 16, 384, 4_096], [0.5, 1, 2, 4])
  func cube(extent: Int, bytesPerElement: Double) {
    let cube = MatrixMultiply(rows: extent, columns: extent, inner: extent, bytesPerElement: bytesPerElement)
    #expect(cube.intensity.value.isWithinRounding(of: 2 * Double(extent) / (3 * bytesPerElement)))
  }

  @Test("An empty multiply does nothing, and has a place on the roofline")
  func empty() {
    let empty = MatrixMultiply(rows: 0, columns: 0, inner: 8, bytesPerElement: 4)
    #expect(empty.flops == .zero)
    #expect(empty.minimalBytes == .zero)
    #expect(empty.intensity == .zero)
  }

  @Test("Extents and element sizes outside their ranges stop the program")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = MatrixMultiply(rows: -1, columns: 1, inner: 1, bytesPerElement: 4)
    }
    await #expect(processExitsWith: .failure) {
      _ = BatchedMatrixMultiply(columns: 1, inner: 1, bytesPerElement: 0)
    }
  }
}

@Suite("The batch at which a matrix multiply crosses the ridge")
struct RidgeCrossingTests {
  @Test("A 4,096-wide fp16 layer on an A100 crosses at 166, by hand")
  func byHand() throws {
    // R = 312,000 / 2,039 = 153.016; M = R·e·K·N / (2NK − R·e·(K + N)) with e = 2, K = N = 4,096
    //   = R·N / (N − 2R) = 153.016 · 4,096 / 3,789.968 = 165.37, so 166.
    let a100 = Device.all[6].roofline
    let linear = BatchedMatrixMultiply(columns: 4_096, inner: 4_096, bytesPerElement: 2)
    #expect(abs(try #require(linear.ridgeCrossingRows(on: a100)) - 165.37) < 0.005)
    #expect(linear.ridgeCrossing(on: a100) == 166)
    // With 128 rows per batch entry, 165.37 / 128 = 1.29, so 2.
    let encoder = BatchedMatrixMultiply(rowsPerBatch: 128, columns: 4_096, inner: 4_096, bytesPerElement: 2)
    #expect(encoder.ridgeCrossing(on: a100) == 2)
  }

  @Test("A layer too narrow for the ridge never crosses it")
  func never() {
    // A 64 × 64 fp16 layer: limit 2 · 64 · 64 / (2 · 128) = 32 FLOP/byte, below the A100's 153.
    let narrow = BatchedMatrixMultiply(columns: 64, inner: 64, bytesPerElement: 2)
    #expect(narrow.limitIntensity == ArithmeticIntensity(32))
    #expect(narrow.ridgeCrossing(on: Device.all[6].roofline) == nil)
    #expect(narrow.ridgeCrossingRows(on: Device.all[6].roofline) == nil)
  }

  @Test("A ridge equal to the limit is not crossed: the limit is approached, never reached")
  func limitIsNotReached() {
    let layer = BatchedMatrixMultiply(columns: 64, inner: 64, bytesPerElement: 2)
    let atLimit = Roofline(peak: FLOPsPerSecond(32), bandwidth: BytesPerSecond(1))
    #expect(layer.ridgeCrossing(on: atLimit) == nil)
    // R = 31: M = 31·2·4,096 / (8,192 − 62·128) = 253,952 / 256 = 992, exactly on the ridge.
    let below = Roofline(peak: FLOPsPerSecond(31), bandwidth: BytesPerSecond(1))
    #expect(layer.ridgeCrossingRows(on: below) == 992)
    #expect(layer.ridgeCrossing(on: below) == 992)
  }

  @Test("A crossing beyond the row limit is none")
  func beyondTheRowLimit() {
    // With K = N = n and e = 1 the limit is n, and M = R·n / 2(n − R). At R = n(1 − 10⁻⁹) that is n / (2 · 10⁻⁹) =
    // 2 · 10¹² rows, past 2³¹ = 2.1 · 10⁹.
    let layer = BatchedMatrixMultiply(columns: 4_096, inner: 4_096, bytesPerElement: 1)
    let nearLimit = Roofline(peak: FLOPsPerSecond(4_096 * (1 - 1e-9)), bandwidth: BytesPerSecond(1))
    #expect(layer.ridgeCrossing(on: nearLimit) == nil)
  }

  @Test("A batch of one crosses already where it supplies rows enough")
  func firstBatch() {
    let layer = BatchedMatrixMultiply(rowsPerBatch: 4_096, columns: 4_096, inner: 4_096, bytesPerElement: 2)
    #expect(layer.ridgeCrossing(on: Device.all[6].roofline) == 1)
  }

  @Test("The closed form agrees with trying every batch", arguments: Device.all, [0.5, 1, 2, 4])
  func bruteForce(device: Device, bytesPerElement: Double) {
    for rowsPerBatch in [1, 3, 128] {
      for (columns, inner) in [(64, 64), (512, 512), (768, 768), (768, 3_072), (3_072, 768), (4_096, 11_008)] {
        let layer = BatchedMatrixMultiply(
          rowsPerBatch: rowsPerBatch, columns: columns, inner: inner, bytesPerElement: bytesPerElement)
        let tried = (1...5_000).first {
          device.roofline.bound(at: layer.at(batch: $0).intensity) == .computeBound
        }
        let found = layer.ridgeCrossing(on: device.roofline)
        // A crossing beyond the batches tried must not have been seen.
        #expect(found.flatMap { $0 <= 5_000 ? $0 : nil } == tried)
      }
    }
  }

  @Test("The answer is compute-bound and its predecessor is not, also where the curve is nearly flat")
  func neighbors() throws {
    // The closer the ridge to the limit of 2,048 FLOP/byte, the flatter: from 2 · 10⁴ rows to 2 · 10⁹.
    let layer = BatchedMatrixMultiply(columns: 4_096, inner: 4_096, bytesPerElement: 2)
    for exponent in 1...6 {
      let ridge = 2_048 * (1 - (1...exponent).reduce(1.0) { power, _ in power / 10 })
      let roofline = Roofline(peak: FLOPsPerSecond(ridge), bandwidth: BytesPerSecond(1))
      let batch = try #require(layer.ridgeCrossing(on: roofline))
      #expect(roofline.bound(at: layer.at(batch: batch).intensity) == .computeBound)
      #expect(roofline.bound(at: layer.at(batch: batch - 1).intensity) == .memoryBound)
    }
  }
}
