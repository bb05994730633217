import Roofline

extension Account {
  /// The mean account of several passes that took `total` together.
  ///
  /// The parts of a breakdown must still sum to the whole: they are rounded down, and those with the largest
  /// remainders up. Lanes of any other meaning are each rounded to nearest.
  func divided(by passes: Int, of total: Picoseconds) -> Account {
    let divisor = Int64(passes)
    var parts = Account.zero
    var remainders = Account.zero
    for lane in 0..<Account.laneCount {
      let (quotient, remainder) = self[lane].quotientAndRemainder(dividingBy: divisor)
      parts[lane] = remainder < 0 ? quotient - 1 : quotient
      remainders[lane] = remainder < 0 ? remainder + divisor : remainder
    }
    guard wrappedSum() == total.count else {
      for lane in 0..<Account.laneCount where 2 * remainders[lane] >= divisor { parts[lane] += 1 }
      return parts
    }
    let byRemainder = (0..<Account.laneCount).sorted {
      remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1
    }
    let missing = Int(total.count / divisor - parts.wrappedSum())
    for lane in byRemainder.prefix(Swift.max(0, missing)) { parts[lane] += 1 }
    return parts
  }
}
