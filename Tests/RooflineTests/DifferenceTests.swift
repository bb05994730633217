import Roofline
import Testing

@Suite("What differs between two quantities") struct DifferenceTests {
  @Test func `is told with both, and their ratio`() {
    #expect(FLOPs(giga: 1).difference(from: FLOPs(giga: 2)) == "found 1 GFLOP, expected 2 GFLOP: 0.5 times")
    #expect(Bytes(1).difference(from: .zero) == "found 1 B, expected 0 B")
    #expect(
      ArithmeticIntensity(.infinity).difference(from: ArithmeticIntensity(2))
        == "found inf FLOP/byte, expected 2 FLOP/byte")
  }

  @Test func `is nothing where they are alike, infinite ones too, and within a tolerance`() {
    #expect(Seconds(1).difference(from: Seconds(1)) == nil)
    #expect(ArithmeticIntensity(.infinity).difference(from: ArithmeticIntensity(.infinity)) == nil)
    #expect(Seconds(1 + 1e-13).difference(from: Seconds(1)) == nil)
    #expect(Seconds(1 + 1e-11).difference(from: Seconds(1)) != nil)
    #expect(Seconds(1.05).difference(from: Seconds(1), tolerance: 0.1) == nil)
  }
}
