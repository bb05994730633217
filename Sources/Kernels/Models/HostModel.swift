import Profiles

/// Kernels on the host itself: the processor's roofline with what its libraries reach of it.
///
/// One thread runs at the boost clock and draws what one core can; all threads run at the sustained clock and share the
/// memory.
public struct HostModel: KernelTimeModel {
  /// The processor.
  package let host: HostProfile

  /// A model of a processor.
  public init(host: HostProfile) {
    self.host = host
  }

  /// FLOP/s of the threads in use, in single precision; narrower formats are widened first.
  package var peak: Double {
    let threads = min(host.threads, host.cores)
    let clock = threads <= 1 ? host.boostClockGHz : host.clockGHz
    return threads * clock * 1e9 * host.vector.flopsPerCycle
  }

  /// Bytes per second that the threads in use can draw from memory.
  package var bandwidth: Double {
    min(min(host.threads, host.cores) * host.memory.singleCoreBandwidthGBPerS, host.memory.bandwidthGBPerS) * 1e9
  }

  /// Bytes per second that the threads in use can draw from the last-level cache.
  package var cacheBandwidth: Double {
    guard let cache = host.efficiency.cache else { return bandwidth * host.efficiency.memory }
    return min(host.threads, host.cores) * host.memory.singleCoreBandwidthGBPerS * 1e9 * cache
  }

  /// The time of a kernel on the host's own cores.
  ///
  /// Libraries pack the operands of a product before they multiply them, so that its traffic is not hidden.
  public func time(of kernel: Kernel) -> KernelTime {
    let compute = kernel.flops / (peak * fraction(of: kernel.work))
    let memory = traffic(kernel)
    let faults = pageFaults(kernel)
    return kernel.work.isProduct
      ? KernelTime(compute: compute, memory: 0, exposedMemory: memory, fixed: faults)
      : KernelTime(compute: compute, memory: memory, fixed: faults)
  }

  private func fraction(of work: Kernel.Work) -> Double {
    if work.isProduct { return host.efficiency.matrix }
    if case .convolution(let shape) = work { return convolutionFraction(shape) }
    return (work == .pooling ? host.efficiency.pooling : nil) ?? host.efficiency.elementwise
  }

  /// Seconds of memory traffic: what the last-level cache holds comes from there.
  private func traffic(_ kernel: Kernel) -> Double {
    let fitsCache = kernel.bytes <= host.memory.l3MB * 1e6
    return kernel.bytes / (fitsCache ? cacheBandwidth : bandwidth * host.efficiency.memory)
  }

  /// Seconds of first touches of a result that the allocator maps anew, shared by the threads.
  private func pageFaults(_ kernel: Kernel) -> Double {
    guard let mapped = host.memory.mappedMB, kernel.bytesWritten >= mapped * 1e6 else { return 0 }
    return kernel.bytesWritten / 4096 * host.memory.pageFaultUS * 1e-6 / min(host.threads, host.cores)
  }

  /// The fewer channels a group has, the less of the vector units a convolution fills: 16 channels fill them.
  private func convolutionFraction(_ shape: ConvolutionShape) -> Double {
    guard shape.groups > 1 else { return host.efficiency.convolution }
    let perGroup = min(shape.inputChannels, shape.outputChannels) / shape.groups
    let share = shape.isDepthwise ? 0 : min(1, perGroup / 16)
    return host.efficiency.depthwise + (host.efficiency.convolution - host.efficiency.depthwise) * share
  }
}
