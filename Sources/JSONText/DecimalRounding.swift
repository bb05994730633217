/// A number rounded to a count of decimals: `digits / 10^decimals`, with its sign apart.
///
/// Negative `decimals` round before the point: 1,234 at -2 decimals has the digits 12, which count hundreds.
struct RoundedDecimal {
  let isNegative: Bool
  let digits: UInt128
  let decimals: Int

  /// Rounds the exact value of a `Double`, a tie to the even digit, as C's `printf` does.
  ///
  /// A finite `Double` is `significand × 2^exponent`, so that the decision is a comparison of integers and never itself
  /// rounded.
  ///
  /// - Returns: `nil` where the value is not finite, where `decimals` is not from -22 to 22, and where the answer does
  ///   not fit 127 bits: from about 10^38 on at no decimals, 10^(38-n) at n of them.
  init?(_ value: Double, decimals: Int) {
    guard value.isFinite, decimals <= 22, decimals >= -22 else { return nil }
    let (significand, exponent) = value.integerParts
    var (numerator, denominator) = (UInt128(significand), UInt128(1))
    if decimals > 0 { numerator *= widePowerOfTen(decimals) }
    if decimals < 0 { denominator = widePowerOfTen(-decimals) }
    if exponent >= 0 {
      guard exponent < numerator.leadingZeroBitCount else { return nil }
      numerator <<= UInt128(exponent)
    } else if -exponent < denominator.leadingZeroBitCount {
      denominator <<= UInt128(-exponent)
    } else {
      // The denominator would be 2^128 or more and the numerator is below 2^127: less than one half.
      numerator = 0
    }
    self.init(isNegative: value < 0, numerator: numerator, denominator: denominator, decimals: decimals)
  }

  /// Rounds the fraction `numerator / denominator`, which is already scaled by `10^decimals`.
  init(isNegative: Bool, numerator: UInt128, denominator: UInt128, decimals: Int) {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    let rest = denominator - remainder
    let roundsUp = remainder > rest || (remainder == rest && quotient % 2 == 1)
    digits = quotient + (roundsUp ? 1 : 0)
    self.isNegative = isNegative && digits != 0
    self.decimals = decimals
  }

  /// The number in decimal notation, its point moved right by `shift` places: 2 for percentages, 6 for microseconds.
  func text(shift: Int = 0, grouping: DigitGrouping = .none) -> String {
    let places = decimals - shift
    let sign = isNegative ? "-" : ""
    guard places > 0 else {
      let zeros = digits == 0 ? "" : String(repeating: "0", count: -places)
      return sign + grouping.grouped(String(digits) + zeros)
    }
    let plain = String(digits)
    let padded = String(repeating: "0", count: max(0, places + 1 - plain.count)) + plain
    return sign + grouping.grouped(String(padded.dropLast(places))) + "." + padded.suffix(places)
  }
}

/// Ten to a power from 0 to 38, which 128 bits hold.
func widePowerOfTen(_ exponent: Int) -> UInt128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }

extension Double {
  /// The magnitude as an integer below 2^53 times a power of two.
  fileprivate var integerParts: (significand: UInt64, exponent: Int) {
    let stored = significandBitPattern
    guard exponentBitPattern > 0 else { return (stored, -1074) }
    return (stored | 1 << 52, Int(exponentBitPattern) - 1075)
  }
}
