import EventEngine

/// Eight integer sums that travel with a clock along the critical path.
///
/// In a breakdown a lane is a ``CostCategory`` and counts picoseconds; for sensitivities a lane is a profile number and
/// counts the change of the time with that number. The engine adds lanes and, where two clocks meet, keeps those of the
/// later one; it does not care what they mean.
public typealias Account = SIMD8<Int64>

/// A duration, and what it adds to the account of the clock that spends it.
public struct Cost: Sendable, Equatable {
  /// Picoseconds; not negative.
  public var duration: Ticks
  /// What the duration adds to each lane.
  public var account: Account

  /// A cost with an account of any meaning.
  public init(duration: Ticks, account: Account) {
    self.duration = duration
    self.account = account
  }

  /// A duration that belongs to one category.
  public init(_ duration: Ticks, _ category: CostCategory) {
    self.duration = duration
    account = .zero
    account[category.rawValue] = duration
  }

  /// A cost of nothing.
  public static let zero = Cost(duration: 0, account: .zero)
}
