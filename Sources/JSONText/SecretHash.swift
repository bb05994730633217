/// A hash of texts from outside, such that nobody can write texts that collide.
///
/// It is another one in each process and may show nowhere: only the order in which texts come may.
package enum SecretHash {
  /// The value of a polynomial at a secret place, modulo the prime 2^61 - 1; its coefficients are the length and seven bytes
  /// each.
  ///
  /// Two texts of n words collide at n of the 2^61 places at most (Carter and Wegman, "Universal classes of hash functions",
  /// 1979), so that whoever does not know the place cannot write texts that do.
  package static func of(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let place = place
    var hash = UInt64(text.count)
    var index = 0
    while index &+ 8 <= text.count {
      let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      hash = times(hash &+ word & 0x00FF_FFFF_FFFF_FFFF, place)
      index &+= 7
    }
    var rest: UInt64 = 0
    while index < text.count {
      rest = rest << 8 | UInt64(text[index])
      index &+= 1
    }
    return times(hash &+ rest, place)
  }

  private static let prime: UInt64 = 1 << 61 - 1
  private static let place = UInt64.random(in: 1 << 32..<prime)

  /// A number of at most 62 bits times the secret place, modulo the prime.
  @inline(__always)
  private static func times(_ value: UInt64, _ place: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: place)
    let sum = (product.high << 3 | product.low >> 61) + product.low & prime
    return sum & prime + sum >> 61
  }
}
