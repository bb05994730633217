/// A number as people write it, in another unit: its value times a whole number and a power of ten, rounded once.
///
///     scaledDecimal("3.35", by: 1, exponent: 3)           // 3350: terabytes as gigabytes
///     scaledDecimal("80", by: 1_073_741_824, exponent: -9)  // 85.89934592: gibibytes as gigabytes
///
/// The digits are multiplied, not the nearest `Double`: what a data sheet says in one unit is the same number as in another.
///
/// - Parameters:
///   - text: A number as ``decimalNumber(_:)`` takes it.
///   - factor: What it is multiplied by, at least 1.
///   - exponent: The power of ten that it is multiplied by besides.
/// - Returns: The `Double` nearest to the product; nil where the text is no number or the product is too large.
package func scaledDecimal(_ text: some StringProtocol, by factor: UInt64, exponent: Int) -> Double? {
  guard decimalNumber(text) != nil else { return nil }
  let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
  guard let own = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
  let sign = parts[0].first == "-" ? "-" : ""
  let mantissa = parts[0].drop { $0 == "-" || $0 == "+" }
  let point = mantissa.firstIndex(of: ".")
  let decimals = point.map { mantissa.distance(from: $0, to: mantissa.endIndex) - 1 } ?? 0
  let digits = mantissa.compactMap(\.wholeNumberValue)
  let (shift, isTooLarge) = own.addingReportingOverflow(exponent - decimals)
  guard !isTooLarge else { return nil }
  let value = Double("\(sign)\(product(of: digits, and: factor))e\(shift)")
  return value.flatMap { $0.isFinite ? $0 : nil }
}

/// The product of decimal digits, the first the highest, and a number, as digits.
private func product(of digits: [Int], and factor: UInt64) -> String {
  var reversed: [UInt8] = []
  var carry = UInt64(0)
  for digit in digits.reversed() {
    // A factor is a unit's, at most 2^60 or so: nine times that and a carry of it fit.
    let sum = UInt64(digit) * factor + carry
    reversed.append(UInt8(ascii: "0") + UInt8(sum % 10))
    carry = sum / 10
  }
  while carry > 0 {
    reversed.append(UInt8(ascii: "0") + UInt8(carry % 10))
    carry /= 10
  }
  return String(decoding: reversed.reversed(), as: UTF8.self)
}
