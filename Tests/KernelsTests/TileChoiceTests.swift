import TestSupport
import Testing

@testable import Kernels

/// The search for a product's tile against one that looks at every choice.
@Suite("The choice of a tile") struct TileChoiceTests {
  /// Every choice, written down as the equation says.
  private static func naive(_ units: PipelinedProduct, _ shape: MatrixShape) -> ProductTime {
    var best = ProductTime.impossible
    for tile in TileSet.pipelined.tiles {
      let tiles = shape.batch * (shape.m / tile.rows).rounded(.up) * (shape.n / tile.columns).rounded(.up)
      let operands = (min(tile.rows, shape.m) + min(tile.columns, shape.n)) * units.elementBytes
      let term = max(2 * tile.rows * tile.columns / units.rate, units.operandRate.map { operands / $0 } ?? 0)
      for parts in [1, 2, 3, 4, 6, 8, 12, 16] as [Double]
      where parts == 1 || (units.splitsSums && shape.k / parts >= 256) {
        let load = units.waves.load(tiles * parts)
        let arithmetic = shape.k / parts * units.waves.count(load: load) * term
        let latency = shape.k / parts * max(1, load / tile.resident) * units.step
        let sums = parts > 1 ? units.split + 2 * 4 * parts * shape.batch * shape.m * shape.n / units.cache : 0
        best = best.shorter(ProductTime(arithmetic: arithmetic, setup: max(0, latency - arithmetic) + sums))
      }
    }
    return best
  }

  private static func drawn(_ random: inout SeededGenerator) -> (units: PipelinedProduct, shape: MatrixShape) {
    func value(_ low: Double, _ high: Double) -> Double {
      low * (Double.random(in: 0...1, using: &random) * (high / low).naturalLogarithm).naturalExponential
    }
    var units = PipelinedProduct(
      rate: value(1e11, 1e13), operandRate: Bool.random(using: &random) ? value(1e10, 1e12) : nil, elementBytes: 2,
      waves: Waves(
        computeUnits: value(4, 300).rounded(), quantization: [0, 0.3, 1].randomElement(using: &random) ?? 0),
      step: value(1e-10, 1e-7), split: value(1e-8, 1e-5), cache: value(1e11, 1e13))
    units.splitsSums = Int.random(in: 0..<5, using: &random) > 0
    let shape = MatrixShape(
      batch: value(1, 30).rounded(), m: value(1, 8000).rounded(), n: value(1, 8000).rounded(),
      k: value(1, 20000).rounded())
    return (units, shape)
  }

  @Test func `is the best of all, found with some left out`() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let (units, shape) = Self.drawn(&random)
      #expect(units.time(of: shape) == Self.naive(units, shape))
    }
  }

  @Test func `is the best of all once numbers have changed by little or by much`() {
    var random = SeededGenerator(seed: 4)
    var (near, all, moved) = (0, 0, 0)
    for _ in 0..<2000 {
      let (units, shape) = Self.drawn(&random)
      let choices = TileChoices(shape, by: units)
      #expect(choices.best == Self.naive(units, shape))
      for reach in [0.0005, 0.00099, 0.3] {
        func changed(_ value: Double) -> Double { value * (1 + Double.random(in: -reach...reach, using: &random)) }
        var other = PipelinedProduct(
          rate: changed(units.rate), operandRate: units.operandRate.map(changed), elementBytes: 2,
          waves: Waves(
            computeUnits: units.waves.computeUnits + (Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0),
            quantization: min(1, changed(units.waves.quantization))),
          step: changed(units.step), split: changed(units.split), cache: changed(units.cache))
        other.splitsSums = units.splitsSums
        if other.isNear(units, within: 1.001) { near += 1 }
        all += 1
        let time = choices.time(by: other)
        if time != choices.best { moved += 1 }
        #expect(time == Self.naive(other, shape))
      }
    }
    #expect(near > all / 3 && moved > all / 2)
  }

  /// Every choice of a product whose tiles have set-ups, likewise.
  private static func naive(_ units: TiledProduct, _ shape: MatrixShape) -> ProductTime {
    let largest = units.largest ?? units.tiles.tiles[0]
    var best = ProductTime.impossible
    for tile in units.tiles.tiles {
      for parts in [1, 2, 4, 8, 16] as [Double] where parts == 1 || (units.tiles.splitsSums && shape.k / parts >= 64) {
        let blocks = shape.batch * (shape.m / tile.rows).rounded(.up) * (shape.n / tile.columns).rounded(.up) * parts
        let waves = Waves(computeUnits: units.computeUnits, quantization: units.waveQuantization)
        let load = waves.load(blocks)
        let flops = 2 * tile.rows * tile.columns * (shape.k / parts)
        let slowdown =
          1 + units.operandCost
          * (1 / tile.rows + 1 / tile.columns - (1 / largest.rows + 1 / largest.columns))
        best = best.shorter(
          ProductTime(
            arithmetic: waves.count(load: load) * flops / (units.rate / units.computeUnits) * slowdown,
            setup: max(1, load / tile.resident) * units.tileSetup))
      }
    }
    return best
  }

  @Test func `is the best of all where tiles have set-ups, once numbers have changed by little or by much`() {
    var random = SeededGenerator(seed: 5)
    var (near, moved) = (0, 0)
    for _ in 0..<1500 {
      let shape = Self.drawn(&random).shape
      let tiles =
        [TileSet.vectorUnits, .matrixUnits, .halfSums, .convolution].randomElement(using: &random) ?? .vectorUnits
      func units(_ reach: Double, _ old: TiledProduct) -> TiledProduct {
        func changed(_ value: Double) -> Double { value * (1 + Double.random(in: -reach...reach, using: &random)) }
        return TiledProduct(
          rate: changed(old.rate),
          computeUnits: old.computeUnits + (Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0),
          tiles: tiles, operandCost: changed(old.operandCost), tileSetup: changed(old.tileSetup),
          waveQuantization: min(1, changed(old.waveQuantization)), largest: old.largest)
      }
      let own = units(
        0.9,
        TiledProduct(
          rate: 1e13, computeUnits: 80, tiles: tiles, operandCost: 40, tileSetup: 1e-6, waveQuantization: 0.5,
          largest: tiles == .halfSums ? TileSet.matrixUnits.tiles[0] : nil))
      let choices = TileChoices(shape, by: own)
      #expect(choices.best == Self.naive(own, shape) && own.time(of: shape) == choices.best)
      for reach in [0.0005, 0.00099, 0.3] {
        let other = units(reach, own)
        if other.isNear(own, within: 1.001) { near += 1 }
        let time = choices.time(by: other)
        if time != choices.best { moved += 1 }
        #expect(time == Self.naive(other, shape))
      }
    }
    #expect(near > 1000 && moved > 2000)
  }
}
