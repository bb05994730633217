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
    func offer(_ bound: LatencyBound, _ result: inout LatencyBound) {
      let share = Self.share(bound, of: account)
      guard share > largest else { return }
      (result, largest) = (bound, share)
    }
    offer(.compute, &self)
    offer(.memory, &self)
    offer(.overhead, &self)
    offer(.communication, &self)
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

  /// Its place among all of them.
  package var place: Int {
    switch self {
    case .framework: 0
    case .compute: 1
    case .memory: 2
    case .overhead: 3
    case .communication: 4
    }
  }

  /// What an account has of a bound's ``categories``, which stand here one by one: a list of them would be allocated, for
  /// every point of a sweep.
  private static func share(_ bound: LatencyBound, of account: Account) -> Int64 {
    func time(in category: CostCategory) -> Int64 { account[category.rawValue] }
    switch bound {
    case .framework: return time(in: .dispatch) &+ time(in: .launch) &+ time(in: .synchronization)
    case .compute: return time(in: .compute)
    case .memory: return time(in: .memory) &+ time(in: .copy)
    case .overhead: return time(in: .kernelOverhead) &+ time(in: .kernelGap)
    case .communication: return time(in: .communication)
    }
  }
}
