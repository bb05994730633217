/// The time of a matrix product whose tiles load operands ahead of the arithmetic, several iterations at once.
///
/// A tile has no set-up of its own: blocks that stay, or several on a unit, hide it. What is left is that an iteration of its
/// main loop takes a while however small it is, and that sums in parts have to be added up.
struct PipelinedProduct: Sendable, Equatable {
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

  /// A tile, and into how many parts its sums are split.
  struct Choice: Sendable {
    let tile: TileSet.Tile
    let parts: Double
  }

  /// The best choice of tile and of the number of parts into which the sums are split.
  ///
  /// - Parameters:
  ///   - shape: The product.
  ///   - bound: Seconds that one of the choices is known to take.
  /// - Returns: What the best takes; the first of equals.
  func time(of shape: MatrixShape, bound: Double = .infinity) -> ProductTime {
    var best = ProductTime.impossible
    search(shape, bound: bound, slack: 1) { _, time in best = best.shorter(time) }
    return best
  }

  /// What a choice takes.
  func time(of shape: MatrixShape, by choice: Choice) -> ProductTime {
    time(of: shape, TiledWork(self, shape, choice.tile), parts: choice.parts)
  }

  /// Calls back with choices and what they take: with all that take no longer than some times the best.
  ///
  /// - Parameters:
  ///   - shape: The product.
  ///   - bound: Seconds that one of the choices is known to take.
  ///   - slack: How many times as long as the best.
  ///   - found: Called with each, the larger tiles and the fewer parts first, and with some that take longer.
  @inline(__always)
  func search(_ shape: MatrixShape, bound: Double = .infinity, slack: Double, _ found: (Choice, ProductTime) -> Void) {
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
        found(Choice(tile: tile, parts: parts), time)
      }
    }
  }

  /// Whether every choice takes nearly as long by other units: up to some times as long, for each of the numbers that it depends
  /// on, or as many times as short.
  func isNear(_ other: PipelinedProduct, within factor: Double) -> Bool {
    func isNear(_ one: Double, _ other: Double) -> Bool { one <= other * factor && other <= one * factor }
    guard waves.computeUnits == other.waves.computeUnits, elementBytes == other.elementBytes,
      splitsSums == other.splitsSums
    else { return false }
    let operandsAreNear =
      switch (operandRate, other.operandRate) {
      case (let one?, let other?): isNear(one, other)
      case (nil, nil): true
      default: false
      }
    return operandsAreNear && isNear(rate, other.rate) && isNear(waves.quantization, other.waves.quantization)
      && isNear(step, other.step) && isNear(split, other.split) && isNear(cache, other.cache)
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
