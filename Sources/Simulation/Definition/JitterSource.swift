#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import Profiles
import Roofline

/// Draws a host's costs as they scatter, one after the other in the order in which the host spends them.
///
/// The order is that of the program, whatever the device does: the same seed gives the same costs on any machine and any
/// number of threads.
package struct JitterSource: Sendable {
  /// No cost takes more than so many times as long: a sum of many stays on the clock.
  static let longest = 64.0

  private let jitter: HostJitter
  private var random: RandomSource

  /// The draws of a seed, for one host among many.
  package init(_ jitter: HostJitter, seed: UInt64, rank: UInt64 = 0) {
    self.jitter = jitter
    random = RandomSource(seed: seed, stream: rank)
  }

  /// How much longer a cost takes than it does on the whole; less than nothing where it takes shorter.
  mutating func excess(of duration: Picoseconds) -> Picoseconds {
    guard duration > 0 else { return .zero }
    var factor = exp(jitter.deviation * random.normal())
    if random.uniform() < jitter.stallProbability { factor -= jitter.stallMean * log(1 - random.uniform()) }
    let scattered = Double(duration.count) * min(factor, Self.longest)
    return Picoseconds(Int64(scattered.rounded())) - duration
  }
}
