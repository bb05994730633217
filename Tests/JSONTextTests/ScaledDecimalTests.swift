import JSONText
import Testing

@Suite("A number in another unit") struct ScaledDecimalTests {
  /// The product of decimals is exact, however the factors would round: 0.1 x 3 is not 0.30000000000000004.
  @Test(arguments: [
    ("3.35", UInt64(1), 3, 3350), ("0.1", 3, 0, 0.3), ("80", 1 << 30, -9, 85.89934592), ("1.98", 1, -3, 0.00198),
    ("-2.5e3", 2, -3, -5), ("1e-3", 1, 6, 1000), (".5", 125, -3, 0.0625), ("7.", 1, 0, 7), ("0", 1 << 40, 9, 0),
    ("123456789.123456789", 1, -9, 0.123456789123456789),
  ])
  func `is the nearest double of the decimal product`(text: String, factor: UInt64, exponent: Int, value: Double) {
    #expect(scaledDecimal(text, by: factor, exponent: exponent) == value)
  }

  @Test(arguments: ["", "x", "1x", "0x10", "inf", "nan", "1e999", "--1"])
  func `is none where the text is none`(text: String) {
    #expect(scaledDecimal(text, by: 1, exponent: 3) == nil)
  }

  @Test func `is none where it is too large`() {
    #expect(scaledDecimal("1e300", by: 1, exponent: 12) == nil)
  }
}
