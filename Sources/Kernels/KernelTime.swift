/// How long a kernel runs, and what it waits for.
public struct KernelTime: Sendable, Equatable {
  /// Seconds of arithmetic, at the rate that the kernel reaches.
  public var compute: Double
  /// Seconds of memory traffic, at the bandwidth that the kernel reaches.
  public var memory: Double
  /// Seconds that neither explains: starting up and setting up.
  public var fixed: Double

  /// A time from its parts.
  public init(compute: Double, memory: Double, fixed: Double = 0) {
    self.compute = compute
    self.memory = memory
    self.fixed = fixed
  }

  /// Arithmetic and traffic overlap; what is fixed does not.
  public var seconds: Double { max(compute, memory) + fixed }

  /// Whether arithmetic takes at least as long as traffic.
  public var isComputeBound: Bool { compute >= memory }
}

/// Predicts how long kernels run.
///
/// A model is a value that was made for one device; it must return finite times that are not negative, and the same
/// time for the same kernel.
public protocol KernelTimeModel: Sendable {
  /// How long a kernel runs when it has the device to itself.
  func time(of kernel: Kernel) -> KernelTime
}
