import Testing

@testable import Kernels

/// Products whose tiles, waves and set-ups can be counted by hand: a unit computes 10^9 FLOP/s, a set-up takes a microsecond.
@Suite("A product cut into tiles") struct TiledProductTests {
  private func product(_ sides: [(rows: Double, columns: Double)], splits: Bool, units: Double) -> TiledProduct {
    TiledProduct(
      rate: units * 1e9, computeUnits: units, tiles: TileSet(sides, splitsSums: splits), operandCost: 0,
      tileSetup: 1e-6, waveQuantization: 0.5)
  }

  private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-12 * right }

  @Test func `splits a sum into parts of at least 64 terms`() {
    let tiles = product([(32, 32)], splits: true, units: 8)
    #expect(isClose(tiles.time(of: MatrixShape(m: 32, n: 32, k: 128)).arithmetic, 131_072 / 1e9))
    #expect(isClose(tiles.time(of: MatrixShape(m: 32, n: 32, k: 127)).arithmetic, 260_096 / 1e9))
    let whole = product([(32, 32)], splits: false, units: 8)
    #expect(isClose(whole.time(of: MatrixShape(m: 32, n: 32, k: 128)).arithmetic, 262_144 / 1e9))
  }

  @Test func `hides the set-ups of as many blocks as the registers of a unit hold, eight at most`() {
    // Sixteen blocks on one unit.
    let small = product([(32, 32)], splits: false, units: 1).time(of: MatrixShape(m: 32 * 16, n: 32, k: 64))
    #expect(isClose(small.setup, 16 / 8 * 1e-6))
    #expect(isClose(small.arithmetic, 16 * 131_072 / 1e9))
    let large = product([(128, 128)], splits: false, units: 1).time(of: MatrixShape(m: 128 * 16, n: 128, k: 64))
    #expect(isClose(large.setup, 16 * 1e-6))
    let middle = product([(128, 64)], splits: false, units: 1).time(of: MatrixShape(m: 128 * 16, n: 64, k: 64))
    #expect(isClose(middle.setup, 16 / 2 * 1e-6))
  }

  @Test func `loses half of an unfilled wave`() {
    // Five blocks on four units: one wave and a quarter, and half of the three quarters that are missing.
    let time = product([(32, 32)], splits: false, units: 4).time(of: MatrixShape(m: 32 * 5, n: 32, k: 64))
    #expect(isClose(time.arithmetic, (1.25 + 0.5 * 0.75) * 131_072 / 1e9))
    #expect(isClose(time.setup, 1e-6), "one at least")
  }

  @Test func `moves its own traffic once, and the rest of the kernel's beside the arithmetic`() {
    let product = ProductTime(arithmetic: 1, setup: 0.5, memory: 2, exposedMemory: 3)
    #expect(product.seconds == 5)
    #expect(
      product.kernel(memory: 9, fixed: 4)
        == KernelTime(compute: 1, memory: 6, exposedMemory: 3, setup: 0.5, fixed: 4))
    #expect(product.kernel(memory: 4, fixed: 0).memory == 2, "at least what it moves beside the arithmetic")
    #expect(product.shorter(ProductTime(arithmetic: 5)) == product, "the first of equals")
    #expect(product.shorter(ProductTime(arithmetic: 4)).arithmetic == 4)
  }
}
