import Profiles

/// Convolutions: the fastest of the algorithms that cuDNN has for a shape.
extension TiledEquation {
  /// What the arithmetic of a convolution takes.
  func convolution(_ shape: ConvolutionShape, _ precision: Precision, _ search: Search) -> ProductTime {
    if shape.isDepthwise { return ProductTime(arithmetic: shape.flops / (rates.vectorPeak * depthwise)) }
    if shape.groups > 1 { return grouped(shape, precision, search) }
    if let rate = rates.matrixRate(precision, dimensions: shape.channelsOfGroup, takesPairs: false) {
      let time = search(tiled(rate: rate * convolutionRate, .matrixUnits), shape.asMatrix)
      return powered(time, shape.flops, precision)
    }
    if shape.sumsInFormat, halfPeak(precision) > rates.vectorPeak { return packed(shape, precision, search) }
    let plain = search(tiled(rate: vectorRate * convolutionRate, .convolution), shape.asMatrix)
    var best = vectorPowered(plain, shape.flops)
    if shape.isThreeByThreeUnitStride { best = best.shorter(fusedWinograd(shape, search)) }
    if let window = shape.winogradWindow { best = best.shorter(separateWinograd(shape, window: window, search)) }
    return best
  }

  /// A convolution whose sums are pairs of a narrow format on the vector units: in large tiles alone, Winograd's too.
  private func packed(_ shape: ConvolutionShape, _ precision: Precision, _ search: Search) -> ProductTime {
    var units = tiled(rate: halfPeak(precision) * vector * convolutionRate, .packedHalf)
    units.operandCost = 0
    let direct = search(units, shape.asMatrix)
    return shape.isThreeByThreeUnitStride ? direct.shorter(search(units, shape.asFusedWinograd)) : direct
  }

  /// FLOP/s of a narrow format on vector units that have it, at the clock that is sustained; none on matrix units.
  private func halfPeak(_ precision: Precision) -> Double {
    guard rates.alignment == 0, precision.bytesPerElement == 2 else { return 0 }
    return rates.peak(precision)
  }

  /// Grouped convolutions with channels enough for a tile are products, one for each group.
  ///
  /// With fewer they run on the vector units, the closer to a depthwise convolution the fewer channels a group has.
  private func grouped(_ shape: ConvolutionShape, _ precision: Precision, _ search: Search) -> ProductTime {
    let perGroup = min(shape.inputChannels, shape.outputChannels) / shape.groups
    let wanted = TileSet.vectorUnits.smallest.columns
    if perGroup >= wanted {
      if let rate = rates.matrixRate(precision, dimensions: shape.channelsOfGroup, takesPairs: false) {
        return search(tiled(rate: rate, .matrixUnits), shape.asMatrix)
      }
      return search(tiled(rate: vectorRate, .vectorUnits), shape.asMatrix)
    }
    let reached = depthwise + (vector - depthwise) * perGroup / wanted
    return ProductTime(arithmetic: shape.flops / (rates.vectorPeak * reached))
  }

  /// Winograd's F(2x2,3x3) in one kernel: 2 x 2 outputs from 16 multiplications instead of 36, a sum over channels for
  /// each of the 16.
  ///
  /// Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.
  private func fusedWinograd(_ shape: ConvolutionShape, _ search: Search) -> ProductTime {
    var kernel = tiled(rate: rates.vectorPeak * winograd, .fusedWinograd)
    kernel.operandCost = 0
    let product = shape.asFusedWinograd
    return vectorPowered(search(kernel, product), product.flops)
  }

  /// Winograd's F(4x4,3x3) or F(4x4,5x5) with transformed tensors in memory: kernels transform weights and input, a
  /// product for each point multiplies them, and a kernel transforms the result.
  ///
  /// Tiles of 4 x 4 outputs become (4 + window - 1)^2 values. A side that is no multiple of 4 is filled up, which is
  /// what small images pay for the savings.
  private func separateWinograd(_ shape: ConvolutionShape, window: Double, _ search: Search) -> ProductTime {
    let points = (4 + window - 1) * (4 + window - 1)
    let tiles = shape.batch * shape.outputTiles(side: 4)
    let product = MatrixShape(batch: points, m: tiles, n: shape.outputChannels, k: shape.inputChannels)
    // Winograd's algorithms run in single precision, whatever the format of the tensors.
    let element = 4.0
    let transformed = element * points * tiles * (shape.inputChannels + shape.outputChannels)
    guard transformed <= shape.workspace else { return .impossible }
    let plain =
      element * shape.batch
      * (shape.inputChannels * shape.inputPositions + shape.outputChannels * shape.outputPositions)
    let weights = element * (points + window * window) * shape.inputChannels * shape.outputChannels
    var time = vectorPowered(search(tiled(rate: vectorRate, .vectorUnits), product), product.flops)
    time.memory = transformed / bandwidth
    time.exposedMemory = (plain + transformed + weights) / bandwidth
    return time
  }
}
