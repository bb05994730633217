import Profiles

/// Kernel times from the way kernels run: tiles, waves, fixed costs, and what each family of devices reaches of its
/// peaks.
///
/// The equations are described, with what each of them is worth, in `docs/model.md`; every constant is a field of
/// `efficiency` in the accelerator's profile or its architecture family's.
public struct CalibratedModel: KernelTimeModel {
  /// The device.
  public let accelerator: AcceleratorProfile
  let efficiency: DeviceEfficiency
  /// What its units reach in each format.
  let rates: FormatRates
  /// The constants of kernels that load operands ahead, where the architecture has them.
  let pipeline: PipelineEfficiency.Fitted?
  /// What the power allows, where it is known.
  let power: BoardPower?

  /// A model of a device.
  public init(accelerator: AcceleratorProfile) {
    self.accelerator = accelerator
    efficiency = accelerator.efficiency
    rates = FormatRates(accelerator)
    pipeline = efficiency.pipeline.fitted
    power = BoardPower(accelerator)
  }

  /// Bytes per second of a streaming kernel: what the memory gives, or what the compute units can ask for.
  ///
  /// A unit has so many loads under way at a time, and each takes as long as the memory's latency (Little's law). A part
  /// with few units for its memory, as the H20 is, does not use all of it.
  var bandwidth: Double {
    let memory = accelerator.memory.bandwidthGBPerS * 1e9 * efficiency.memory
    guard let load = efficiency.pipeline.loadBytesPerClock else { return memory }
    return min(memory, load * accelerator.computeUnits * accelerator.clockGHz * 1e9)
  }

  /// The time of a kernel by the equations for its kind of work.
  public func time(of kernel: Kernel) -> KernelTime {
    var equations = DeviceEquations(self)
    return equations.time(of: kernel)
  }

  /// The time of each kernel; an equation is made once for all that take it.
  public func times(of kernels: [Kernel]) -> [KernelTime] {
    var equations = DeviceEquations(self)
    return kernels.map { equations.time(of: $0) }
  }

  /// Whether a convolution is computed as a product whose operands are loaded ahead; else other units compute it.
  func isPipelined(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Bool {
    guard let pipeline, pipeline.matrixStepClocks != nil, !shape.isDepthwise,
      rates.matrixRate(arithmetic, dimensions: shape.channelsOfGroup, takesPairs: false) != nil
    else { return false }
    return shape.groups <= 1 || (shape.channelsOfGroup.min() ?? 0) >= TileSet.vectorUnits.smallest.columns
  }

  /// Whether every kernel takes the same equation as by another model, with other numbers at most.
  func takesEquations(of other: CalibratedModel) -> Bool {
    func has<Constant>(_ one: Constant?, like other: Constant?) -> Bool { (one == nil) == (other == nil) }
    return rates.haveFormats(of: other.rates) && has(pipeline, like: other.pipeline)
      && has(pipeline?.matrixStepClocks, like: other.pipeline?.matrixStepClocks)
      && has(efficiency.passes.fitted, like: other.efficiency.passes.fitted)
      && has(efficiency.attention.fitted, like: other.efficiency.attention.fitted)
  }

  /// How blocks fill the compute units.
  var waves: Waves {
    Waves(computeUnits: accelerator.computeUnits, quantization: efficiency.waveQuantization)
  }

  /// What the last-level cache keeps of a product's operands and results.
  func traffic(_ pipeline: PipelineEfficiency.Fitted) -> CachedTraffic {
    let size = accelerator.memory.l2MB * 1e6
    return CachedTraffic(
      memory: bandwidth * efficiency.matrixMemory,
      cache: accelerator.computeUnits * rates.clock * pipeline.cacheBytesPerClock, kept: size * pipeline.cacheKept,
      lost: size * pipeline.cacheLost)
  }
}
