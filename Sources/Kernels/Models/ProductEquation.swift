import Profiles

/// How long products in a format take on matrix units whose kernels load operands ahead: the equation, and all the numbers
/// that it depends on.
struct ProductEquation: Sendable, Equatable {
  /// What a kernel moves beside its arithmetic, seconds.
  struct Movement: Sendable, Equatable {
    /// Meanwhile.
    let hidden: Double
    /// Before it.
    let exposed: Double
  }

  /// The format in which the units compute.
  let format: Precision
  /// What the last-level cache keeps of operands and results.
  let traffic: CachedTraffic
  /// Seconds of a product beside arithmetic and traffic.
  let fixed: Double
  /// The exponent by which arithmetic and traffic overlap.
  let overlap: Double
  /// What the board's power allows.
  let power: BoardPower?
  private let waves: Waves
  /// Hertz.
  private let clock: Double
  /// FLOP/s of a unit.
  private let unitRate: Double
  /// FLOP/s of the device where operands keep up.
  private let peak: Double
  /// Elements that the units align to.
  private let alignment: Double
  /// The rate of products whose operands align to nothing, relative.
  private let unaligned: Double
  /// The rate of those whose operands align to pairs; nil where that costs nothing.
  private let pairs: Double?
  /// Bytes of operands that a unit gets in a second.
  private let operandRate: Double?
  /// Seconds of the shortest iteration of a tile, for each term.
  private let step: Double
  /// Seconds that a sum in parts takes beside its traffic.
  private let split: Double
  /// Seconds of finding a scale and converting by it.
  private let quantization: Double
  /// Bytes that this moves for each element.
  private let quantizedBytes: Double

  /// The equation of a device for operands in a format; nil where its architecture has no constants for it, or single
  /// precision is computed.
  init?(_ model: CalibratedModel, _ arithmetic: Precision) {
    guard let pipeline = model.pipeline, let stepClocks = pipeline.matrixStepClocks,
      let format = model.rates.matrixFormat(arithmetic)
    else { return nil }
    self.format = format
    traffic = model.traffic(pipeline)
    fixed = pipeline.matrixFixed
    overlap = pipeline.overlap
    power = model.power
    waves = model.waves
    clock = model.rates.clock
    unitRate = model.rates.matrixRate(format) / model.accelerator.computeUnits
    peak = model.rates.peak(format)
    alignment = model.efficiency.matrixAlignment
    unaligned = model.efficiency.matrixUnaligned
    pairs = model.efficiency.pipeline.matrixPairs
    operandRate = model.efficiency.pipeline.operandBytesPerClock.map { $0 * model.rates.clock }
    // An iteration goes over 128 bytes of each sum's operands.
    step = stepClocks / (128 / format.bytesPerElement) / model.rates.clock
    split = pipeline.split ?? 0
    quantization = (model.efficiency.pipeline.quantizationUS ?? 0) * 1e-6
    quantizedBytes = model.efficiency.pipeline.quantizedBytes ?? 0
  }

  /// The time of a product.
  func time(of shape: MatrixShape, _ kernel: Kernel) -> KernelTime {
    let product =
      kernel.groups.isOwn ? grouped(shape, kernel.groups) : units(alignment(of: shape)).time(of: shape)
    return time(product, of: shape, kernel, movement(of: kernel))
  }

  /// What the arithmetic of several groups' products takes in an engine's own kernel.
  func grouped(_ shape: MatrixShape, _ groups: GroupedProductTiles) -> ProductTime {
    ProductTime(arithmetic: shape.flops * groups.filled(shape.m) / shape.m / (peak * groups.peakFraction))
  }

  /// The time of a product of whose arithmetic and movement it is known what they take by themselves.
  func time(
    _ product: ProductTime, of shape: MatrixShape, _ kernel: Kernel, _ movement: Movement
  ) -> KernelTime {
    let time = powered(product, shape.flops)
    return KernelTime(
      compute: max(time.arithmetic, conversions(kernel)), memory: movement.hidden, exposedMemory: movement.exposed,
      setup: time.setup, fixed: fixed + (kernel.quantized > 0 ? quantization : 0),
      overlap: kernel.groups.isOwn ? kernel.groups.overlap : overlap)
  }

  /// What a product moves.
  func movement(of kernel: Kernel) -> Movement {
    Movement(
      hidden: traffic.seconds(kernel.weightBytes, reuse: kernel.weightReuseBytes)
        + traffic.seconds(max(0, kernel.bytes - kernel.weightBytes)),
      exposed: kernel.quantized > 0
        ? traffic.seconds(quantizedBytes * kernel.quantized, reuse: 2 * kernel.quantized) : 0)
  }

  /// Whether two equations move operands alike.
  func movesLike(_ other: ProductEquation) -> Bool {
    traffic == other.traffic && quantizedBytes == other.quantizedBytes
  }

  /// Arithmetic takes no less than the board's power lets it.
  func powered(_ time: ProductTime, _ flops: Double) -> ProductTime {
    power.map { time.lasting($0.seconds(flops, format)) } ?? time
  }

  /// What the rows of a product's operands align to.
  enum Alignment: Sendable {
    /// 16 bytes.
    case whole
    /// Pairs of elements.
    case pairs
    /// Nothing.
    case nothing
  }

  /// What the rows of a product's operands align to.
  func alignment(of shape: MatrixShape) -> Alignment {
    func align(to elements: Double) -> Bool {
      shape.n.isMultiple(of: elements) && shape.k.isMultiple(of: elements)
    }
    guard align(to: 2) else { return .nothing }
    return align(to: alignment) ? .whole : .pairs
  }

  /// What finds the tile of a product.
  ///
  /// Units that take bulk copies fall back on kernels of an older kind for what does not align, whose steps last longer as
  /// well.
  func units(_ alignment: Alignment) -> PipelinedProduct {
    let share =
      switch alignment {
      case .whole: 1.0
      case .pairs: pairs ?? 1
      case .nothing: unaligned
      }
    return PipelinedProduct(
      rate: unitRate * share, operandRate: operandRate, elementBytes: format.bytesPerElement, waves: waves,
      step: step / (pairs == nil ? 1 : share), split: split, cache: traffic.cache)
  }

  /// Seconds of bringing weights into the format of the arithmetic, on all units.
  private func conversions(_ kernel: Kernel) -> Double {
    guard kernel.conversions > 0 else { return 0 }
    return kernel.conversions / (kernel.conversionsPerClock * waves.computeUnits * clock)
  }
}

extension Double {
  /// Whether a whole number of others make it.
  fileprivate func isMultiple(of other: Double) -> Bool {
    // By whole numbers where both are, which no size of a tensor is beyond: a remainder of floating point takes long.
    guard let whole = Int64(exactly: self), let divisor = Int64(exactly: other), divisor > 0 else {
      return truncatingRemainder(dividingBy: other) == 0
    }
    return whole % divisor == 0
  }
}
