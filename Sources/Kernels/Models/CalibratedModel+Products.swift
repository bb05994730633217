import Profiles

/// Matrix products: the units that multiply them, and their rates.
extension CalibratedModel {
  /// What the arithmetic of a matrix product takes.
  ///
  /// A product with a vector has no tiles: each operand is used once, as it arrives.
  func product(_ shape: MatrixShape, _ precision: Precision) -> ProductTime {
    if min(shape.m, shape.n) <= 1 {
      return vectorPowered(ProductTime(arithmetic: shape.flops / vectorRate), shape.flops)
    }
    if let rate = matrixRate(precision, dimensions: [shape.n, shape.k], takesPairs: true) {
      var units = tiled(rate: rate, .matrixUnits)
      if shape.sumsInFormat, precision == .fp16 {
        units = tiled(rate: rate, .halfSums)
        units.largest = TileSet.matrixUnits.tiles[0]
      }
      let time = powered(units.time(of: shape), shape.flops, precision)
      // Of what loads one operand at a time, the vector units may be the faster.
      let isOdd = [shape.n, shape.k].contains { $0.truncatingRemainder(dividingBy: 2) != 0 }
      return isOdd ? time.shorter(onVectorUnits(shape)) : time
    }
    if isConverted(precision) {
      return vectorPowered(
        tiled(rate: vectorRate * efficiency.vectorHalf, .convertedHalf).time(of: shape), shape.flops)
    }
    return onVectorUnits(shape)
  }

  private func onVectorUnits(_ shape: MatrixShape) -> ProductTime {
    vectorPowered(tiled(rate: vectorRate, .vectorUnits).time(of: shape), shape.flops)
  }

  /// FLOP/s that the vector units sustain in products of single precision.
  var vectorRate: Double { vectorPeak * efficiency.vector }

  /// FLOP/s that the matrix units sustain on operands of some dimensions; nil where they do not take them.
  ///
  /// Libraries load pairs of operands as fast as groups of `matrix_alignment` elements, and single ones at part of the
  /// rate; convolutions whose channels do not align go to the vector units.
  func matrixRate(_ precision: Precision, dimensions: [Double], takesPairs: Bool) -> Double? {
    guard efficiency.matrixAlignment > 0, precision != .fp32, let rate = matrixRate(precision) else { return nil }
    func areMultiples(of alignment: Double) -> Bool {
      dimensions.allSatisfy { $0.truncatingRemainder(dividingBy: alignment) == 0 }
    }
    if areMultiples(of: efficiency.matrixAlignment) { return rate }
    guard takesPairs else { return nil }
    return areMultiples(of: 2) ? rate : rate * efficiency.matrixUnaligned
  }

  /// FLOP/s of the matrix units in a format, or in the nearest one that can carry it: the peak, unless operands cannot be
  /// fetched that fast.
  ///
  /// Parts of one architecture differ in the first (GeForce parts have half of it), hardly in the second, which is why a
  /// GeForce RTX 2080 Ti and a Quadro RTX 8000 with 2.4 times its peak are 1.4 times apart.
  private func matrixRate(_ precision: Precision) -> Double? {
    carrier(of: precision).map { rate($0, perClock: efficiency.matrixFLOPsPerClock) }
  }

  /// The format in which the matrix units compute another.
  func carrier(of precision: Precision) -> Precision? {
    precision.widenings.first { $0 != .fp32 && accelerator.peakTFLOPS[$0] != nil }
  }

  /// FLOP/s in a format that matrix units have, where operands allow a unit so many 16-bit FLOPs in a clock.
  func rate(_ format: Precision, perClock: Double) -> Double {
    let peak = (accelerator.peakTFLOPS[format] ?? 0) * 1e12
    let fed = perClock * 2 / format.bytesPerElement * accelerator.computeUnits * accelerator.clockGHz * 1e9
    return min(peak, fed) * sustainedClock
  }

  /// Whether a format is narrower than single precision and the device multiplies it in single precision nonetheless,
  /// since that is faster than what it has for the format itself (Pascal but for GP100).
  private func isConverted(_ precision: Precision) -> Bool {
    guard precision.bytesPerElement < 4, let own = accelerator.peakTFLOPS[precision] else { return false }
    return own < accelerator.peakTFLOPS[.fp32] ?? 0
  }

  func tiled(rate: Double, _ tiles: TileSet) -> TiledProduct {
    TiledProduct(
      rate: rate, computeUnits: accelerator.computeUnits, tiles: tiles, operandCost: efficiency.operandCost,
      tileSetup: efficiency.tileSetupUS * 1e-6, waveQuantization: efficiency.waveQuantization)
  }
}
