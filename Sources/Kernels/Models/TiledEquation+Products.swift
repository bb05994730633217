import Profiles

/// Matrix products: the units that multiply them, and their rates.
extension TiledEquation {
  /// What the arithmetic of a matrix product takes.
  ///
  /// A product with a vector has no tiles: each operand is used once, as it arrives.
  func product(_ shape: MatrixShape, _ precision: Precision, _ search: Search) -> ProductTime {
    if min(shape.m, shape.n) <= 1 {
      return vectorPowered(ProductTime(arithmetic: shape.flops / vectorRate), shape.flops)
    }
    if let rate = rates.matrixRate(precision, dimensions: [shape.n, shape.k], takesPairs: true) {
      var units = tiled(rate: rate, .matrixUnits)
      if shape.sumsInFormat, precision == .fp16 {
        units = tiled(rate: rate, .halfSums)
        units.largest = TileSet.matrixUnits.tiles[0]
      }
      let time = powered(search(units, shape), shape.flops, precision)
      // Of what loads one operand at a time, the vector units may be the faster.
      let isOdd = [shape.n, shape.k].contains { $0.truncatingRemainder(dividingBy: 2) != 0 }
      return isOdd ? time.shorter(onVectorUnits(shape, search)) : time
    }
    if rates.isConverted(precision) {
      return vectorPowered(
        search(tiled(rate: vectorRate * vectorHalf, .convertedHalf), shape), shape.flops)
    }
    return onVectorUnits(shape, search)
  }

  private func onVectorUnits(_ shape: MatrixShape, _ search: Search) -> ProductTime {
    vectorPowered(search(tiled(rate: vectorRate, .vectorUnits), shape), shape.flops)
  }

  /// FLOP/s that the vector units sustain in products of single precision.
  var vectorRate: Double { rates.vectorPeak * vector }

  /// Units that compute at a rate in tiles.
  func tiled(rate: Double, _ tiles: TileSet) -> TiledProduct {
    TiledProduct(
      rate: rate, computeUnits: rates.computeUnits, tiles: tiles, operandCost: operandCost,
      tileSetup: tileSetup, waveQuantization: waveQuantization)
  }
}
