import EventEngine

/// A duration, and what it adds to the account of the clock that spends it.
package struct Cost: Sendable, Equatable {
  /// What the duration adds to each lane.
  package var account: Account
  /// Picoseconds; not negative.
  package var duration: Ticks

  /// A cost with an account of any meaning.
  package init(duration: Ticks, account: Account) {
    self.duration = duration
    self.account = account
  }

  /// A duration that belongs to one category.
  package init(_ duration: Ticks, _ category: CostCategory) {
    self.duration = duration
    account = .zero
    account[category.rawValue] = duration
  }

  /// The category that most of the duration belongs to, the first of equals; nil for a cost of nothing.
  package var mainCategory: CostCategory? {
    let largest = account.max()
    return largest > 0 ? CostCategory.allCases.first { account[$0.rawValue] == largest } : nil
  }

  /// The account of the cost when it takes longer than its own duration, each lane by the same ratio.
  ///
  /// The lanes of a breakdown, which sum to the duration, then sum to the longer time, exactly: the end of each part is
  /// rounded, not its length. Lanes of any other meaning are each rounded to nearest.
  func account(stretchedTo actual: Ticks) -> Account {
    var stretched = account
    if account.min() >= 0, account.wrappedSum() == duration {
      var (sum, given) = (Ticks(0), Ticks(0))
      for lane in 0..<Account.laneCount where account[lane] != 0 {
        sum += account[lane]
        let end = scaled(sum, to: actual)
        stretched[lane] = end - given
        given = end
      }
      return stretched
    }
    for lane in 0..<Account.laneCount where account[lane] != 0 { stretched[lane] = scaled(account[lane], to: actual) }
    return stretched
  }

  /// A part of the duration when all of it takes `actual`, rounded to nearest; unchanged where that is beyond the range.
  private func scaled(_ part: Int64, to actual: Ticks) -> Int64 {
    let product = part.magnitude.multipliedFullWidth(by: actual.magnitude)
    guard product.high < duration.magnitude else { return part }
    let (quotient, remainder) = duration.magnitude.dividingFullWidth(product)
    let rounded = Int64(clamping: remainder >= duration.magnitude - remainder ? quotient &+ 1 : quotient)
    return part < 0 ? -rounded : rounded
  }

  /// A cost of nothing.
  package static let zero = Cost(duration: 0, account: .zero)
}
