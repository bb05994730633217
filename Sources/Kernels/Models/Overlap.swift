#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How far two things that a kernel does at once hide one another.
///
/// Together they take (a^p + b^p)^(1/p): their sum for an exponent of one, the longer of them for an infinite one.
struct Overlap: Sendable, Equatable {
  /// The exponent, from one to infinity.
  let exponent: Double

  /// Seconds that both take together.
  func seconds(_ one: Double, _ other: Double) -> Double {
    let longer = max(one, other)
    guard exponent < .infinity, longer > 0, longer < .infinity else { return longer }
    return longer * pow(1 + pow(min(one, other) / longer, exponent), 1 / exponent)
  }

  /// The part of that which is the first's: what the whole shrinks by, for each part that the first does.
  ///
  /// These parts of both sum to the whole, since twice of both takes twice as long. Where one hides the other, the longer is
  /// all of it; the first, if they are equal.
  func share(of one: Double, beside other: Double) -> Double {
    share(of: one, beside: other, together: seconds(one, other))
  }

  /// The same where it is known what both take together.
  func share(of one: Double, beside other: Double, together both: Double) -> Double {
    guard exponent < .infinity else { return one >= other ? one : 0 }
    guard one > 0 else { return 0 }
    return both / (1 + pow(other / one, exponent))
  }
}
