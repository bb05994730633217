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

  /// The category that the duration belongs to; nil for a cost of nothing.
  public var mainCategory: CostCategory? {
    (0..<8).first { account[$0] != 0 }.flatMap(CostCategory.init(rawValue:))
  }

  /// The account of the cost when it takes longer than its own duration, each lane by the same ratio.
  ///
  /// The lanes of a breakdown, which sum to the duration, sum to the longer time: they are rounded down, and the largest
  /// remainders up. Lanes of any other meaning are each rounded to nearest.
  func account(stretchedTo actual: Ticks) -> Account {
    let isBreakdown = account.wrappedSum() == duration && account.min() >= 0
    var stretched = Account.zero
    var remainders = SIMD8<UInt64>.zero
    for lane in 0..<8 where account[lane] != 0 {
      let product = account[lane].magnitude.multipliedFullWidth(by: actual.magnitude)
      guard product.high < duration.magnitude else { return account }
      let (quotient, remainder) = duration.magnitude.dividingFullWidth(product)
      let isUp = !isBreakdown && remainder >= duration.magnitude - remainder
      let rounded = Int64(clamping: isUp ? quotient &+ 1 : quotient)
      stretched[lane] = account[lane] < 0 ? -rounded : rounded
      remainders[lane] = remainder
    }
    guard isBreakdown else { return stretched }
    // Of eight remainders below the duration, as many whole durations are missing as they sum to.
    while stretched.wrappedSum() < actual, let lane = remainders.indices.max(by: { remainders[$0] < remainders[$1] }) {
      stretched[lane] += 1
      remainders[lane] = 0
    }
    return stretched
  }

  /// A cost of nothing.
  public static let zero = Cost(duration: 0, account: .zero)
}
