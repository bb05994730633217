#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The logarithm to base ten.
func decimalLogarithm(_ value: Double) -> Double { log10(value) }

/// Ten to a whole power, exact as far as `Double` is.
func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

/// A coordinate as SVG takes it: one decimal, no more digits than needed.
func coordinate(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let tenths = Int((min(max(value, -1e9), 1e9) * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
  return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
}

/// `mantissa` times ten to the power of `exponent`, as a person writes it: `0.05`, `20`, `1,500`, `2e9`.
func decimalText(mantissa: Int, exponent: Int) -> String {
  if mantissa == 0 { return "0" }
  let sign = mantissa < 0 ? "-" : ""
  var digits = String(mantissa.magnitude)
  var exponent = exponent
  while digits.last == "0" {
    digits.removeLast()
    exponent += 1
  }
  if exponent >= 0 {
    if digits.count + exponent > 7 { return "\(sign)\(digits)e\(exponent)" }
    digits += String(repeating: "0", count: exponent)
    return sign + grouped(digits)
  }
  let decimals = -exponent
  if decimals > 6 { return "\(sign)\(digits)e\(exponent)" }
  if digits.count <= decimals {
    return sign + "0." + String(repeating: "0", count: decimals - digits.count) + digits
  }
  return sign + grouped(String(digits.dropLast(decimals))) + "." + digits.suffix(decimals)
}

private func grouped(_ digits: String) -> String {
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}
