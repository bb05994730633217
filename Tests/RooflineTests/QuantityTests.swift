import Roofline
import Testing

@Suite("Quantities with units")
struct QuantityTests {
  @Test("A unit-named initializer means its decimal multiple of the base unit")
  func prefixesAreDecimal() {
    #expect(FLOPs(giga: 2).value == 2e9)
    #expect(FLOPs(tera: 2).value == 2e12)
    #expect(Bytes(kilobytes: 2).value == 2e3)
    #expect(Bytes(megabytes: 2).value == 2e6)
    #expect(Bytes(gigabytes: 2).value == 2e9)
    #expect(Seconds(milliseconds: 2).value == 2e-3)
    #expect(Seconds(microseconds: 2).value == 2e-6)
    #expect(Seconds(nanoseconds: 2).value == 2e-9)
    #expect(Seconds(picoseconds: 2).value == 2e-12)
    #expect(FLOPsPerSecond(gigaflops: 2).value == 2e9)
    #expect(FLOPsPerSecond(teraflops: 2).value == 2e12)
    #expect(FLOPsPerSecond(petaflops: 2).value == 2e15)
    #expect(BytesPerSecond(gigabytesPerSecond: 2).value == 2e9)
    #expect(BytesPerSecond(terabytesPerSecond: 2).value == 2e12)
  }

  @Test("An accessor gives back the number that its initializer took", arguments: [0, 1, 15.7, 312, 989.4, 1e6])
  func accessorsInvertInitializers(number: Double) {
    #expect(FLOPs(giga: number).giga == number)
    #expect(FLOPs(tera: number).tera == number)
    #expect(Bytes(kilobytes: number).kilobytes == number)
    #expect(Bytes(megabytes: number).megabytes == number)
    #expect(Bytes(gigabytes: number).gigabytes == number)
    #expect(Seconds(milliseconds: number).milliseconds.isWithinRounding(of: number))
    #expect(Seconds(microseconds: number).microseconds.isWithinRounding(of: number))
    #expect(Seconds(nanoseconds: number).nanoseconds.isWithinRounding(of: number))
    #expect(Seconds(picoseconds: number).picoseconds.isWithinRounding(of: number))
    #expect(FLOPsPerSecond(gigaflops: number).gigaflops == number)
    #expect(FLOPsPerSecond(teraflops: number).teraflops == number)
    #expect(FLOPsPerSecond(petaflops: number).petaflops == number)
    #expect(BytesPerSecond(gigabytesPerSecond: number).gigabytesPerSecond == number)
    #expect(BytesPerSecond(terabytesPerSecond: number).terabytesPerSecond == number)
  }

  @Test("Quantities of one unit add, scale, compare and divide like numbers")
  func arithmeticWithinAUnit() {
    var total = Bytes(300)
    total += Bytes(200)
    #expect(total == Bytes(500))
    total -= Bytes(600)
    #expect(total == Bytes(-100), "a difference may be negative")
    #expect(2 * Seconds(3) == Seconds(3) * 2)
    #expect(Seconds(3) / 2 == Seconds(1.5))
    #expect(Bytes(300) / Bytes(200) == 1.5)
    #expect(max(FLOPs(1), FLOPs(2)) == FLOPs(2))
    #expect(Set([FLOPs(0), FLOPs(-0.0), FLOPs.zero]).count == 1)
  }

  @Test("Each product has the unit that its factors make, and dividing undoes it")
  func arithmeticAcrossUnits() {
    let time = Seconds(4)
    #expect(FLOPs(20) / FLOPsPerSecond(5) == time)
    #expect(FLOPs(20) / time == FLOPsPerSecond(5))
    #expect(FLOPsPerSecond(5) * time == FLOPs(20))
    #expect(time * FLOPsPerSecond(5) == FLOPs(20))
    #expect(Bytes(8) / BytesPerSecond(2) == time)
    #expect(Bytes(8) / time == BytesPerSecond(2))
    #expect(BytesPerSecond(2) * time == Bytes(8))
    #expect(time * BytesPerSecond(2) == Bytes(8))

    let intensity = ArithmeticIntensity(2.5)
    #expect(FLOPs(20) / Bytes(8) == intensity)
    #expect(intensity * Bytes(8) == FLOPs(20))
    #expect(Bytes(8) * intensity == FLOPs(20))
    #expect(FLOPs(20) / intensity == Bytes(8))
    #expect(intensity * BytesPerSecond(2) == FLOPsPerSecond(5))
    #expect(BytesPerSecond(2) * intensity == FLOPsPerSecond(5))
    #expect(FLOPsPerSecond(5) / BytesPerSecond(2) == intensity)
    #expect(FLOPsPerSecond(5) / intensity == BytesPerSecond(2))
  }

  @Test("Every kernel has an intensity: a copy, pure arithmetic, and one that does nothing")
  func intensityOfDegenerateKernels() {
    #expect(FLOPs(0) / Bytes(8) == ArithmeticIntensity(0))
    #expect(FLOPs(8) / Bytes(0) == ArithmeticIntensity(.infinity))
    #expect(FLOPs(0) / Bytes(0) == ArithmeticIntensity(0))
  }

  @Test("NaN is refused where it would enter")
  func nanIsRefused() async {
    await #expect(processExitsWith: .failure) { _ = Seconds(.nan) }
    await #expect(processExitsWith: .failure) { _ = Seconds(.infinity) - Seconds(.infinity) }
  }

  static let descriptions: [(any Quantity, String)] = [
    (FLOPsPerSecond(teraflops: 15.7), "15.7 TFLOP/s"),
    (FLOPsPerSecond(petaflops: 1.9794), "1.979 PFLOP/s"),
    (BytesPerSecond(gigabytesPerSecond: 900), "900 GB/s"),
    (BytesPerSecond(gigabytesPerSecond: 3_350), "3.35 TB/s"),
    (Bytes(0.5), "0.5 B"),
    (Bytes(1_572_864), "1.573 MB"),
    (FLOPs(150_994_944), "151 MFLOP"),
    (FLOPs(999.94), "999.9 FLOP"),
    (FLOPs(999.96), "1 kFLOP"),
    (FLOPs(-1_500), "-1.5 kFLOP"),
    (Seconds(0), "0 s"),
    (Seconds(microseconds: 12.3), "12.3 µs"),
    (Seconds(milliseconds: 1.24), "1.24 ms"),
    (Seconds(7_200), "7200 s"),
    (Seconds(picoseconds: 0.25), "0.25 ps"),
    (ArithmeticIntensity(15_700.0 / 900), "17.44 FLOP/byte"),
    (ArithmeticIntensity(0.083_333_333), "0.08333 FLOP/byte"),
    (ArithmeticIntensity(.infinity), "inf FLOP/byte"),
  ]

  @Test("A description has four significant digits and a fitting prefix", arguments: descriptions)
  func describes(quantity: any Quantity, text: String) {
    #expect(quantity.description == text)
  }
}
