#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Random numbers that a seed determines: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
package struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The numbers of a seed and of one stream among many: draws made in any order, on any core, are the same draws.
  package init(seed: UInt64, stream: UInt64 = 0) {
    var mixer = RandomSource(state: seed)
    state = mixer.next() ^ (stream &* 0x9E37_79B9_7F4A_7C15)
    state = next()
  }

  private init(state: UInt64) { self.state = state }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from 0 up to but not including 1, every one alike.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of the standard normal distribution, by Box and Muller.
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }
}
