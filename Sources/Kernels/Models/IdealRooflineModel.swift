import Profiles
import Roofline

/// The roofline of the data sheet and nothing else: a lower bound on every kernel, for teaching, tests and bounds.
///
/// Williams, Waterman, Patterson, "Roofline: An Insightful Visual Performance Model for Multicore Architectures",
/// Communications of the ACM 52(4), 2009.
public struct IdealRooflineModel: KernelTimeModel {
  /// The device.
  public let accelerator: AcceleratorProfile

  /// The ideal of a device.
  public init(accelerator: AcceleratorProfile) {
    self.accelerator = accelerator
  }

  /// The peak at which a format is computed, FLOP/s: that of the fastest format that can carry it.
  public func peak(_ precision: Precision) -> Double { accelerator.peak(precision).value }

  /// The roofline of a format.
  public func roofline(_ precision: Precision) -> Roofline {
    Roofline(
      peak: FLOPsPerSecond(peak(precision)),
      bandwidth: accelerator.memoryBandwidth)
  }

  /// The time of a kernel at the data-sheet peaks, without any fixed cost.
  public func time(of kernel: Kernel) -> KernelTime {
    let roofline = roofline(kernel.arithmetic)
    return KernelTime(
      compute: (FLOPs(kernel.flops) / roofline.peak).value, memory: (Bytes(kernel.bytes) / roofline.bandwidth).value)
  }
}
