import JSONText

/// Ranges of numbers as a sweep writes them.
enum SweepRange {
  /// The most values that one range may have.
  static let countLimit = 10_000_000

  /// The numbers of an item: one number, or `lo..hi:linN` or `lo..hi:logN`, N values with both ends.
  ///
  /// Inner values of a logarithmic range are rounded to twelve significant digits, so that `0.25..4:log9` holds 0.5 and
  /// not the number next to it.
  static func numbers(_ item: String, axis: String) throws(SweepFault) -> [Double] {
    guard let dots = item.firstRange(of: "..") else {
      guard let number = decimalNumber(item) else { throw .notANumber(axis: axis, text: item) }
      return [number]
    }
    let parts = item[dots.upperBound...].split(separator: ":", maxSplits: 1)
    guard let low = decimalNumber(item[..<dots.lowerBound]), parts.count == 2, let high = decimalNumber(parts[0]),
      let count = Int(parts[1].dropFirst(3)), (2...countLimit).contains(count)
    else { throw .notARange(axis: axis, text: item) }
    let last = Double(count - 1)
    switch parts[1].prefix(3) {
    case "lin":
      return (0..<count).map { index in
        index == count - 1 ? high : rounded(low + (high - low) * (Double(index) / last))
      }
    case "log":
      guard low > 0, high > 0 else { throw .logarithmOfNothing(axis: axis, text: item) }
      let (bottom, top) = (low.logarithm, high.logarithm)
      return (0..<count).map { index in
        switch index {
        case 0: low
        case count - 1: high
        default: rounded((bottom + (top - bottom) * (Double(index) / last)).exponential)
        }
      }
    default: throw .notARange(axis: axis, text: item)
    }
  }

  /// To twelve significant digits.
  private static func rounded(_ number: Double) -> Double {
    guard number != 0, number.isFinite else { return number }
    let digits = Int(number.magnitude.decimalLogarithm.rounded(.down))
    // A power of ten up to 10^22 is exact, so that the quotient is the double nearest to the decimal.
    guard (-10...33).contains(digits) else { return number }
    let shift = 11 - digits
    let power = (0..<abs(shift)).reduce(1.0) { power, _ in power * 10 }
    return shift >= 0 ? (number * power).rounded() / power : (number / power).rounded() * power
  }
}
