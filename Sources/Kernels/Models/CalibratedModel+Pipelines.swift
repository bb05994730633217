import Profiles

/// What the equations of kernels that load operands ahead take of a device, and which kernels take them.
extension CalibratedModel {
  /// Whether a convolution is computed as a product whose operands are loaded ahead; else other units compute it.
  func isPipelined(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Bool {
    guard let pipeline, pipeline.matrixStepClocks != nil, !shape.isDepthwise, matrixFormat(arithmetic) != nil,
      matrixRate(arithmetic, dimensions: shape.channelsOfGroup, takesPairs: false) != nil
    else { return false }
    return shape.groups <= 1 || (shape.channelsOfGroup.min() ?? 0) >= TileSet.vectorUnits.smallest.columns
  }

  /// Whether every kernel takes the same equation as by another model, with other numbers at most.
  func takesEquations(of other: CalibratedModel) -> Bool {
    func has<Constant>(_ one: Constant?, like other: Constant?) -> Bool { (one == nil) == (other == nil) }
    return efficiency.matrixAlignment == other.efficiency.matrixAlignment && has(pipeline, like: other.pipeline)
      && has(pipeline?.matrixStepClocks, like: other.pipeline?.matrixStepClocks)
      && has(efficiency.passes.fitted, like: other.efficiency.passes.fitted)
      && has(efficiency.attention.fitted, like: other.efficiency.attention.fitted)
      && Precision.allCases.allSatisfy {
        has(accelerator.peakTFLOPS[$0], like: other.accelerator.peakTFLOPS[$0])
      }
  }

  /// Seconds of bringing weights into the format of the arithmetic, on all units.
  func conversions(_ kernel: Kernel) -> Double {
    guard kernel.conversions > 0 else { return 0 }
    return kernel.conversions / (kernel.conversionsPerClock * accelerator.computeUnits * clock)
  }

  /// Arithmetic takes no less than the board's power lets it.
  func powered(_ time: ProductTime, _ flops: Double, _ precision: Precision) -> ProductTime {
    guard let power, let format = carrier(of: precision) else { return time }
    return time.lasting(power.seconds(flops, format))
  }

  /// The same of single precision on the vector units.
  func vectorPowered(_ time: ProductTime, _ flops: Double) -> ProductTime {
    power.map { time.lasting($0.vectorSeconds(flops)) } ?? time
  }

  /// Hertz.
  var clock: Double { accelerator.clockGHz * 1e9 }

  /// How blocks fill the compute units.
  var waves: Waves {
    Waves(computeUnits: accelerator.computeUnits, quantization: efficiency.waveQuantization)
  }

  /// The format in which the matrix units compute another; nil where there are none, or for single precision.
  func matrixFormat(_ precision: Precision) -> Precision? {
    efficiency.matrixAlignment > 0 && precision != .fp32 ? carrier(of: precision) : nil
  }

  /// What the last-level cache keeps of a product's operands and results.
  func traffic(_ pipeline: PipelineEfficiency.Fitted) -> CachedTraffic {
    let size = accelerator.memory.l2MB * 1e6
    return CachedTraffic(
      memory: bandwidth * efficiency.matrixMemory,
      cache: accelerator.computeUnits * clock * pipeline.cacheBytesPerClock, kept: size * pipeline.cacheKept,
      lost: size * pipeline.cacheLost)
  }
}
