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
  /// The share of the data sheet's peaks that the power lets arithmetic sustain.
  let sustainedClock: Double
  /// The constants of kernels that load operands ahead, where the architecture has them.
  let pipeline: PipelineEfficiency.Fitted?
  /// What the power allows, where it is known.
  let power: BoardPower?

  /// A model of a device.
  public init(accelerator: AcceleratorProfile) {
    self.accelerator = accelerator
    efficiency = accelerator.efficiency
    sustainedClock = accelerator.sustainedShare
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

  /// FLOP/s of single precision on the vector units: the data sheet's peak, at the clock that is sustained.
  var vectorPeak: Double { (accelerator.peakTFLOPS[.fp32] ?? 0) * 1e12 * sustainedClock }

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

  /// The time of a kernel on architectures of which it is not known how their kernels go about it, or of a sort of work of
  /// which it is known of none: products in tiles with set-ups, passes as long as their bytes.
  func timeInTiles(of kernel: Kernel) -> KernelTime {
    let fixed = efficiency.kernelFixedUS * 1e-6
    let reached = bandwidth * (kernel.kernelClass == .reduction ? efficiency.reduction : 1)
    let memory = (kernel.bytes - kernel.unreadBytes) / reached
    switch kernel.work {
    case .convolutionHelper:
      return KernelTime(compute: 0, memory: 0, fixed: fixed)
    case .stream, .pooling:
      return KernelTime(compute: kernel.flops / vectorPeak, memory: memory, fixed: fixed)
    case .weightedSum:
      // Nothing is set up: the kernel reads the weights as it would copy them, and converts them meanwhile.
      return KernelTime(
        compute: max(kernel.flops / vectorPeak, conversions(kernel)), memory: memory / efficiency.matrixMemory,
        fixed: fixed)
    case .matrix(let shape):
      var time = product(shape, kernel.arithmetic)
      time.arithmetic = max(time.arithmetic, conversions(kernel))
      return time.kernel(memory: memory / efficiency.matrixMemory, fixed: fixed)
    case .attention(let shape):
      var both = shape.asMatrix
      both.k *= 2
      // Tokens beyond the last are masked: their number need not be a multiple of anything.
      let step = max(1, efficiency.matrixAlignment)
      both.n = (both.n / step).rounded(.up) * step
      return product(both, kernel.arithmetic).kernel(memory: memory, fixed: fixed)
    case .collective:
      return KernelTime(compute: 0, memory: 0)
    case .convolution(let shape):
      return convolution(shape, kernel.arithmetic).kernel(memory: memory, fixed: fixed)
    }
  }
}
