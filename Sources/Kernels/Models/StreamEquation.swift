import Profiles

/// How long passes over memory take where nothing is known of them but their bytes: the equation, and all the numbers that it
/// depends on.
struct StreamEquation: Sendable, Equatable {
  private let vectorPeak: Double
  /// Bytes per second of reductions, and of other passes.
  private let reduction: Double
  private let bandwidth: Double
  /// Seconds of a kernel that does nothing.
  private let fixed: Double

  /// The equation of a device.
  init(_ model: CalibratedModel) {
    vectorPeak = model.rates.vectorPeak
    reduction = model.bandwidth * model.efficiency.reduction
    bandwidth = model.bandwidth
    fixed = model.efficiency.kernelFixedUS * 1e-6
  }

  /// The time of a pass.
  func time(of kernel: Kernel) -> KernelTime {
    let reached = kernel.kernelClass == .reduction ? reduction : bandwidth
    return KernelTime(
      compute: kernel.flops / vectorPeak, memory: (kernel.bytes - kernel.unreadBytes) / reached, fixed: fixed)
  }
}
