/// The tiles that a library offers for matrix products on one sort of units.
package struct TileSet: Sendable, Equatable {
  /// A tile of the result: what one block of threads computes.
  package struct Tile: Sendable, Equatable {
    /// Rows of the result.
    package let rows: Double
    /// Columns of the result.
    package let columns: Double

    /// How many blocks of it a compute unit holds at once: its registers hold the results of one 128 x 128 tile.
    var resident: Double { min(8, max(1, 128 * 128 / (rows * columns))) }
  }

  /// Largest first.
  package let tiles: [Tile]
  /// Whether kernels exist that split each sum into parts, which then run as blocks of their own.
  package let splitsSums: Bool

  init(_ sides: [(rows: Double, columns: Double)], splitsSums: Bool) {
    tiles = sides.map { Tile(rows: $0.rows, columns: $0.columns) }
    self.splitsSums = splitsSums
  }

  /// The tile with the fewest results.
  package var smallest: Tile { tiles[tiles.count - 1] }

  /// The tiles of single-precision kernels, as cuBLAS and CUTLASS name them (`sgemm_128x64`).
  package static let vectorUnits = TileSet(
    [(128, 128), (128, 64), (64, 64), (64, 32), (32, 128), (32, 32)], splitsSums: true)

  /// The tiles of half-precision kernels on matrix units (`s884gemm_fp16_256x128`).
  package static let matrixUnits = TileSet(
    [(256, 128), (128, 256), (128, 128), (128, 64), (64, 128), (64, 64), (64, 32), (32, 32)], splitsSums: true)

  /// Those of kernels that keep their sums in half precision, of which the registers hold twice as many.
  package static let halfSums = TileSet(
    [(256, 256)] + matrixUnits.tiles.map { ($0.rows, $0.columns) }, splitsSums: true)

  /// The tiles of kernels that load operands ahead, with those that are narrow in one direction, for few rows or columns.
  package static let pipelined = TileSet(
    [
      (256, 128), (128, 256), (256, 64), (64, 256), (128, 128), (128, 64), (64, 128), (64, 64), (64, 32), (32, 64),
    ], splitsSums: true)

  /// The tiles of half-precision kernels that compute in single precision (`maxwell_fp16_sgemm_fp16_128x64`): few, and
  /// none that splits its sums, which shows in fully connected layers at small batch.
  package static let convertedHalf = TileSet([(128, 128), (128, 64)], splitsSums: false)

  /// The tile of kernels that compute pairs of half-precision numbers on vector units: two blocks of 128 x 128, since one
  /// alone keeps half of a unit's pairs busy (DeepBench on a P100: a sum takes as long with one as with two).
  package static let packedHalf = TileSet([(256, 128)], splitsSums: false)

  /// The tiles of implicit-GEMM convolutions on vector units (`scudnn_128x64`), as the traces of ResNet-50 have them.
  package static let convolution = TileSet([(128, 128), (128, 64), (128, 32)], splitsSums: false)

  /// The tile of fused Winograd convolutions (`scudnn_winograd_128x128`): 256 outputs of 16 channels.
  package static let fusedWinograd = TileSet([(256, 16)], splitsSums: false)
}

/// The time of a matrix product that is cut into tiles, which run on the compute units in waves.
struct TiledProduct: TiledUnits {
  /// FLOP/s of the whole device in its best tile.
  let rate: Double
  /// Compute units.
  let computeUnits: Double
  /// The tiles on offer.
  let tiles: TileSet
  /// The weight of the operands that a tile fetches for each result.
  var operandCost: Double
  /// Seconds that a tile takes beside its arithmetic.
  let tileSetup: Double
  /// The share of an unfilled wave that is lost.
  let waveQuantization: Double
  /// The tile whose rate is known; nil for the largest.
  var largest: TileSet.Tile?

  @inline(__always)
  func search(
    _ shape: MatrixShape, bound: Double, slack: Double, _ found: (TileChoice, ProductTime) -> Void
  ) {
    var limit = bound * slack
    for tile in tiles.tiles {
      let slowdown = slowdown(of: tile)
      let count = count(of: tile, in: shape)
      // Nothing computes faster than units that are all at work all the time, but for rounding.
      let least = count * 2 * tile.rows * tile.columns * shape.k / rate * slowdown * (1 - 1e-9)
      if least > limit { continue }
      for parts in Self.parts where parts == 1 || (tiles.splitsSums && shape.k / parts >= Self.fewestTerms) {
        let choice = TileChoice(tile: tile, parts: parts)
        let time = time(of: shape, choice, count, slowdown)
        limit = min(limit, time.seconds * slack)
        found(choice, time)
      }
    }
  }

  func time(of shape: MatrixShape, by choice: TileChoice) -> ProductTime {
    time(of: shape, choice, count(of: choice.tile, in: shape), slowdown(of: choice.tile))
  }

  func isNear(_ other: TiledProduct, within factor: Double) -> Bool {
    // Where a tile is better than the one whose rate is known, a little more weight of operands may matter much.
    guard computeUnits == other.computeUnits, tiles == other.tiles, largest == other.largest,
      largest == nil || operandCost == other.operandCost
    else { return false }
    return rate.isNear(other.rate, within: factor) && operandCost.isNear(other.operandCost, within: factor)
      && tileSetup.isNear(other.tileSetup, within: factor)
      && waveQuantization.isNear(other.waveQuantization, within: factor)
  }

  /// The numbers of parts of a sum.
  private static let parts: [Double] = [1, 2, 4, 8, 16]
  /// The fewest terms of a part.
  private static let fewestTerms = 64.0

  /// How many tiles of a sort cover the results.
  private func count(of tile: TileSet.Tile, in shape: MatrixShape) -> Double {
    shape.batch * (shape.m / tile.rows).rounded(.up) * (shape.n / tile.columns).rounded(.up)
  }

  @inline(__always)
  private func time(
    of shape: MatrixShape, _ choice: TileChoice, _ count: Double, _ slowdown: Double
  ) -> ProductTime {
    let units = Waves(computeUnits: computeUnits, quantization: waveQuantization)
    let load = units.load(count * choice.parts)
    let waves = units.count(load: load)
    let flops = 2 * choice.tile.rows * choice.tile.columns * (shape.k / choice.parts)
    // Blocks that reside on a unit together hide one another's filling and draining.
    let setups = max(1, load / choice.tile.resident)
    return ProductTime(
      arithmetic: waves * flops / (rate / computeUnits) * slowdown, setup: setups * tileSetup)
  }

  /// How much slower a tile is than the best one: for each result and term it fetches 1/rows + 1/columns operands.
  private func slowdown(of tile: TileSet.Tile) -> Double {
    let largest = largest ?? tiles.tiles[0]
    let operands = 1 / tile.rows + 1 / tile.columns
    return 1 + operandCost * (operands - (1 / largest.rows + 1 / largest.columns))
  }
}
