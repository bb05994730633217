import Profiles
import SampleModels
import TestSupport
import Testing

@testable import Kernels

/// Products that load operands ahead, counted by hand: a unit computes 10^9 FLOP/s, an iteration lasts 10 us for 64 terms.
@Suite("A product that loads operands ahead") struct PipelinedProductTests {
  private func product(
    units: Double = 8, operands: Double? = nil, step: Double = 0, split: Double = 0, cache: Double = .infinity
  ) -> PipelinedProduct {
    PipelinedProduct(
      rate: 1e9, operandRate: operands, elementBytes: 2, waves: Waves(computeUnits: units, quantization: 0.5),
      step: step, split: split, cache: cache)
  }

  private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-12 * abs(right) }

  @Test func `takes the tile that wastes least, and splits sums only into parts of 256 terms`() {
    // One tile of 64 x 32 by each of the narrow ones; 511 terms stay whole, 512 become two parts.
    let whole = product().time(of: MatrixShape(m: 64, n: 32, k: 511))
    #expect(isClose(whole.arithmetic, 2 * 64 * 32 * 511 / 1e9) && whole.setup == 0)
    let halves = product().time(of: MatrixShape(m: 32, n: 64, k: 512))
    #expect(isClose(halves.arithmetic, 2 * 64 * 32 * 256 / 1e9))
  }

  @Test func `adds the parts of a sum through the cache`() {
    let shape = MatrixShape(m: 64, n: 32, k: 512)
    let halves = product(split: 1e-6, cache: 1e12).time(of: shape)
    #expect(isClose(halves.setup, 1e-6 + 8 * 2 * 64 * 32 / 1e12))
    let dear = product(split: 1, cache: 1e12).time(of: shape)
    #expect(dear.setup == 0 && isClose(dear.arithmetic, 2 * 64 * 32 * 512 / 1e9), "no parts where they cost more")
  }

  @Test func `has iterations of a tile that last as long as their latency`() {
    // 2 x 64 x 32 x 64 FLOP last 262 us; an iteration of a millisecond leaves 738 of them idle.
    let slow = product(step: 1e-3 / 64).time(of: MatrixShape(m: 64, n: 32, k: 64))
    #expect(isClose(slow.seconds, 1e-3) && slow.arithmetic >= 262_144e-9 && slow.setup > 0)
    // Sixteen tiles on a unit: eight at once hide one another's latency.
    let many = product(units: 1, step: 1e-3 / 64).time(of: MatrixShape(m: 64 * 16, n: 32, k: 64))
    #expect(isClose(many.seconds, 16 * 262_144e-9))
  }

  @Test func `waits for operands where they come slower than the arithmetic`() {
    // A tile of 128 x 128 needs 256 operands of two bytes for 32,768 FLOP, one of 64 x 64 half of them for a quarter.
    let time = product(units: 1, operands: 1e7).time(of: MatrixShape(m: 128, n: 128, k: 64))
    #expect(isClose(time.arithmetic, 256 * 2 * 64 / 1e7))
    let narrow = product(units: 1, operands: 1e7).time(of: MatrixShape(m: 1, n: 256, k: 64))
    #expect(isClose(narrow.arithmetic, 257 * 2 * 64 / 1e7), "of one row no more than one is loaded")
  }

  @Test func `of more rows, columns or terms is never faster, but where sums get long enough to split`() {
    let sizes = [1, 16, 33, 64, 100, 128, 256, 1000, 4096] as [Double]
    let product = product(operands: 1e7, step: 1e-6, split: 1e-6, cache: 1e10)
    for (small, large) in zip(sizes, sizes.dropFirst()) {
      for other in [64, 200, 1024] as [Double] {
        let pairs = [
          (MatrixShape(m: small, n: other, k: 64), MatrixShape(m: large, n: other, k: 64)),
          (MatrixShape(m: other, n: small, k: 64), MatrixShape(m: other, n: large, k: 64)),
          (MatrixShape(batch: small, m: other, n: 64, k: 64), MatrixShape(batch: large, m: other, n: 64, k: 64)),
        ]
        for (one, two) in pairs {
          #expect(product.time(of: two).seconds >= product.time(of: one).seconds * (1 - 1e-12), "\(one), \(two)")
        }
      }
    }
    for units in [1, 2, 8, 100] as [Double] {
      let shape = MatrixShape(m: 300, n: 500, k: 1000)
      let (fewer, more) = (self.product(units: units), self.product(units: units + 1))
      #expect(more.time(of: shape).seconds <= fewer.time(of: shape).seconds, "units as fast as before")
    }
  }

  // MARK: Overlap, cache, power

  @Test func `overlaps by a power mean whose parts are what one per cent of each is worth`() {
    let overlap = Overlap(exponent: 2)
    #expect(isClose(overlap.seconds(3, 4), 5) && isClose(overlap.seconds(0, 4), 4) && overlap.seconds(0, 0) == 0)
    #expect(isClose(overlap.share(of: 3, beside: 4), 9.0 / 5) && isClose(overlap.share(of: 4, beside: 3), 16.0 / 5))
    let perfect = Overlap(exponent: .infinity)
    #expect(Overlap(exponent: 1).seconds(3, 4) == 7 && perfect.seconds(3, 4) == 4)
    #expect(perfect.share(of: 3, beside: 4) == 0 && perfect.share(of: 4, beside: 4) == 4)
    let slope = (overlap.seconds(3 * 1.000_001, 4) - 5) / 0.000_001
    #expect(abs(slope - overlap.share(of: 3, beside: 4)) < 1e-4)
    let time = KernelTime(compute: 2, memory: 4, exposedMemory: 1, setup: 1, fixed: 6, overlap: 2)
    #expect(isClose(time.seconds, 5 + 1 + 6))
    #expect(isClose(time.computeShare, 9.0 / 5 * 2 / 3) && isClose(time.memoryShare, 16.0 / 5 + 1))
    #expect(isClose(time.overheadShare, 9.0 / 5 / 3 + 6))
    let none = KernelTime(compute: 0, memory: 0, fixed: 1, overlap: 2.5)
    #expect(none.seconds == 1 && none.computeShare == 0 && none.memoryShare == 0 && none.overheadShare == 1)
  }

  @Test func `finds in the cache what has room there since it was last touched`() {
    let traffic = CachedTraffic(memory: 1e9, cache: 4e9, kept: 100, lost: 200)
    #expect(traffic.away(100) == 0 && traffic.away(150) == 0.5 && traffic.away(200) == 1 && traffic.away(1e9) == 1)
    #expect(isClose(traffic.seconds(100), 100 / 4e9) && isClose(traffic.seconds(300), 300 / 1e9))
    #expect(isClose(traffic.seconds(100, reuse: .infinity), 100 / 1e9), "weights, in a pass")
    #expect(isClose(traffic.seconds(100, reuse: 150), 50 / 1e9 + 50 / 4e9))
    let none = CachedTraffic(memory: 1e9, cache: 4e9, kept: 100, lost: 100)
    #expect(none.away(100) == 0 && none.away(101) == 1)
  }

  @Test func `takes no less than its board's power lets it`() throws {
    var accelerator = try Sample.accelerator("Matrix")
    #expect(BoardPower(accelerator) == nil, "neither energy nor watts are known")
    accelerator.efficiency.pipeline.energyPJPerFLOP = 2
    accelerator.efficiency.pipeline.narrowEnergy = 0.5
    accelerator.efficiency.pipeline.arithmeticPower = 0.75
    #expect(BoardPower(accelerator) == nil, "no watts")
    accelerator.watts = 400
    let power = try #require(BoardPower(accelerator))
    // 300 W at 2 pJ: 150 TFLOP/s.
    #expect(isClose(power.seconds(150e12, .bf16), 1) && isClose(power.seconds(150e12, .fp8), 0.5))
    #expect(isClose(power.seconds(150e12, .tf32), 2))
    // The sample has 80 TFLOP/s in fp16: a board of 40 W allows 15.
    accelerator.watts = 40
    let model = TiledEquation(CalibratedModel(accelerator: accelerator))
    let time = ProductTime(arithmetic: 1, setup: 3)
    #expect(model.powered(time, 15e12 * 2, .fp16) == ProductTime(arithmetic: 2, setup: 2))
    #expect(model.powered(time, 15e12 * 9, .fp16) == ProductTime(arithmetic: 9, setup: 0))
    #expect(model.powered(time, 15e12 / 2, .fp16) == time)
  }
}
