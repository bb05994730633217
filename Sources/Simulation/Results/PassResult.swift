import EventEngine

/// What a simulation says about one pass.
public struct PassResult: Sendable, Equatable {
  /// Times and their account.
  public let timing: PassTiming
  /// Top-level operators of the workload.
  public let operatorCount: Int
  /// Kernels on the device, or on the host where there is none.
  public let kernelCount: Int
  /// Operators that were treated as element-wise traffic, because no rule knows them.
  public let operatorsWithoutRule: [String]
  /// The share of the memory traffic that those stand for.
  public let withoutRuleFraction: Double
  /// Whether the tensors fit.
  public let memory: MemoryDemand

  /// Picoseconds per pass.
  public var latency: Ticks { timing.latency }

  /// Picoseconds in which at least one kernel runs.
  public var deviceBusy: Ticks { timing.deviceBusy }

  /// Latency that the device does not work for, picoseconds.
  public var frameworkTax: Ticks { latency - deviceBusy }

  /// The tax as a fraction of the latency; zero for a pass that takes no time.
  public var frameworkTaxFraction: Double {
    latency == 0 ? 0 : Double(frameworkTax) / Double(latency)
  }

  /// The critical path's own account: each picosecond of the latency in one category.
  public func time(in category: CostCategory) -> Ticks { timing.account[category.rawValue] }

  /// What the latency is waiting for: the largest share of its critical path.
  public var bound: LatencyBound { LatencyBound(account: timing.account) }
}
