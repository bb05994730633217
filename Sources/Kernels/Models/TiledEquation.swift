import Profiles

/// How long kernels take whose tiles have a set-up each, and those of which nothing is known but their bytes and their FLOPs:
/// the equations, and all the numbers that they depend on.
///
/// They are for architectures of which it is not known how their products load operands ahead, and for single precision.
struct TiledEquation: Sendable, Equatable {
  /// Finds what the best tile of a product takes by some units.
  typealias Search = (TiledProduct, MatrixShape) -> ProductTime

  /// What the units reach in each format.
  let rates: FormatRates
  /// What the board's power allows.
  let power: BoardPower?
  /// Bytes per second of a streaming kernel.
  let bandwidth: Double
  /// Bandwidth of matrix products relative to streaming kernels.
  let matrixMemory: Double
  /// The same of reductions.
  let reduction: Double
  /// The sustained fraction of the vector peak.
  let vector: Double
  /// Half-precision products computed in single, relative.
  let vectorHalf: Double
  /// Convolutions relative to products of their shape.
  let convolutionRate: Double
  /// The fraction of the vector peak in Winograd's algorithm.
  let winograd: Double
  /// The same in depthwise convolutions.
  let depthwise: Double
  /// The slow-down of small tiles.
  let operandCost: Double
  /// Seconds of filling and draining a tile.
  let tileSetup: Double
  /// The share of an unfilled wave that is lost.
  let waveQuantization: Double
  /// Seconds of a kernel that does nothing.
  let fixed: Double

  /// The equations of a device.
  init(_ model: CalibratedModel) {
    let efficiency = model.efficiency
    rates = model.rates
    power = model.power
    bandwidth = model.bandwidth
    matrixMemory = efficiency.matrixMemory
    reduction = efficiency.reduction
    vector = efficiency.vector
    vectorHalf = efficiency.vectorHalf
    convolutionRate = efficiency.convolution
    winograd = efficiency.winograd
    depthwise = efficiency.depthwise
    operandCost = efficiency.operandCost
    tileSetup = efficiency.tileSetupUS * 1e-6
    waveQuantization = efficiency.waveQuantization
    fixed = efficiency.kernelFixedUS * 1e-6
  }

  /// The time of a kernel.
  ///
  /// - Parameters:
  ///   - kernel: The kernel.
  ///   - search: Finds its tile.
  /// - Returns: What it takes.
  func time(of kernel: Kernel, _ search: Search = { $0.time(of: $1) }) -> KernelTime {
    let reached = bandwidth * (kernel.kernelClass == .reduction ? reduction : 1)
    let memory = (kernel.bytes - kernel.unreadBytes) / reached
    switch kernel.work {
    case .convolutionHelper:
      return KernelTime(compute: 0, memory: 0, fixed: fixed)
    case .stream, .pooling:
      return KernelTime(compute: kernel.flops / rates.vectorPeak, memory: memory, fixed: fixed)
    case .weightedSum:
      // Nothing is set up: the kernel reads the weights as it would copy them, and converts them meanwhile.
      return KernelTime(
        compute: max(kernel.flops / rates.vectorPeak, rates.conversions(kernel)), memory: memory / matrixMemory,
        fixed: fixed)
    case .matrix(let shape):
      var time = product(shape, kernel.arithmetic, search)
      time.arithmetic = max(time.arithmetic, rates.conversions(kernel))
      return time.kernel(memory: memory / matrixMemory, fixed: fixed)
    case .attention(let shape):
      var both = shape.asMatrix
      both.k *= 2
      // Tokens beyond the last are masked: their number need not be a multiple of anything.
      let step = max(1, rates.alignment)
      both.n = (both.n / step).rounded(.up) * step
      return product(both, kernel.arithmetic, search).kernel(memory: memory, fixed: fixed)
    case .collective:
      return KernelTime(compute: 0, memory: 0)
    case .convolution(let shape):
      return convolution(shape, kernel.arithmetic, search).kernel(memory: memory, fixed: fixed)
    }
  }

  /// Arithmetic takes no less than the board's power lets it.
  func powered(_ time: ProductTime, _ flops: Double, _ precision: Precision) -> ProductTime {
    guard let power, let format = rates.carrier(of: precision) else { return time }
    return time.lasting(power.seconds(flops, format))
  }

  /// The same of single precision on the vector units.
  func vectorPowered(_ time: ProductTime, _ flops: Double) -> ProductTime {
    power.map { time.lasting($0.vectorSeconds(flops)) } ?? time
  }
}
