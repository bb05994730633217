import Profiles

/// What a simulation says about one pass.
public struct PassResult: Sendable, Equatable, PassSummarized {
  /// Times and their account.
  public let timing: PassTiming
  /// What host and device each need for it.
  public let load: PassLoad
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

  /// What the pass takes.
  public var summary: PassSummary { timing.summary }

  /// Which of host and device sets the latency, or neither clearly.
  public var regime: LatencyRegime { LatencyRegime(bound, load) }
}
