/// What a picosecond of latency was spent on: the lanes of the critical path's account.
public enum CostCategory: Int, CaseIterable, Sendable {
  /// Host time that the framework spends on operators.
  case dispatch
  /// Launch calls on the host, and the latency from a call's return to the kernel's start.
  case launch
  /// Idle time of the device between kernels that were ready.
  case kernelGap
  /// Kernels that wait for arithmetic.
  case compute
  /// Kernels that wait for memory.
  case memory
  /// Copies over the host link.
  case copy
  /// Returns from synchronizations.
  case synchronization
  /// The part of kernels that neither arithmetic nor memory explains: starting, setting up and draining.
  case kernelOverhead
  /// Collectives: what ranks send to one another.
  case communication

  /// The key in JSON, before its unit.
  public var key: String {
    switch self {
    case .dispatch: "dispatch"
    case .launch: "launch"
    case .kernelGap: "kernel_gap"
    case .compute: "compute"
    case .memory: "memory"
    case .copy: "copy"
    case .synchronization: "synchronization"
    case .kernelOverhead: "kernel_overhead"
    case .communication: "communication"
    }
  }

  /// What people read.
  public var title: String {
    switch self {
    case .kernelGap: "kernel gap"
    case .kernelOverhead: "kernel overhead"
    default: key
    }
  }
}
