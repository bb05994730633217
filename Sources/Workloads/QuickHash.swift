/// Mixes numbers into one that tells most values apart, for tables whose lookups would take longer to hash than to look.
///
/// It begins with another number in each process, and so may show nowhere.
package struct QuickHash {
  @usableFromInline var mixed: UInt64

  /// Nothing is mixed in yet.
  @inlinable package init() { mixed = QuickHash.seed }

  @usableFromInline static let seed = UInt64.random(in: .min ... .max)

  /// Mixes a number in; the golden ratio's digits spread what differs over the upper bits, and folding brings them down.
  @inlinable @inline(__always)
  package mutating func add(_ number: UInt64) {
    let product = (mixed ^ number).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    mixed = product.high ^ product.low
  }

  /// Mixes a number in.
  @inlinable @inline(__always)
  package mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

  /// Mixes a number in.
  @inlinable @inline(__always)
  package mutating func add(_ number: Double) { add(number.bitPattern) }

  /// The hash.
  @inlinable package var value: Int { Int(truncatingIfNeeded: mixed) }
}
