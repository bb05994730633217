import JSONText
import Roofline
import Testing

@Suite("Numbers as text")
struct NumberFormatTests {
  struct Fixed: Sendable {
    let value: Double
    let decimals: Int
    let text: String

    init(_ value: Double, _ decimals: Int, _ text: String) {
      self.value = value
      self.decimals = decimals
      self.text = text
    }
  }

  /// What C's `printf("%.*f")` writes, but for the sign of a negative zero.
  static let fixed = [
    Fixed(0, 0, "0"), Fixed(0, 2, "0.00"), Fixed(1, 3, "1.000"), Fixed(-1.5, 1, "-1.5"),
    // The Double nearest to 2.675 is 2.67499999999999982…, and to 1.005 is 1.00499999999999989…
    Fixed(2.675, 2, "2.67"), Fixed(1.005, 2, "1.00"),
    // The Double nearest to 0.15 is 0.1499999999999999944…, and to 0.35 is 0.3499999999999999778…
    Fixed(0.15, 1, "0.1"), Fixed(0.35, 1, "0.3"), Fixed(0.45, 1, "0.5"),  // 0.4500000000000000111…
    // Exact ties go to the even digit.
    Fixed(0.125, 2, "0.12"), Fixed(0.375, 2, "0.38"), Fixed(0.5, 0, "0"), Fixed(1.5, 0, "2"), Fixed(2.5, 0, "2"),
    Fixed(9.995, 2, "9.99"),  // 9.9949999999999992…
    Fixed(99.96, 1, "100.0"), Fixed(-0.004, 2, "0.00"), Fixed(-0.0, 1, "0.0"),
    Fixed(0.1, 15, "0.100000000000000"),
    Fixed(1e-300, 3, "0.000"), Fixed(.leastNonzeroMagnitude, 15, "0.000000000000000"),
    Fixed(9_007_199_254_740_994, 1, "9007199254740994.0"),  // 2^53 + 2
    Fixed(1e22, 2, "10000000000000000000000.00"),
    Fixed(1e23, 0, "99999999999999991611392"),  // the Double nearest to 10^23
    Fixed(1e40, 0, "1e+40"), Fixed(.infinity, 2, "inf"), Fixed(-.infinity, 2, "-inf"), Fixed(.nan, 2, "nan"),
  ]

  @Test("Fixed decimals round the exact value of the Double", arguments: fixed)
  func fixedDecimals(example: Fixed) {
    #expect(NumberFormat.fixed(example.value, decimals: example.decimals) == example.text)
  }

  @Test("Reading fixed decimals back is off by at most half a unit of the last", arguments: 0...6)
  func fixedRoundTrip(decimals: Int) throws {
    let unit = (0..<decimals).reduce(1.0) { unit, _ in unit / 10 }
    for step in 1...2_000 {
      let value = Double(step) * 0.377_1
      let read = try #require(Double(NumberFormat.fixed(value, decimals: decimals)))
      #expect(abs(read - value) <= unit * 0.500_001)
    }
  }

  @Test(
    "Significant digits count from the first that is not zero",
    arguments: [
      Fixed(1234.5, 3, "1230"), Fixed(0.012_345, 3, "0.0123"), Fixed(9.996, 3, "10.0"), Fixed(999.5, 3, "1000"),
      Fixed(-15.7, 2, "-16"), Fixed(0, 3, "0.00"), Fixed(1, 1, "1"), Fixed(100, 3, "100"), Fixed(0.1, 1, "0.1"),
      Fixed(0.000_000_1, 2, "0.00000010"), Fixed(1.5e-9, 3, "1.5e-09"), Fixed(123_456_789, 2, "120000000"),
      Fixed(.infinity, 3, "inf"),
    ])
  func significant(example: Fixed) {
    #expect(NumberFormat.significant(example.value, digits: example.decimals) == example.text)
  }

