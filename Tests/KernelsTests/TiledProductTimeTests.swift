import Kernels
import Profiles
import SampleModels
import Testing

/// The time of a product from its tiles, waves and parts, by hand.
///
/// The sample device has 10 units that sustain 8 TFLOP/s together, 0.8 in each; a tile takes 1 us beside its arithmetic,
/// half of an unfilled wave is lost, and a tile's operands weigh 15.
@Suite("A product is cut into tiles") struct TiledProductTimeTests {
  private func compute(
    m: Double, n: Double, k: Double, _ change: (inout AcceleratorProfile) -> Void = { _ in }
  ) throws -> Double {
    var accelerator = try Sample.accelerator()
    change(&accelerator)
    let time = CalibratedModel(accelerator: accelerator).time(of: KernelTimeTests.product(m, n, k, .fp32))
    return time.compute + time.setup
  }

  /// A tile of 32 x 32 fetches 2/32 operands for each result, 3/64 more than the largest.
  private let slowdown = 1 + 15 * (2.0 / 32 - 2.0 / 128)

  @Test func `whose sums are split while 64 terms are left`() throws {
    // 16 parts of 64 terms: 1.6 waves and half of the missing 0.4.
    let split = 1.8 * (2 * 32 * 32 * 64) / 0.8e12 * slowdown + 1e-6
    #expect(KernelTimeTests.close(try compute(m: 32, n: 32, k: 1024), split))
    // One term less, and 16 parts would be too short: 8 parts, in less than a wave.
    let unsplit = times(2, 32, 32, 1023.0 / 8) / 0.8e12 * slowdown + 1e-6
    #expect(KernelTimeTests.close(try compute(m: 32, n: 32, k: 1023), unsplit))
  }

  @Test func `of which a unit holds eight at most`() throws {
    // 500 tiles of 64 x 32 are 50 for each unit, which hides 7 of 8 settings-up.
    let expected = times(50, 2, 64, 32, 64) / 0.8e12 + 50.0 / 8 * 1e-6
    let found = try compute(m: 32_000, n: 32, k: 64) { $0.efficiency.operandCost = 0 }
    #expect(KernelTimeTests.close(found, expected))
  }

  @Test func `the largest of which runs at the full rate`() throws {
    // 100 tiles of 128 x 128: ten waves, one tile on a unit at a time.
    let expected = times(10, 2, 128, 128, 32) / 0.8e12 + 10e-6
    #expect(KernelTimeTests.close(try compute(m: 1280, n: 1280, k: 32), expected))
  }
}
