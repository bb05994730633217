import JSONText

/// The unit that a recording counts its stamps in.
enum StampUnit: Sendable {
  /// Microseconds, whole or with a fraction: what the format says.
  case microsecond
  /// Nanoseconds, which some tools write in its place.
  case nanosecond

  /// The unit by a recording's first stamp: a clock that counts microseconds does not reach this far before the year 5000.
  init(firstStamp: Double) { self = abs(firstStamp) >= 1e17 ? .nanosecond : .microsecond }
}

extension JSONPullParser {
  /// A stamp or duration in whole nanoseconds, ties away from zero; nil beyond what 64 bits hold.
  ///
  /// Stamps of a wall clock have 16 digits before the point and up to 3 behind it: more than a `Double` keeps.
  func nanoseconds(_ range: JSONNumberRange, unit: StampUnit) -> Int64? {
    let kept = unit == .microsecond ? 3 : 0
    var value: Int64 = 0
    var index = range.start
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var decimals = -1
    var roundsUp = false
    while index < range.end {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: ".") {
        decimals = 0
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return scientific(range, unit) }
      if decimals >= kept {
        if decimals == kept { roundsUp = byte >= UInt8(ascii: "5") }
        decimals += 1
        continue
      }
      guard value < Int64.max / 10 - 1 else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      if decimals >= 0 { decimals += 1 }
    }
    var missing = kept - max(decimals, 0)
    while missing > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
      missing -= 1
    }
    if roundsUp { value += 1 }
    return isNegative ? -value : value
  }

  /// A number with an exponent.
  private func scientific(_ range: JSONNumberRange, _ unit: StampUnit) -> Int64? {
    guard let value = try? double(of: range) else { return nil }
    let nanoseconds = (unit == .microsecond ? value * 1000 : value).rounded()
    return abs(nanoseconds) < 0x1p62 ? Int64(nanoseconds) : nil
  }
}
