import Roofline

/// A duration, and what it adds to the account of the clock that spends it.
package struct Cost: Sendable, Equatable {
  /// What the duration adds to each lane.
  package var account: Account
  /// How long it takes; not negative.
  package var duration: Picoseconds

  /// A cost with an account of any meaning.
  package init(duration: Picoseconds, account: Account) {
    self.duration = duration
    self.account = account
  }

  /// A duration that belongs to one category.
  package init(_ duration: Picoseconds, _ category: CostCategory) {
    self.duration = duration
    account = .zero
    account[category.rawValue] = duration.count
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
  func account(stretchedTo actual: Picoseconds) -> Account {
    var stretched = account
    if account.min() >= 0, account.wrappedSum() == duration.count {
      var (sum, given): (Int64, Int64) = (0, 0)
      for lane in 0..<Account.laneCount where account[lane] != 0 {
        sum += account[lane]
        // The last part ends where all do.
        let end = sum == duration.count ? actual.count : scaled(sum, to: actual)
        stretched[lane] = end - given
        given = end
      }
      return stretched
    }
    for lane in 0..<Account.laneCount where account[lane] != 0 { stretched[lane] = scaled(account[lane], to: actual) }
    return stretched
  }

  /// A part of the duration when all of it takes `actual`, rounded to nearest; unchanged where that is beyond the range.
  private func scaled(_ part: Int64, to actual: Picoseconds) -> Int64 {
    let whole = duration.count.magnitude
    let product = part.magnitude.multipliedFullWidth(by: actual.count.magnitude)
    guard product.high < whole else { return part }
    let (quotient, remainder) = whole.dividingFullWidth(product)
    let rounded = Int64(clamping: remainder >= whole - remainder ? quotient &+ 1 : quotient)
    return part < 0 ? -rounded : rounded
  }

  /// A cost of nothing.
  package static let zero = Cost(duration: 0, account: .zero)
}
