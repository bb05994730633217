import Profiles

/// How long fused attention in a format takes: the equation, and all the numbers that it depends on.
struct AttentionEquation: Sendable, Equatable {
  private let constants: AttentionEfficiency.Fitted
  private let format: Precision
  /// FLOP/s of a unit in the two products.
  private let unitRate: Double
  private let waves: Waves
  /// Hertz.
  private let clock: Double
  private let traffic: CachedTraffic
  private let power: BoardPower?
  /// Seconds of a further kernel.
  private let furtherKernel: Double
  /// Bytes that a unit exchanges with the last-level cache in a clock.
  private let cacheBytesPerClock: Double
  /// The exponent by which arithmetic and traffic overlap.
  private let overlap: Double

  /// The equation of a device for operands in a format; nil where its architecture has no constants for it, or single
  /// precision is computed.
  init?(_ model: CalibratedModel, _ arithmetic: Precision) {
    guard let pipeline = model.pipeline, let constants = model.efficiency.attention.fitted,
      let format = model.rates.matrixFormat(arithmetic)
    else { return nil }
    self.constants = constants
    self.format = format
    unitRate =
      model.rates.rate(format, perClock: model.efficiency.attention.flopsPerClock ?? .infinity)
      / model.accelerator.computeUnits
    waves = model.waves
    clock = model.rates.clock
    traffic = model.traffic(pipeline)
    power = model.power
    furtherKernel = pipeline.matrixFixed
    cacheBytesPerClock = pipeline.cacheBytesPerClock
    overlap = pipeline.overlap
  }

  /// The time of fused attention.
  func time(of shape: AttentionShape, _ kernel: Kernel) -> KernelTime {
    let operands = traffic.seconds(kernel.bytes)
    if shape.queries == 1, !shape.isSplit {
      // As many units work as there are heads, and each has its own share of the way to the cache.
      let units = min(waves.computeUnits, shape.batch * shape.heads)
      let alone = kernel.bytes / (units * clock * cacheBytesPerClock)
      return KernelTime(compute: 0, memory: max(operands, alone), fixed: constants.fixed)
    }
    let attention = FlashAttention(
      generation: constants.generation, rate: unitRate, exponentials: constants.exponentialsPerClock * clock,
      waves: waves, block: constants.block, combining: constants.combining)
    let (product, parts) = attention.time(of: shape)
    let time = power.map { product.lasting($0.seconds(shape.flops, format)) } ?? product
    let cached = 4 * kernel.arithmetic.bytesPerElement * shape.batch * shape.keyHeads * shape.queries * shape.width
    let isHidden = attention.hidesTraffic(shape)
    return KernelTime(
      compute: time.arithmetic, memory: isHidden ? operands : 0,
      exposedMemory: (isHidden ? 0 : operands) + (shape.writesCache ? traffic.seconds(cached) : 0), setup: time.setup,
      fixed: constants.fixed + attention.furtherKernels(shape, parts: parts) * furtherKernel, overlap: overlap)
  }
}
