/// A number as people write it on a command line or in a table: decimal, finite, and nothing else around it.
///
///     decimalNumber("-2.5e3")  // -2500
///     decimalNumber("0x10")    // nil, as are "inf", "nan", " 1", "1_000" and "1e999"
///
/// - Parameter text: The number's text: a sign, digits with or without a point, and an exponent, of which only a digit is
///   needed.
/// - Returns: The number; nil for any other text.
package func decimalNumber(_ text: some StringProtocol) -> Double? {
  var rest = Substring(text).utf8[...]
  func skipSign() { if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() } }
  func skipDigits() -> Int {
    let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    rest.removeFirst(count)
    return count
  }
  skipSign()
  var digits = skipDigits()
  if rest.first == UInt8(ascii: ".") {
    rest.removeFirst()
    digits += skipDigits()
  }
  guard digits > 0 else { return nil }
  if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
    rest.removeFirst()
    skipSign()
    guard skipDigits() > 0 else { return nil }
  }
  guard rest.isEmpty, let number = Double(Substring(text)), number.isFinite else { return nil }
  return number
}
