/// The time of a matrix product whose tiles load operands ahead of the arithmetic, several iterations at once.
///
/// A tile has no set-up of its own: blocks that stay, or several on a unit, hide it. What is left is that an iteration of its
/// main loop takes a while however small it is, and that sums in parts have to be added up.
struct PipelinedProduct: Sendable {
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

  /// The best choice of tile and of the number of parts into which the sums are split.
  func time(of shape: MatrixShape) -> ProductTime {
    var best = ProductTime.impossible
    for tile in TileSet.pipelined.tiles {
      let tiles = shape.batch * (shape.m / tile.rows).rounded(.up) * (shape.n / tile.columns).rounded(.up)
      let term = term(of: shape, tile)
      for parts in Self.parts where parts == 1 || (splitsSums && shape.k / parts >= Self.fewestTerms) {
        let load = waves.load(tiles * parts)
        let arithmetic = shape.k / parts * waves.count(load: load) * term
        let latency = shape.k / parts * max(1, load / tile.resident) * step
        let sums = parts > 1 ? split + 2 * 4 * parts * shape.batch * shape.m * shape.n / cache : 0
        best = best.shorter(ProductTime(arithmetic: arithmetic, setup: max(0, latency - arithmetic) + sums))
      }
    }
    return best
  }

  /// The numbers of parts of a sum.
  private static let parts: [Double] = [1, 2, 3, 4, 6, 8, 12, 16]
  /// The fewest terms of a part.
  private static let fewestTerms = 256.0

  /// Seconds of one term of all sums of a tile: its arithmetic, or its operands.
  private func term(of shape: MatrixShape, _ tile: TileSet.Tile) -> Double {
    let arithmetic = 2 * tile.rows * tile.columns / rate
    guard let operandRate else { return arithmetic }
    let operands = min(tile.rows, shape.m) + min(tile.columns, shape.n)
    return max(arithmetic, operands * elementBytes / operandRate)
  }
}
