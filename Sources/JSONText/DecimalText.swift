/// The value of a JSON number's text: significand x 10^exponent, held exactly while 19 digits suffice.
///
/// The significand has no trailing zeros, which makes the questions simple: the text denotes an integer just if the
/// exponent is not negative, and `1e3`, `1000` and `1000.0` are one value.
struct DecimalText {
  /// Whether a minus sign stands first.
  private(set) var isNegative = false

  /// The significant digits, from the first that is not zero to the last; meaningless unless `isExact`.
  private(set) var significand: UInt64 = 0

  /// The power of ten of the significand's last digit.
  private(set) var exponent = 0

  /// Whether the significand holds every significant digit: there are at most 19.
  private(set) var isExact = true

  /// Reads a text that is known to follow JSON's grammar of numbers.
  init(_ bytes: UnsafeRawBufferPointer) {
    var digits = 0
    var zeros = 0
    var index = 0
    var position = 0
    var lastNonzero = 0
    var integerDigits: Int?
    scan: while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): integerDigits = position
      case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
      case UInt8(ascii: "0"):
        zeros += 1
        position += 1
      default:
        digits = digits == 0 ? 1 : digits + zeros + 1
        append(byte &- UInt8(ascii: "0"), after: zeros, digits: digits)
        zeros = 0
        lastNonzero = position
        position += 1
      }
    }
    guard digits > 0 else { return }
    let written = writtenExponent(UnsafeRawBufferPointer(rebasing: bytes[index...]))
    exponent = written + (integerDigits ?? position) - 1 - lastNonzero
  }

  private mutating func append(_ digit: UInt8, after zeros: Int, digits: Int) {
    guard digits <= 19 else {
      isExact = false
      return
    }
    if digits > 1 { significand *= powerOfTen(zeros + 1) }
    significand += UInt64(digit)
  }

  /// The text as an `Int64`, or why it is none.
  var integer: ExactInteger {
    if exponent < 0 { return .fractional }
    guard isExact, exponent < 19 else { return .tooLarge }
    let (magnitude, overflow) = significand.multipliedReportingOverflow(by: powerOfTen(exponent))
    if overflow { return .tooLarge }
    guard magnitude <= (isNegative ? Int64.min.magnitude : Int64.max.magnitude) else { return .tooLarge }
    return .exact(Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude))
  }

  /// The nearest `Double`, ties to even, where 64-bit integer arithmetic finds it exactly; otherwise nil.
  ///
  /// That is the case for up to 19 digits and 19 decimals, which covers what people and profilers write.
  var double: Double? {
    guard isExact, exponent >= -19, exponent <= 19 else { return nil }
    let magnitude: Double
    if exponent < 0 {
      magnitude = quotient(significand, dividedBy: powerOfTen(-exponent))
    } else {
      let (product, overflow) = significand.multipliedReportingOverflow(by: powerOfTen(exponent))
      guard !overflow else { return nil }
      magnitude = Double(product)
    }
    return isNegative ? -magnitude : magnitude
  }
}

/// A number's text as an integer.
enum ExactInteger {
  /// The text denotes this integer.
  case exact(Int64)
  /// The text denotes an integer that `Int64` cannot hold.
  case tooLarge
  /// The text denotes no integer.
  case fractional
}

/// The value of a number's text, correctly rounded; infinite if it is too large.
func doubleValue(ofNumber bytes: UnsafeRawBufferPointer) -> Double {
  DecimalText(bytes).double ?? Double(String(decoding: bytes, as: UTF8.self)) ?? .nan
}

/// 10^`exponent`, for exponents from 0 to 19.
private func powerOfTen(_ exponent: Int) -> UInt64 {
  var power: UInt64 = 1
  for _ in 0..<exponent { power &*= 10 }
  return power
}

/// `dividend / divisor` rounded once: 63 or more bits of quotient, the rest folded into the last one ("sticky"), then
/// the conversion to `Double` rounds as IEEE 754 says, and scaling by a power of two changes no digit.
private func quotient(_ dividend: UInt64, dividedBy divisor: UInt64) -> Double {
  guard dividend != 0 else { return 0 }
  let dividendShift = dividend.leadingZeroBitCount
  let divisorShift = divisor.leadingZeroBitCount
  let high = dividend << dividendShift
  let (bits, remainder) = (divisor << divisorShift).dividingFullWidth((high >> 1, high << 63))
  let significand = Double(remainder == 0 ? bits : bits | 1)
  return Double(sign: .plus, exponent: divisorShift - dividendShift - 63, significand: significand)
}

/// The digits after `e`, with their sign; limited to where any number is infinite or zero.
private func writtenExponent(_ bytes: UnsafeRawBufferPointer) -> Int {
  let limit = 1 << 40
  var value = 0
  for byte in bytes where byte >= UInt8(ascii: "0") {
    value = min(limit, value * 10 + Int(byte - UInt8(ascii: "0")))
  }
  return bytes.first == UInt8(ascii: "-") ? -value : value
}
