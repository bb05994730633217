import JSONText

/// A number as somebody claims it: its value, and how exactly it is written.
///
/// A claim holds where it is the right number rounded to the digits that are written, of which there are at least three, or
/// where it differs by less than a part in a million, which is the rounding of a long computation. A whole number that counts
/// something is exact: `137438953472` holds of nothing else.
package struct ClaimedNumber: Sendable, Equatable {
  /// The number.
  package let value: Double
  /// Half of what the last digit that is written is worth; zero for a fraction of two numbers.
  let halfUnit: Double
  /// How many digits are written, zeros in front left out.
  let digits: Int
  /// Whether it is written without a point, an exponent and a fraction's bar.
  let isWhole: Bool

  /// The part by which a claim may be off, by default.
  package static let defaultTolerance = 1e-6

  /// Reads a number of at least zero: decimal, or a fraction of two such numbers as `4096/3`; nil for any other text.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let upper = decimalNumber(parts[0]), let lower = decimalNumber(parts[1]), upper >= 0, lower > 0 else {
        return nil
      }
      value = upper / lower
      (halfUnit, digits, isWhole) = (0, 17, false)
      return
    }
    guard let number = decimalNumber(text), number >= 0 else { return nil }
    value = number
    let mantissa = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    let exponent = Int(text.dropFirst(mantissa.count + 1)) ?? 0
    let point = mantissa.firstIndex(of: UInt8(ascii: "."))
    let decimals = point.map { mantissa.distance(from: $0, to: mantissa.endIndex) - 1 } ?? 0
    let zero = UInt8(ascii: "0")
    let count = mantissa.filter { (zero...zero + 9).contains($0) }.drop { $0 == zero }.count
    digits = count
    isWhole = point == nil && mantissa.count == text.utf8.count
    halfUnit = Self.halfUnit(decimals: decimals, exponent: exponent)
  }

  private static func halfUnit(decimals: Int, exponent: Int) -> Double {
    decimalNumber("5e\(max(-320, min(308, exponent - decimals - 1)))") ?? 0
  }

  /// Whether the claim holds of a number.
  ///
  /// - Parameters:
  ///   - expected: The right number.
  ///   - counts: Whether it counts something, so that a whole number must be exact.
  ///   - tolerance: The part by which it may be off; nil for the default, and for exactness where it counts.
  /// - Returns: Whether it does.
  func holds(of expected: Double, counts: Bool, tolerance: Double?) -> Bool {
    if value == expected { return true }
    let distance = abs(value - expected)
    if let tolerance { return distance <= tolerance * expected }
    // A number of more than 2^53 is rounded on both sides.
    if counts && isWhole { return distance <= 2 * expected.ulp && expected > 0x1p53 }
    if distance <= Self.defaultTolerance * expected { return true }
    return digits >= 3 && distance <= halfUnit * (1 + 1e-9)
  }
}
