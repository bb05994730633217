import Roofline

/// What one pass takes, in four numbers from which everything else that is said of a pass follows.
public struct PassSummary: Sendable, Equatable {
  /// The account of the latency; for a breakdown its lanes sum to ``latency``.
  public var account: Account
  /// Picoseconds per pass.
  public var latency: Picoseconds
  /// Picoseconds in which at least one kernel or collective runs.
  public var deviceBusy: Picoseconds
  /// Picoseconds that the host spends on work and in calls, its waits left out; of several threads, the sum.
  public var hostBusy: Picoseconds

  /// A summary.
  public init(latency: Picoseconds, deviceBusy: Picoseconds, hostBusy: Picoseconds, account: Account) {
    self.latency = latency
    self.deviceBusy = deviceBusy
    self.hostBusy = hostBusy
    self.account = account
  }

  /// A pass of nothing.
  public static let zero = PassSummary(latency: 0, deviceBusy: 0, hostBusy: 0, account: .zero)

  /// The share of a latency for which the device does not work; zero for a pass that takes no time.
  ///
  /// - Parameters:
  ///   - latency: What a pass takes.
  ///   - deviceBusy: In how much of it the device works.
  /// - Returns: From 0 to 1.
  package static func taxFraction(latency: Picoseconds, deviceBusy: Picoseconds) -> Double {
    latency == 0 ? 0 : (latency - deviceBusy).fraction(of: latency)
  }
}

/// Something that says what one pass takes.
public protocol PassSummarized {
  /// What it takes.
  var summary: PassSummary { get }
}

extension PassSummarized {
  /// Picoseconds per pass.
  public var latency: Picoseconds { summary.latency }

  /// Picoseconds in which at least one kernel or collective runs.
  public var deviceBusy: Picoseconds { summary.deviceBusy }

  /// Picoseconds that the host spends on work and in calls, its waits left out.
  public var hostBusy: Picoseconds { summary.hostBusy }

  /// The critical path's own account: for a breakdown, each picosecond of the latency in one category.
  public var account: Account { summary.account }

  /// Latency that the device does not work for.
  public var frameworkTax: Picoseconds { latency - deviceBusy }

  /// The tax as a fraction of the latency; zero for a pass that takes no time.
  public var frameworkTaxFraction: Double { PassSummary.taxFraction(latency: latency, deviceBusy: deviceBusy) }

  /// What of the latency is spent on a category.
  public func time(in category: CostCategory) -> Picoseconds { Picoseconds(account[category.rawValue]) }

  /// What the latency is waiting for: the largest share of its critical path.
  public var bound: LatencyBound { LatencyBound(account: account) }
}

extension PassSummary: PassSummarized {
  /// Itself.
  public var summary: PassSummary { self }
}
