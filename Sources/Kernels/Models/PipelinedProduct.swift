/// The time of a matrix product whose tiles load operands ahead of the arithmetic, several iterations at once.
///
/// A tile has no set-up of its own: blocks that stay, or several on a unit, hide it. What is left is that an iteration of its
/// main loop takes a while however small it is, and that sums in parts have to be added up.
struct PipelinedProduct: TiledUnits {
  /// FLOP/s of one compute unit.
  var rate: Double
  /// Bytes of operands per second that reach a unit; nil for as many as it needs.
  let operandRate: Double?
  /// Bytes of an operand's element.
  let elementBytes: Double
  /// Compute units.
  let waves: Waves
  /// Seconds of the shortest iteration of a tile, for each term.
  var step: Double
  /// Seconds that a sum in parts takes beside its traffic.
  let split: Double
  /// Bytes per second of the last-level cache, through which the parts go.
  let cache: Double

  /// Whether kernels exist that split each sum into parts.
  var splitsSums = true

  func time(of shape: MatrixShape, by choice: TileChoice) -> ProductTime {
    time(of: shape, TiledWork(self, shape, choice.tile), parts: choice.parts)
  }

  @inline(__always)
  func search(
    _ shape: MatrixShape, bound: Double, slack: Double, _ found: (TileChoice, ProductTime) -> Void
  ) {
    var limit = bound * slack
    for tile in TileSet.pipelined.tiles {
      let work = TiledWork(self, shape, tile)
      // Nothing computes faster than units that are all at work all the time, but for rounding.
      let least = work.least * (1 - 1e-9)
      if least > limit { continue }
      for parts in Self.parts {
        if parts > 1 {
          guard splitsSums, shape.k / parts >= Self.fewestTerms, !(least + split > limit) else { break }
        }
        let time = time(of: shape, work, parts: parts)
        limit = min(limit, time.seconds * slack)
        found(TileChoice(tile: tile, parts: parts), time)
      }
    }
  }

  func isNear(_ other: PipelinedProduct, within factor: Double) -> Bool {
    guard waves.computeUnits == other.waves.computeUnits, elementBytes == other.elementBytes,
      splitsSums == other.splitsSums
    else { return false }
    let operandsAreNear =
      switch (operandRate, other.operandRate) {
      case (let one?, let other?): one.isNear(other, within: factor)
      case (nil, nil): true
      default: false
      }
    return operandsAreNear && rate.isNear(other.rate, within: factor)
      && waves.quantization.isNear(other.waves.quantization, within: factor) && step.isNear(other.step, within: factor)
      && split.isNear(other.split, within: factor) && cache.isNear(other.cache, within: factor)
  }

  /// The numbers of parts of a sum.
  private static let parts: [Double] = [1, 2, 3, 4, 6, 8, 12, 16]
  /// The fewest terms of a part.
  private static let fewestTerms = 256.0

  /// A product in tiles of one size.
  private struct TiledWork {
    /// How many there are.
    let tiles: Double
    /// Seconds of one term of all sums of a tile: its arithmetic, or its operands.
    let term: Double
    /// How many of them a unit holds at once.
    let resident: Double
    /// Seconds that all of it takes at least.
    let least: Double

    init(_ product: PipelinedProduct, _ shape: MatrixShape, _ tile: TileSet.Tile) {
      tiles = shape.batch * (shape.m / tile.rows).rounded(.up) * (shape.n / tile.columns).rounded(.up)
      let arithmetic = 2 * tile.rows * tile.columns / product.rate
      if let operandRate = product.operandRate {
        let operands = min(tile.rows, shape.m) + min(tile.columns, shape.n)
        term = max(arithmetic, operands * product.elementBytes / operandRate)
      } else {
        term = arithmetic
      }
      resident = tile.resident
      least = shape.k * product.waves.load(tiles) * term
    }
  }

  @inline(__always)
  private func time(of shape: MatrixShape, _ work: TiledWork, parts: Double) -> ProductTime {
    let load = waves.load(work.tiles * parts)
    let arithmetic = shape.k / parts * waves.count(load: load) * work.term
    let latency = shape.k / parts * max(1, load / work.resident) * step
    let sums = parts > 1 ? split + 2 * 4 * parts * shape.batch * shape.m * shape.n / cache : 0
    return ProductTime(arithmetic: arithmetic, setup: max(0, latency - arithmetic) + sums)
  }
}
