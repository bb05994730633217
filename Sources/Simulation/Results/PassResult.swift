import Profiles
import Roofline

/// What a simulation says about one pass.
public struct PassResult: Sendable, Equatable, PassSummarized {
  /// Times and their account.
  public let timing: PassTiming
  /// What host and device each need for it.
  package let load: PassLoad
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

  /// HDBI, the host-device balance index: device busy over device busy and host work, from 0 (host) to 1 (device).
  ///
  /// TaxBreak's measure (arXiv 2603.12465). Host work is all that the host spends on a pass, dispatch, launch calls and
  /// returns from synchronizations, whether it is hidden behind the device or not; its waits are none. So it is not one
  /// less the tax: host time that is hidden counts. Zero for a pass of nothing.
  public var hostDeviceBalance: Double {
    Self.hostDeviceBalance(deviceBusy: deviceBusy.seconds, hostWork: load.host.seconds)
  }

  /// The index of two times in one unit.
  static func hostDeviceBalance(deviceBusy: Double, hostWork: Double) -> Double {
    deviceBusy + hostWork > 0 ? deviceBusy / (deviceBusy + hostWork) : 0
  }

  /// Which of host and device sets the latency, or neither clearly.
  package var regime: LatencyRegime { LatencyRegime(bound, load) }
}
