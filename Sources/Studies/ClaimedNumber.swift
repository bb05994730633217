import JSONText

/// A number as somebody claims it: its value, and how exactly it is written.
///
/// A claim holds where it is the right number rounded to the digits that are written, of which there are at least three, or
/// where it differs by less than a part in a million, which is the rounding of a long computation. A whole number that counts
/// something is exact: `137438953472` holds of nothing else.
package struct ClaimedNumber: Sendable, Equatable {
  /// The number.
  package let value: Double
  /// The power of ten that the last digit that is written is worth.
  let lastPlace: Int
  /// How many digits are written, zeros in front left out.
  let digits: Int
  /// Whether it is written without a point, an exponent and a fraction's bar.
  let isWhole: Bool

  /// The part by which a claim may be off, by default.
  package static let defaultTolerance = 1e-6

  /// Reads a number of at least zero: decimal, or a fraction of two such numbers as `4096/3`; nil for any other text.
  init?(_ text: String) {
    if text.utf8.contains(UInt8(ascii: "/")) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      guard let upper = decimalNumber(parts[0]), let lower = decimalNumber(parts[1]), upper >= 0, lower > 0 else {
        return nil
      }
      value = upper / lower
      (lastPlace, digits, isWhole) = (-400, 17, false)
      return
    }
    if let plain = Self.plain(text) {
      self = plain
      return
    }
    guard let number = decimalNumber(text), number >= 0 else { return nil }
    value = number
    let mantissa = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    let exponent = mantissa.count < text.utf8.count ? Int(text.dropFirst(mantissa.count + 1)) ?? 0 : 0
    let point = mantissa.firstIndex(of: UInt8(ascii: "."))
    let decimals = point.map { mantissa.distance(from: $0, to: mantissa.endIndex) - 1 } ?? 0
    let zero = UInt8(ascii: "0")
    let count = mantissa.filter { (zero...zero + 9).contains($0) }.drop { $0 == zero }.count
    digits = count
    isWhole = point == nil && mantissa.count == text.utf8.count
    lastPlace = exponent - decimals
  }

  private init(value: Double, lastPlace: Int, digits: Int, isWhole: Bool) {
    self.value = value
    self.lastPlace = lastPlace
    self.digits = digits
    self.isWhole = isWhole
  }

  /// A number of at most fifteen digits without an exponent: a quotient of two numbers that a `Double` holds exactly, and
  /// so rounded once, as a file of a hundred thousand claims wants it; nil for any other text.
  private static func plain(_ text: String) -> ClaimedNumber? {
    var (number, count, written, decimals, scale, hasPoint) = (Int64(0), 0, 0, 0, 1.0, false)
    for byte in text.utf8 {
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), written < 15 {
        number = 10 * number + Int64(byte - UInt8(ascii: "0"))
        written += 1
        if number > 0 { count += 1 }
        if hasPoint { (decimals, scale) = (decimals + 1, scale * 10) }
      } else {
        return nil
      }
    }
    guard written > 0 else { return nil }
    return ClaimedNumber(value: Double(number) / scale, lastPlace: -decimals, digits: count, isWhole: !hasPoint)
  }

  /// Half of what the last digit is worth; next to nothing for a fraction of two numbers.
  private var halfUnit: Double { decimalNumber("5e\(max(-320, min(300, lastPlace - 1)))") ?? 0 }

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
