import Profiles

/// Kernels on the host itself: the processor's roofline with what its libraries reach of it.
///
/// One thread runs at the boost clock and draws what one core can; all threads run at the sustained clock and share the
/// memory.
public struct HostModel: KernelTimeModel {
  /// The processor.
  public let host: HostProfile

  /// A model of a processor.
  public init(host: HostProfile) {
    self.host = host
  }

  /// FLOP/s of the threads in use, in single precision; narrower formats are widened first.
  public var peak: Double {
    let threads = min(host.threads, host.cores)
    let clock = threads <= 1 ? host.boostClockGHz : host.clockGHz
    return threads * clock * 1e9 * host.vector.flopsPerCycle
  }

  /// Bytes per second that the threads in use can draw from memory.
  public var bandwidth: Double {
    min(host.threads * host.memory.singleCoreBandwidthGBPerS, host.memory.bandwidthGBPerS) * 1e9
  }

  /// The time of a kernel on the host's own cores.
  public func time(of kernel: Kernel) -> KernelTime {
    let efficiency = host.efficiency
    let fraction: Double
    switch kernel.work {
    case .matrix, .attention: fraction = efficiency.matrix
    case .convolution(let shape): fraction = convolutionFraction(shape)
    case .stream, .convolutionHelper: fraction = efficiency.elementwise
    }
    return KernelTime(
      compute: kernel.flops / (peak * fraction), memory: kernel.bytes / (bandwidth * efficiency.memory))
  }

  /// The fewer channels a group has, the less of the vector units a convolution fills: 16 channels fill them.
  private func convolutionFraction(_ shape: ConvolutionShape) -> Double {
    guard shape.groups > 1 else { return host.efficiency.convolution }
    let perGroup = min(shape.inputChannels, shape.outputChannels) / shape.groups
    let share = shape.isDepthwise ? 0 : min(1, perGroup / 16)
    return host.efficiency.depthwise + (host.efficiency.convolution - host.efficiency.depthwise) * share
  }
}
