import Testing

@testable import Charts

struct ScaleTests {
  @Test("A logarithmic scale gives equal ratios equal lengths")
  func ratios() {
    let scale = Scale.logarithmic(covering: [1, 1000], margin: 1)
    #expect(abs(scale.fraction(of: 10) - 1.0 / 3) < 1e-12)
    #expect(abs(scale.fraction(of: 100) - 2.0 / 3) < 1e-12)
    #expect(scale.ticks(atMost: 5).map(\.label) == ["1", "10", "100", "1,000"])
  }

  @Test("A linear scale shows zero and ends on ticks")
  func zero() {
    let scale = Scale.linear(covering: [3, 9.01])
    #expect(scale.domain == 0...10)
    #expect(scale.ticks(atMost: 6).map(\.label) == ["0", "2", "4", "6", "8", "10"])
  }

  @Test("One value of more than three times the next goes on beyond the axis, and none does that is not alone")
  func outliers() {
    #expect(Scale.linear(coveringMost: [94, 22, 12, 6]).domain == 0...30)
    #expect(Scale.linear(coveringMost: [60, 22, 12, 6]).domain.upperBound >= 60)
    #expect(Scale.linear(coveringMost: [94, 90, 1]).domain.upperBound >= 94)
    #expect(Scale.linear(coveringMost: [94, 1]).domain.upperBound >= 94, "two bars are a comparison")
  }

  @Test("Whatever is shown, positions stay on the axis", arguments: [Scale.Kind.linear, .logarithmic])
  func bounded(kind: Scale.Kind) {
    for values in [[], [0], [5], [-3, 7], [1e-12, 1e15], [.nan, .infinity, 2]] as [[Double]] {
      let scale: Scale = kind == .linear ? .linear(covering: values) : .logarithmic(covering: values)
      for value in values + [0, -1, 1e300, .nan] { #expect((0...1).contains(scale.fraction(of: value))) }
      #expect(scale.ticks(atMost: 8).count < 20)
    }
  }

  @Test(
    "Decimals are written exactly",
    arguments: [(5, -2, "0.05"), (20, 0, "20"), (1500, 0, "1,500"), (2, 9, "2e9"), (-125, -1, "-12.5"), (0, 3, "0")])
  func decimals(mantissa: Int, exponent: Int, text: String) {
    #expect(decimalText(mantissa: mantissa, exponent: exponent) == text)
  }
}
