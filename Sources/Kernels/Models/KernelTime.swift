/// How long a kernel runs, and what it waits for.
public struct KernelTime: Sendable, Equatable {
  /// Seconds of arithmetic, at the rate that the kernel reaches.
  public var compute: Double
  /// Seconds of memory traffic beside the arithmetic, at the bandwidth that the kernel reaches.
  public var memory: Double
  /// Seconds of memory traffic before or after the arithmetic, which overlaps none of it.
  public var exposedMemory: Double
  /// Seconds of setting up, one after the other with the arithmetic: traffic hides them as it hides arithmetic.
  public var setup: Double
  /// Seconds that nothing hides: starting up.
  public var fixed: Double
  /// Seconds of what ranks send to one another.
  package var communication = 0.0
  /// The exponent by which arithmetic, with its set-up, and the traffic beside it overlap: 1 not at all, infinity perfectly.
  public var overlap: Double

  /// A time from its parts, seconds.
  public init(
    compute: Double, memory: Double, exposedMemory: Double = 0, setup: Double = 0, fixed: Double = 0,
    overlap: Double = .infinity
  ) {
    self.compute = compute
    self.memory = memory
    self.exposedMemory = exposedMemory
    self.setup = setup
    self.fixed = fixed
    self.overlap = overlap
  }

  /// All of it: arithmetic with its set-up overlaps the traffic beside it; the rest does not.
  public var seconds: Double { overlapped + exposedMemory + fixed + communication }

  private var overlapped: Double { Overlap(exponent: overlap).seconds(compute + setup, memory) }

  /// A collective's time, seconds.
  package init(communication: Double) {
    self.init(compute: 0, memory: 0)
    self.communication = communication
  }

  /// Whether arithmetic takes at least as long as traffic.
  public var isComputeBound: Bool { compute >= memory + exposedMemory }

  /// Seconds that the kernel waits for arithmetic: none where the traffic beside it takes longer and hides it.
  public var computeShare: Double { shares.compute }

  /// Seconds that it waits for memory.
  public var memoryShare: Double { shares.memory }

  /// All that the kernel waits for, seconds.
  package struct Shares: Sendable, Equatable {
    /// For arithmetic.
    package let compute: Double
    /// For memory.
    package let memory: Double
    /// For neither.
    package let overhead: Double
    /// For other ranks, and what they send.
    package let communication: Double
    /// All of it, as ``KernelTime/seconds``.
    package let seconds: Double
  }

  /// All that the kernel waits for: ``computeShare``, ``memoryShare``, ``overheadShare`` at once.
  package var shares: Shares {
    let overlap = Overlap(exponent: overlap)
    let (busy, both) = (compute + setup, overlapped)
    let seconds = both + exposedMemory + fixed + communication
    guard overlap.exponent < .infinity else {
      let isArithmetic = compute >= memory
      return Shares(
        compute: isArithmetic ? compute : 0, memory: (isArithmetic ? 0 : memory) + exposedMemory,
        overhead: both - max(compute, memory) + fixed, communication: communication, seconds: seconds)
    }
    let ofBusy = overlap.share(of: busy, beside: memory, together: both)
    return Shares(
      compute: compute > 0 ? ofBusy * (compute / busy) : 0,
      memory: overlap.share(of: memory, beside: busy, together: both) + exposedMemory,
      overhead: setup > 0 ? ofBusy * (setup / busy) + fixed : fixed, communication: communication, seconds: seconds)
  }

  /// The same kernel, whose start lies by so many seconds within the end of the one before it.
  package func starting(early seconds: Double) -> KernelTime {
    guard seconds > 0 else { return self }
    var time = self
    time.fixed = max(0, fixed - seconds)
    return time
  }

  /// The same kernel so many times as slow, for every one of its reasons.
  package func scaled(by factor: Double) -> KernelTime {
    var time = KernelTime(
      compute: compute * factor, memory: memory * factor, exposedMemory: exposedMemory * factor, setup: setup * factor,
      fixed: fixed * factor, overlap: overlap)
    time.communication = communication * factor
    return time
  }

  /// The same work inside a kernel that runs already: nothing is set up, and nothing starts.
  package var withoutStart: KernelTime {
    var time = KernelTime(compute: compute, memory: memory, exposedMemory: exposedMemory, overlap: overlap)
    time.communication = communication
    return time
  }

  /// Seconds of kernel overhead: what neither arithmetic nor traffic explains, and no faster chip removes.
  public var overheadShare: Double { shares.overhead }
}

/// Predicts how long kernels run.
///
/// A model is a value that was made for one device; it must return finite times that are not negative, and the same
/// time for the same kernel.
public protocol KernelTimeModel: Sendable {
  /// How long a kernel runs when it has the device to itself.
  func time(of kernel: Kernel) -> KernelTime

  /// The same for many kernels, one time for each in their order: what prices a plan. There is no need to write it.
  func times(of kernels: [Kernel]) -> [KernelTime]

  /// The share of a kernel's time, 0 to 1, that rests on measurements of kernels like it rather than on equations. There is
  /// no need to write it: without, it is none.
  func measuredFraction(of kernel: Kernel) -> Double
}

extension KernelTimeModel {
  /// The time of each kernel, by ``time(of:)``.
  ///
  /// It is a requirement for the sake of speed: a sweep asks for all kernels of a plan at every point, and this is
  /// compiled for the model, where a call for each kernel would go through its witness table.
  public func times(of kernels: [Kernel]) -> [KernelTime] { kernels.map { time(of: $0) } }

  /// None.
  public func measuredFraction(of kernel: Kernel) -> Double { 0 }
}
