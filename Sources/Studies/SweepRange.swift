import JSONText
import Profiles

/// Ranges of numbers as a sweep writes them.
enum SweepRange {
  /// The most values that one range may have.
  static let countLimit = 10_000_000

  /// The numbers of an item: one number, or `lo..hi:linN` or `lo..hi:logN`, N values with both ends.
  ///
  /// Inner values of a logarithmic range are rounded to twelve significant digits, so that `0.25..4:log9` holds 0.5 and
  /// not the number next to it.
  ///
  /// - Parameters:
  ///   - item: What is written.
  ///   - axis: What is varied, for faults.
  ///   - unit: What its numbers are counted in, where they may have a unit behind them.
  /// - Returns: The numbers, in the order of the item.
  /// - Throws: ``SweepFault``.
  static func numbers(_ item: String, axis: String, unit: NumberUnit? = nil) throws(SweepFault) -> [Double] {
    guard let dots = item.firstRange(of: "..") else {
      guard let number = try number(item[...], axis, unit) else { throw .notANumber(axis: axis, text: item) }
      return [number]
    }
    let parts = item[dots.upperBound...].split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let count = Int(parts[1].dropFirst(3)), (2...countLimit).contains(count),
      let low = try number(item[..<dots.lowerBound], axis, unit), let high = try number(parts[0], axis, unit)
    else { throw .notARange(axis: axis, text: item) }
    // 2..8TB/s would begin at 2 GB/s.
    guard NumberUnit.hasUnit(item[..<dots.lowerBound]) == NumberUnit.hasUnit(parts[0]) else {
      throw .halfUnit(axis: axis, text: item)
    }
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

  /// A number, with a unit behind it or without; nil for a text that is none.
  private static func number(
    _ text: Substring, _ axis: String, _ unit: NumberUnit?
  ) throws(SweepFault) -> Double? {
    guard let unit else { return decimalNumber(text) }
    do throws(QuantityFault) { return try unit.number(text) } catch {
      if case .notANumber = error { return nil }
      throw .quantity(axis: axis, error)
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