  @Test("Digits are set off in threes")
  func grouping() {
    #expect(NumberFormat.integer(0) == "0")
    #expect(NumberFormat.integer(999) == "999")
    #expect(NumberFormat.integer(-1_000) == "-1,000")
    #expect(NumberFormat.integer(1_234_567, grouping: .thin) == "1\u{202F}234\u{202F}567")
    #expect(NumberFormat.integer(1_234_567, grouping: .none) == "1234567")
    #expect(NumberFormat.integer(.min) == "-9,223,372,036,854,775,808")
    #expect(NumberFormat.fixed(-123_456.5, decimals: 1, grouping: .comma) == "-123,456.5")
    #expect(NumberFormat.fixed(1_000, decimals: 0, grouping: .comma) == "1,000")
    #expect(NumberFormat.significant(123_456, digits: 3, grouping: .comma) == "123,000")
  }

  @Test(
    "A fraction in percent is rounded once",
    arguments: [
      Fixed(0.4237, 1, "42.4%"), Fixed(0, 1, "0.0%"), Fixed(1, 0, "100%"), Fixed(-0.0512, 1, "-5.1%"),
      Fixed(1.5, 1, "150.0%"), Fixed(0.000_4, 1, "0.0%"), Fixed(0.999_6, 1, "100.0%"),
      // 0.285 is 0.284999999999999975…, yet 0.285 × 100 is 28.499999999999996 and 0.145 × 100 is 14.499999999999998.
      Fixed(0.285, 0, "28%"), Fixed(0.145, 0, "14%"),
    ])
  func percent(example: Fixed) {
    #expect(NumberFormat.percent(example.value, decimals: example.decimals) == example.text)
  }

  @Test(
    "Picoseconds are written in microseconds to the last one",
    arguments: [
      (1_234_567, "1.234567"), (0, "0"), (1, "0.000001"), (2_000_000, "2"), (2_500_000, "2.5"),
      (-1_000_001, "-1.000001"), (-10, "-0.00001"), (Int64.max, "9223372036854.775807"),
      (Int64.min, "-9223372036854.775808"),
    ] as [(Int64, String)])
  func microseconds(picoseconds: Int64, text: String) {
    #expect(NumberFormat.microseconds(picoseconds: picoseconds) == text)
  }

  @Test(
    "A time has a fitting prefix, chosen after rounding",
    arguments: [
      (0, "0 s"), (1, "1.00 ps"), (999, "999 ps"), (1_000, "1.00 ns"), (12_345_678, "12.3 µs"), (12_350_000, "12.4 µs"),
      (1_240_000_000, "1.24 ms"), (999_499_999, "999 µs"), (999_500_000, "1.00 ms"), (-7_250_000_000, "-7.25 ms"),
      (1_500_000_000_000, "1.50 s"), (7_200_000_000_000_000, "7200 s"), (Int64.max, "9220000 s"),
    ] as [(Int64, String)])
  func times(picoseconds: Int64, text: String) {
    #expect(NumberFormat.time(picoseconds: picoseconds) == text)
  }

  @Test("Seconds as a Double read like the same time in picoseconds")
  func timesAgree() {
    for picoseconds in [1, 999, 1_234, 56_789, 999_400, 12_345_678, 7_250_000_000, 1_234_567_890_123] as [Int64] {
      let seconds = Double(picoseconds) / 1e12
      for digits in 3...6 {
        #expect(
          NumberFormat.time(seconds: seconds, digits: digits)
            == NumberFormat.time(picoseconds: picoseconds, digits: digits))
      }
    }
    #expect(NumberFormat.time(seconds: 0.000_999_96) == "1.00 ms")
    #expect(NumberFormat.time(seconds: 0.25e-12) == "0.250 ps")
    #expect(NumberFormat.time(seconds: .infinity) == "inf s")
    #expect(NumberFormat.time(seconds: -0.007_25) == "-7.25 ms")
  }
}
