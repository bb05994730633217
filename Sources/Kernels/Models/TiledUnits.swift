/// A tile, and into how many parts its sums are split.
struct TileChoice: Sendable {
  /// What one block of threads computes.
  let tile: TileSet.Tile
  /// Parts of each sum, which run as blocks of their own.
  let parts: Double
}

/// Units that compute a matrix product in tiles, of which a library offers several.
protocol TiledUnits: Sendable, Equatable {
  /// Calls back with choices and what they take: with all that take no longer than some times the best.
  ///
  /// - Parameters:
  ///   - shape: The product.
  ///   - bound: Seconds that one of the choices is known to take.
  ///   - slack: How many times as long as the best.
  ///   - found: Called with each, in the order of the tiles and the fewer parts first, and with some that take longer.
  func search(_ shape: MatrixShape, bound: Double, slack: Double, _ found: (TileChoice, ProductTime) -> Void)

  /// What a choice takes.
  func time(of shape: MatrixShape, by choice: TileChoice) -> ProductTime

  /// Whether every choice takes nearly as long by other units: each of the numbers that it is a product of is up to some times
  /// as large, or as many times as small.
  func isNear(_ other: Self, within factor: Double) -> Bool
}

extension TiledUnits {
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
}

extension Double {
  /// Whether a number is up to some times another, and the other up to as many times this one.
  func isNear(_ other: Double, within factor: Double) -> Bool { self <= other * factor && other <= self * factor }
}
