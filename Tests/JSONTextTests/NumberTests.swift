import JSONText
import TestSupport
import Testing

@Suite struct NumberTests {
  func number(_ text: String) throws -> JSONNumber {
    guard case .number(let number) = try cursor(text).value.content else { throw JSONFault.unreachable }
    return number
  }

  @Test(arguments: [
    "0", "-0", "0.0", "-0.0e5", "1", "-1", "0.1", "0.3", "1e22", "1e23", "9007199254740993", "9007199254740992.5",
    "123456789012345678", "1234567890123456789", "12345678901234567890", "0.000001", "1e-19", "1e-20", "1e-400",
    "2.2250738585072014e-308", "4.9e-324", "1.7976931348623157e308", "5418093453.123", "1695926142463157.123",
    "1.00000000000000000000000000000001", "1000000000000000000000000", "18446744073709551615", "0.30000000000000004",
    "9223372036854775807.5", "1e0", "1E+2", "1e-2", "100e-2", "4503599627370497.5", "4503599627370498.5",
  ])
  func doublesAreCorrectlyRounded(_ text: String) throws {
    let double = try number(text).double
    #expect(double == Double(text))
    #expect(double.sign == Double(text)?.sign)
  }

  @Test func randomDecimalsAreCorrectlyRounded() throws {
    var random = SeededGenerator(seed: 20260101)
    for _ in 0..<20_000 {
      let digits = UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
      var text = String(digits)
      let decimals = Int.random(in: 0...22, using: &random)
      if decimals < text.count, decimals > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -decimals)) }
      if Bool.random(using: &random) { text += "e\(Int.random(in: -30...30, using: &random))" }
      let double = try number(text).double
      #expect(double == Double(text), "\(text)")
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("0e99999999999999999999", 0), ("1e3", 1000), ("1.0", 1), ("100e-2", 1), ("12.50e1", 125),
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("1e18", 1_000_000_000_000_000_000),
      ("1e19", nil), ("0.5", nil), ("1e-1", nil), ("1.5e0", nil),
      ("10000000000000000000000e-20", 100), ("0.00000000000000000000001e23", 1),
    ] as [(String, Int64?)])
  func integersAreExact(_ text: String, _ expected: Int64?) throws {
    #expect(try number(text).integer == expected)
  }

  @Test func tooSmallIsZeroAndTooLargeIsAFault() throws {
    #expect(try number("1e-99999999999999999999").double == 0)
    #expect(fault { () throws(JSONFault) in _ = try JSONDocument(bytes: Array("1e99999".utf8), file: "") } != nil)
  }

  @Test func theTextIsKept() throws {
    #expect(try number("1.50e+02").text == "1.50e+02")
  }
}
