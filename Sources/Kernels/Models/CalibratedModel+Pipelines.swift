import Profiles

/// Products and attention on architectures whose kernels load operands ahead.
extension CalibratedModel {
  /// The time of a product on the matrix units; nil where the architecture has no constants for it, or single precision is
  /// computed.
  func pipelined(_ shape: MatrixShape, _ kernel: Kernel) -> KernelTime? {
    guard let pipeline, pipeline.matrixStepClocks != nil, let format = matrixFormat(kernel.arithmetic) else {
      return nil
    }
    let isOwn = kernel.groups.isOwn
    let time = powered(
      isOwn ? grouped(shape, kernel.groups, format) : product(format, pipeline, of: shape).time(of: shape), shape.flops,
      format)
    let traffic = traffic(pipeline)
    // To find a scale and to convert by it.
    let quantization = kernel.quantized > 0 ? efficiency.pipeline.quantizationUS ?? 0 : 0
    return KernelTime(
      compute: max(time.arithmetic, conversions(kernel)),
      memory: traffic.seconds(kernel.weightBytes, reuse: kernel.weightReuseBytes)
        + traffic.seconds(max(0, kernel.bytes - kernel.weightBytes)),
      exposedMemory: traffic.seconds(
        (efficiency.pipeline.quantizedBytes ?? 0) * kernel.quantized, reuse: 2 * kernel.quantized), setup: time.setup,
      fixed: pipeline.matrixFixed + quantization * 1e-6, overlap: isOwn ? kernel.groups.overlap : pipeline.overlap)
  }

  /// What the arithmetic of several groups' products takes in an engine's own kernel.
  private func grouped(
    _ shape: MatrixShape, _ groups: GroupedProductTiles, _ format: Precision
  ) -> ProductTime {
    let peak = (accelerator.peakTFLOPS[format] ?? 0) * 1e12 * sustainedClock
    return ProductTime(arithmetic: shape.flops * groups.filled(shape.m) / shape.m / (peak * groups.peakFraction))
  }

  /// The time of a convolution on the matrix units, as the product of its windows and its weights; nil where the
  /// architecture has no constants for it, or other units compute it.
  func pipelined(_ shape: ConvolutionShape, _ kernel: Kernel) -> KernelTime? {
    guard let pipeline, pipeline.matrixStepClocks != nil, !shape.isDepthwise,
      let format = matrixFormat(kernel.arithmetic),
      matrixRate(kernel.arithmetic, dimensions: shape.channelsOfGroup, takesPairs: false) != nil
    else { return nil }
    if shape.groups > 1, (shape.channelsOfGroup.min() ?? 0) < TileSet.vectorUnits.smallest.columns { return nil }
    var units = product(format, pipeline, of: shape.asMatrix)
    // Implicit products iterate over 64 bytes of each sum's operands (`implicit_gemm...tilesize128x128x32` in 16 bits, x64 in
    // 8), which lasts as long as an iteration of twice as many in plain ones.
    units.step *= 2
    units.splitsSums = TileSet.convolution.splitsSums
    if shape.groups == 1 { units.rate *= efficiency.convolution }
    let time = powered(units.time(of: shape.asMatrix), shape.flops, format)
    let traffic = traffic(pipeline)
    return KernelTime(
      compute: time.arithmetic,
      memory: traffic.seconds(kernel.weightBytes, reuse: kernel.weightReuseBytes)
        + traffic.seconds(max(0, kernel.bytes - kernel.unreadBytes - kernel.weightBytes)),
      setup: time.setup, fixed: pipeline.matrixFixed, overlap: pipeline.overlap)
  }

