import JSONText
import Testing

@Suite("A number as people write it") struct DecimalNumberTests {
  @Test(
    arguments: [
      ("1", 1), ("-2.5e3", -2500), ("+0.5", 0.5), (".5", 0.5), ("5.", 5), ("1E-2", 0.01), ("007", 7), ("-0", 0),
    ] as [(String, Double)])
  func `is decimal`(text: String, number: Double) {
    #expect(decimalNumber(text) == number)
  }

  @Test(arguments: [
    "", " ", "1 ", " 1", "0x10", "0x1p4", "inf", "-infinity", "nan", "1_000", "1,5", "1e", "e5", ".", "-", "+-1",
    "1e999",
    "1.2.3", "1\u{0}", "١", "1f",
  ])
  func `is nothing else`(text: String) {
    #expect(decimalNumber(text) == nil)
  }
}
