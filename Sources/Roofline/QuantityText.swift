/// The decimal prefixes that a unit is written with.
enum DecimalPrefixes {
  /// Only the bare unit: `0.25 FLOP/byte`.
  case none
  /// The bare unit and its multiples: `900 GB/s`.
  case upward
  /// The bare unit and its fractions: `12.3 µs`.
  case downward

  /// The prefixes and what one unit under them is worth, the smallest first.
  var scales: [(prefix: String, worth: Double)] {
    switch self {
    case .none: [("", 1)]
    case .upward: [("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18)]
    case .downward: [("p", 1e-12), ("n", 1e-9), ("µ", 1e-6), ("m", 1e-3), ("", 1)]
    }
  }
}

/// Writes a value to four significant digits under the prefix that leaves one to three digits before the point.
///
/// Values outside the range of the prefixes keep the nearest prefix: `0.5 B`, `7200 s`.
func prefixed(_ value: Double, unit: String, prefixes: DecimalPrefixes) -> String {
  guard value.isFinite else { return "\(value) \(unit)" }
  let scales = prefixes.scales
  guard value != 0 else { return "0 \(unit)" }
  let size = abs(value)
  // 999.95 would round to 1000 under its own prefix, so the next one takes over there.
  let fitting = scales.last { size >= 0.99995 * $0.worth } ?? scales[0]
  return "\(fourDigits(value / fitting.worth)) \(fitting.prefix)\(unit)"
}

/// Writes a number to four significant digits without trailing zeros; the shortest form outside 0.0001 to 10⁹.
private func fourDigits(_ number: Double) -> String {
  let size = abs(number)
  guard size >= 1e-4, size < 1e9 else { return "\(number)" }
  var decimals = 3
  var bound = 10.0
  while size >= bound - bound * 5e-5, decimals > 0 { (decimals, bound) = (decimals - 1, bound * 10) }
  bound = 1
  while size < bound - bound * 5e-5, decimals < 8 { (decimals, bound) = (decimals + 1, bound / 10) }
  return trimmed(number, decimals: decimals)
}

/// Writes a number with at most `decimals` digits after the point, dropping the zeros at their end.
private func trimmed(_ number: Double, decimals: Int) -> String {
  var (scale, places) = (1.0, decimals)
  for _ in 0..<decimals { scale *= 10 }
  var digits = Int64((abs(number) * scale).rounded())
  while places > 0, digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
  let sign = number < 0 && digits != 0 ? "-" : ""
  let text = String(digits)
  guard places > 0 else { return sign + text }
  let padded = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
  return sign + padded.dropLast(places) + "." + padded.suffix(places)
}
