/// What a latency is waiting for.
public enum LatencyBound: String, Sendable, CaseIterable {
  /// For the host: dispatch, launches, synchronizations.
  case framework = "framework-bound"
  /// For arithmetic.
  case compute = "compute-bound"
  /// For memory, or the link to the host's.
  case memory = "memory-bound"
  /// For kernel overhead: what kernels, and the gaps before them, take beside arithmetic and traffic.
  case overhead = "overhead-bound"
  /// For the other ranks' data.
  case communication = "communication-bound"
}

extension LatencyBound {
  /// What an account by category is waiting for: its largest share, and of equal ones the first in the order of the
  /// cases.
  ///
  /// This is the one place that decides it. The host sets a latency that is ``framework``-bound, the device any other;
  /// the knee is the first batch size of which the latency is not.
  public init(account: Account) {
    self = .framework
    var largest = Self.share(.framework, of: account)
    for bound in Self.allCases.dropFirst() where Self.share(bound, of: account) > largest {
      self = bound
      largest = Self.share(bound, of: account)
    }
  }

  /// Whether the host, not the device, sets the latency.
  public var isHostBound: Bool { self == .framework }

  /// The categories whose time is waited for.
  public var categories: [CostCategory] {
    switch self {
    case .framework: [.dispatch, .launch, .synchronization]
    case .compute: [.compute]
    case .memory: [.memory, .copy]
    case .overhead: [.kernelOverhead, .kernelGap]
    case .communication: [.communication]
    }
  }

  /// What an account has of a bound's categories.
  private static func share(_ bound: LatencyBound, of account: Account) -> Int64 {
    bound.categories.reduce(0) { $0 &+ account[$1.rawValue] }
  }
}