  /// The time of fused attention; nil where the architecture has no constants for it, or single precision is computed.
  func flashAttention(_ shape: AttentionShape, _ kernel: Kernel) -> KernelTime? {
    guard let pipeline, let constants = efficiency.attention.fitted, let format = matrixFormat(kernel.arithmetic) else {
      return nil
    }
    let attention = FlashAttention(
      generation: constants.generation,
      rate: rate(format, perClock: efficiency.attention.flopsPerClock ?? .infinity) / accelerator.computeUnits,
      exponentials: constants.exponentialsPerClock * clock, waves: waves, block: constants.block,
      combining: constants.combining)
    let (product, parts) = attention.time(of: shape)
    let time = powered(product, shape.flops, format)
    let traffic = traffic(pipeline)
    let operands = traffic.seconds(kernel.bytes)
    let cached = 4 * kernel.arithmetic.bytesPerElement * shape.batch * shape.keyHeads * shape.queries * shape.width
    let isHidden = attention.hidesTraffic(shape)
    if shape.queries == 1, !shape.isSplit {
      // As many units work as there are heads, and each has its own share of the way to the cache.
      let units = min(accelerator.computeUnits, shape.batch * shape.heads)
      let alone = kernel.bytes / (units * clock * pipeline.cacheBytesPerClock)
      return KernelTime(compute: 0, memory: max(operands, alone), fixed: constants.fixed)
    }
    return KernelTime(
      compute: time.arithmetic, memory: isHidden ? operands : 0,
      exposedMemory: (isHidden ? 0 : operands) + (shape.writesCache ? traffic.seconds(cached) : 0), setup: time.setup,
      fixed: constants.fixed + attention.furtherKernels(shape, parts: parts) * pipeline.matrixFixed,
      overlap: pipeline.overlap)
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
  private var clock: Double { accelerator.clockGHz * 1e9 }

  private var waves: Waves {
    Waves(computeUnits: accelerator.computeUnits, quantization: efficiency.waveQuantization)
  }

  /// The format in which the matrix units compute another; nil where there are none, or for single precision.
  private func matrixFormat(_ precision: Precision) -> Precision? {
    efficiency.matrixAlignment > 0 && precision != .fp32 ? carrier(of: precision) : nil
  }

  /// What products of a shape reach of the rate, by what their rows align to: 16 bytes, pairs of elements, or nothing.
  ///
  /// Units that take bulk copies fall back on kernels of an older kind, whose steps last longer as well.
  private func alignment(of shape: MatrixShape) -> Double {
    func align(to elements: Double) -> Bool {
      [shape.n, shape.k].allSatisfy { $0.truncatingRemainder(dividingBy: elements) == 0 }
    }
    guard align(to: 2) else { return efficiency.matrixUnaligned }
    return align(to: efficiency.matrixAlignment) ? 1 : efficiency.pipeline.matrixPairs ?? 1
  }

  private func traffic(_ pipeline: PipelineEfficiency.Fitted) -> CachedTraffic {
    let size = accelerator.memory.l2MB * 1e6
    return CachedTraffic(
      memory: bandwidth * efficiency.matrixMemory,
      cache: accelerator.computeUnits * clock * pipeline.cacheBytesPerClock, kept: size * pipeline.cacheKept,
      lost: size * pipeline.cacheLost)
  }

  private func product(
    _ format: Precision, _ pipeline: PipelineEfficiency.Fitted, of shape: MatrixShape
  ) -> PipelinedProduct {
    let share = alignment(of: shape)
    let unit = rate(format, perClock: efficiency.matrixFLOPsPerClock) / accelerator.computeUnits
    // An iteration goes over 128 bytes of each sum's operands.
    let terms = 128 / format.bytesPerElement
    return PipelinedProduct(
      rate: unit * share,
      operandRate: efficiency.pipeline.operandBytesPerClock.map { $0 * clock }, elementBytes: format.bytesPerElement,
      waves: waves,
      step: (pipeline.matrixStepClocks ?? 0) / terms / clock / (efficiency.pipeline.matrixPairs == nil ? 1 : share),
      split: pipeline.split ?? 0,
      cache: traffic(pipeline).cache)
  }
}
