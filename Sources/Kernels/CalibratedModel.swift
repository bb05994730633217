import Profiles

/// Kernel times from the way kernels run: tiles, waves, fixed costs, and what each family of devices reaches of its
/// peaks.
///
/// The equations are described, with what each of them is worth, in `docs/model.md`; every constant is a field of
/// `efficiency` in the accelerator's profile or its architecture family's.
public struct CalibratedModel: KernelTimeModel {
  /// The device.
  public let accelerator: AcceleratorProfile
  private let efficiency: DeviceEfficiency

  /// A model of a device.
  public init(accelerator: AcceleratorProfile) {
    self.accelerator = accelerator
    efficiency = accelerator.efficiency
  }

  /// Bytes per second of a streaming kernel.
  var bandwidth: Double { accelerator.memory.bandwidthGBPerS * 1e9 * efficiency.memory }

  /// FLOP/s of single precision on the vector units, at the data sheet's peak.
  var vectorPeak: Double { (accelerator.peakTFLOPS[.fp32] ?? 0) * 1e12 }

  private var kernelFixed: Double { efficiency.kernelFixedUS * 1e-6 }

  /// The time of a kernel by the equations for its kind of work.
  public func time(of kernel: Kernel) -> KernelTime {
    let memory = kernel.bytes / (bandwidth * (kernel.kernelClass == .reduction ? efficiency.reduction : 1))
    switch kernel.work {
    case .convolutionHelper:
      return KernelTime(compute: 0, memory: 0, fixed: efficiency.convolutionFixedUS * 1e-6)
    case .halfBatchNorm:
      return KernelTime(
        compute: kernel.flops / vectorPeak, memory: memory / efficiency.halfBatchNorm, fixed: kernelFixed)
    case .stream:
      return KernelTime(compute: kernel.flops / vectorPeak, memory: memory, fixed: kernelFixed)
    case .matrix(let shape):
      return KernelTime(
        compute: product(shape, kernel.arithmetic), memory: memory / efficiency.matrixMemory, fixed: kernelFixed)
    case .attention(let shape):
      var both = shape
      both.k *= 2
      return KernelTime(compute: product(both, kernel.arithmetic), memory: memory, fixed: kernelFixed)
    case .convolution(let shape):
      return KernelTime(
        compute: convolution(shape, kernel.arithmetic), memory: memory, fixed: kernelFixed)
    }
  }

  /// The units that multiply a format, and their sustained rate.
  ///
  /// Matrix units load operands in groups of `matrix_alignment` elements. Where a dimension is not a multiple of that
  /// but even, libraries load pairs and reach part of the rate (cuBLAS from CUDA 11); odd dimensions, and convolutions
  /// whose channels do not align, go to the vector units.
  private func units(_ precision: Precision, dimensions: [Double], takesPairs: Bool) -> TiledProduct {
    guard efficiency.matrixAlignment > 0, precision != .fp32, let peak = matrixPeak(precision) else {
      return vectorUnits
    }
    func areMultiples(of alignment: Double) -> Bool {
      dimensions.allSatisfy { $0.truncatingRemainder(dividingBy: alignment) == 0 }
    }
    let rate = peak * 1e12 * efficiency.matrix
    if areMultiples(of: efficiency.matrixAlignment) {
      return tiled(rate: rate, tiles: .matrixUnits, efficiency.matrixOperandCost)
    }
    if takesPairs, areMultiples(of: 2) {
      return tiled(rate: rate * efficiency.matrixUnaligned, tiles: .matrixUnits, efficiency.matrixOperandCost)
    }
    return vectorUnits
  }

  /// TFLOP/s of the matrix units in a format, or in the nearest one that can carry it.
  private func matrixPeak(_ precision: Precision) -> Double? {
    precision.widenings.lazy.filter { $0 != .fp32 }.compactMap { accelerator.peakTFLOPS[$0] }.first
  }

  private var vectorUnits: TiledProduct {
    tiled(rate: vectorPeak * efficiency.vector, tiles: .vectorUnits, efficiency.vectorOperandCost)
  }

  private func tiled(rate: Double, tiles: TileSet, _ operandCost: Double) -> TiledProduct {
    TiledProduct(
      rate: rate, computeUnits: accelerator.computeUnits, tiles: tiles, operandCost: operandCost,
      tileSetup: efficiency.tileSetupUS * 1e-6, waveQuantization: efficiency.waveQuantization)
  }

  private func product(_ shape: MatrixShape, _ precision: Precision) -> Double {
    units(precision, dimensions: [shape.n, shape.k], takesPairs: true).time(of: shape)
  }

  private func convolution(_ shape: ConvolutionShape, _ precision: Precision) -> Double {
    if shape.isDepthwise { return shape.flops / (vectorPeak * efficiency.depthwise) }
    if shape.groups > 1 { return grouped(shape, precision) }
    let units = units(precision, dimensions: [shape.inputChannels, shape.outputChannels], takesPairs: false)
    let implicit = units.time(of: shape.asMatrix)
    if units.tiles == .matrixUnits { return implicit / efficiency.convolution }
    return shape.isThreeByThreeUnitStride ? min(implicit, winograd(shape)) : implicit
  }

  /// Grouped convolutions with channels enough for a tile are products, one for each group.
  ///
  /// With fewer they run on the vector units, the closer to a depthwise convolution the fewer channels a group has.
  private func grouped(_ shape: ConvolutionShape, _ precision: Precision) -> Double {
    let perGroup = min(shape.inputChannels, shape.outputChannels) / shape.groups
    let wanted = TileSet.vectorUnits.smallest.columns
    if perGroup >= wanted {
      let dimensions = [shape.inputChannels / shape.groups, shape.outputChannels / shape.groups]
      return units(precision, dimensions: dimensions, takesPairs: false).time(of: shape.asMatrix)
    }
    let reached = efficiency.depthwise + (efficiency.vector - efficiency.depthwise) * perGroup / wanted
    return shape.flops / (vectorPeak * reached)
  }

  /// The better of Winograd's algorithms for 3x3 windows: fused F(2x2,3x3), which saves 2.25 of the multiplications, and
  /// F(4x4,3x3) with transformed tensors in memory, which saves 4.
  ///
  /// Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.
  private func winograd(_ shape: ConvolutionShape) -> Double {
    let fused = shape.flops / 2.25 / (vectorPeak * efficiency.winograd)
    let matrix = shape.asMatrix
    let points = MatrixShape(batch: 36, m: (matrix.m / 16).rounded(.up), n: matrix.n, k: shape.inputChannels)
    let element = 4.0
    let tensors =
      (shape.batch * element)
      * (shape.inputChannels * shape.inputPositions + shape.outputChannels * shape.outputPositions)
    // Each 4x4 tile of a tensor becomes 6x6 values: 36 / 16 = 2.25 times the bytes, written by the transforms and read
    // by the products.
    let transformed = 2.25 * tensors / bandwidth
    guard 2.25 * tensors <= shape.workspace else { return fused }
    let weights = 36 * shape.inputChannels * shape.outputChannels * element / bandwidth
    let separate =
      max(vectorUnits.time(of: points), transformed) + transformed + tensors / bandwidth + weights
    return min(fused, separate)
  }
}
