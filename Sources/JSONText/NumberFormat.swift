/// How the digits before the point are set off in threes.
package enum DigitGrouping: Hashable, Sendable {
  /// Not at all: `1234567`. The only one that other programs read.
  case none
  /// By commas: `1,234,567`.
  case comma
  /// By narrow no-break spaces (U+202F), as the SI brochure recommends.
  case thin

  func grouped(_ digits: String) -> String {
    let separator: String
    switch self {
    case .none: return digits
    case .comma: separator = ","
    case .thin: separator = "\u{202F}"
    }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += separator }
      text.append(digit)
    }
    return text
  }
}

/// Numbers as text for people and for files, without Foundation.
///
/// Every function rounds the exact value of its argument once, a tie to the even digit, as C's `printf` does, and never
/// writes a negative zero. Values that are not finite are written `nan`, `inf` and `-inf`.
package enum NumberFormat {
  /// A number with a fixed count of decimals.
  ///
  /// `fixed(2.675, decimals: 2)` is `2.67`, since the `Double` nearest to 2.675 lies below it.
  ///
  /// - Parameters:
  ///   - value: The number.
  ///   - decimals: Digits after the point, from 0 to 15.
  ///   - grouping: How the digits before the point are set off.
  /// - Returns: The text; in Swift's shortest form, `1e+40`, where the value with its decimals has more than 38 digits.
  package static func fixed(_ value: Double, decimals: Int, grouping: DigitGrouping = .none) -> String {
    precondition((0...15).contains(decimals), "decimals from 0 to 15")
    return RoundedDecimal(value, decimals: decimals)?.text(grouping: grouping) ?? "\(value)"
  }

  /// A number with a fixed count of significant digits: `significant(1234.5, digits: 3)` is `1230`.
  ///
  /// - Parameters:
  ///   - value: The number.
  ///   - digits: Significant digits, from 1 to 15.
  ///   - grouping: How the digits before the point are set off.
  /// - Returns: The text; in Swift's shortest form where the magnitude is below 10⁻⁷ or at least 10²¹.
  package static func significant(_ value: Double, digits: Int, grouping: DigitGrouping = .none) -> String {
    precondition((1...15).contains(digits), "significant digits from 1 to 15")
    guard value != 0 else { return fixed(0, decimals: digits - 1) }
    guard value.isFinite, abs(value) >= 1e-7, abs(value) < 1e21 else { return "\(value)" }
    return rounded(value, digits: digits)?.text(grouping: grouping) ?? "\(value)"
  }

  /// A number as a person would write it who knows it exactly: `16`, `0.1715`, `1555`.
  ///
  /// - Returns: The shortest text that reads back as the number.
  package static func shortest(_ value: Double) -> String { shortestText(of: value) }

  /// A whole number, its digits set off in threes.
  package static func integer(_ value: Int, grouping: DigitGrouping = .comma) -> String {
    (value < 0 ? "-" : "") + grouping.grouped(String(value.magnitude))
  }

  /// A fraction in percent: `percent(0.4237)` is `42.4%`.
  ///
  /// - Parameters:
  ///   - fraction: The fraction, 1 being the whole.
  ///   - decimals: Digits after the point, from 0 to 15.
  /// - Returns: The text, the sign behind it.
  package static func percent(_ fraction: Double, decimals: Int = 1) -> String {
    precondition((0...15).contains(decimals), "decimals from 0 to 15")
    return (RoundedDecimal(fraction, decimals: decimals + 2)?.text(shift: 2) ?? "\(fraction * 100)") + "%"
  }

  /// Picoseconds in microseconds, exactly: 1,234,567 ps is `1.234567`, and 2,000,000 ps is `2`.
  package static func microseconds(picoseconds: Int64) -> String {
    var bytes: [UInt8] = []
    append(microsecondsOf: picoseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same, behind other bytes of a text: a million numbers should not cost a million strings.
  package static func append(microsecondsOf picoseconds: Int64, to bytes: inout [UInt8]) {
    // A sign, 13 digits, a point and 6 digits: from the last to the first, and then all at once.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
      var place = text.count
      func put(_ byte: UInt8) {
        place -= 1
        text[place] = byte
      }
      var (whole, rest) = picoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
      if rest > 0 {
        var decimals = 6
        while rest.isMultiple(of: 10) {
          rest /= 10
          decimals -= 1
        }
        for _ in 0..<decimals {
          put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
          rest /= 10
        }
        put(UInt8(ascii: "."))
      }
      repeat {
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: whole % 10))
        whole /= 10
      } while whole > 0
      if picoseconds < 0 { put(UInt8(ascii: "-")) }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[place...]))
    }
  }

  /// A time under the prefix that leaves one to three digits before the point: `12.3 µs`, `1.24 ms`.
  ///
  /// - Parameters:
  ///   - seconds: The time.
  ///   - digits: Significant digits, from 3 to 9.
  /// - Returns: The text; from 1,000 s on it stays in seconds, and below 1 ps in picoseconds. Below 0.1 ps and from
  ///   10¹⁵ s on, the seconds are in Swift's shortest form.
  package static func time(seconds: Double, digits: Int = 3) -> String {
    precondition((3...9).contains(digits), "significant digits from 3 to 9")
    guard seconds != 0 else { return "0 s" }
    guard seconds.isFinite, abs(seconds) >= 1e-13, abs(seconds) < 1e15,
      let number = rounded(seconds, digits: digits)
    else { return "\(seconds) s" }
    return timeText(of: number)
  }

  /// A time of whole picoseconds under a fitting prefix: 12,345,678 ps is `12.3 µs`.
  ///
  /// - Parameters:
  ///   - picoseconds: The time.
  ///   - digits: Significant digits, from 3 to 9.
  /// - Returns: The text; from 1,000 s on it stays in seconds.
  package static func time(picoseconds: Int64, digits: Int = 3) -> String {
    precondition((3...9).contains(digits), "significant digits from 3 to 9")
    guard picoseconds != 0 else { return "0 s" }
    let count = String(picoseconds.magnitude).count
    let magnitude = UInt128(picoseconds.magnitude)
    func rounded(to decimals: Int) -> RoundedDecimal {
      RoundedDecimal(
        isNegative: picoseconds < 0, numerator: magnitude * widePowerOfTen(max(0, decimals)),
        denominator: widePowerOfTen(max(0, -decimals)), decimals: decimals + 12)
    }
    let number = rounded(to: digits - count)
    return timeText(of: number.hasRolledOver(digits: digits) ? rounded(to: digits - count - 1) : number)
  }

  /// Chooses the prefix by the rounded number, so that 999.96 µs to three digits becomes `1.00 ms` and not `1000 µs`.
  private static func timeText(of seconds: RoundedDecimal) -> String {
    let units = ["s", "ms", "µs", "ns", "ps"]
    let exponent = String(seconds.digits).count - 1 - seconds.decimals
    let step = min(4, max(0, (2 - exponent) / 3))
    return seconds.text(shift: 3 * step) + " " + units[step]
  }

  /// A number rounded to significant digits, neither zero nor infinite.
  private static func rounded(_ value: Double, digits: Int) -> RoundedDecimal? {
    var (exponent, power) = (0, 1.0)
    while abs(value) >= power * 10 { (exponent, power) = (exponent + 1, power * 10) }
    while abs(value) < power { (exponent, power) = (exponent - 1, power / 10) }
    guard let number = RoundedDecimal(value, decimals: digits - 1 - exponent) else { return nil }
    return number.hasRolledOver(digits: digits)
      ? RoundedDecimal(value, decimals: digits - 2 - exponent) : number
  }
}

extension RoundedDecimal {
  /// Whether rounding up made one digit more than asked for: 9.996 to three digits is 10.00.
  fileprivate func hasRolledOver(digits count: Int) -> Bool { digits >= widePowerOfTen(count) }
}
