/// Finds values in an array by their hashes, without a second copy of each.
///
/// A dictionary holds its keys: of a hundred thousand kernels of three hundred bytes that is more than everything else.
package struct PlaceTable: Sendable {
  /// Places in the array, each in the first free slot from that of its hash on: in the upper half the hash, in the lower one
  /// more than the place, and 0 for none.
  ///
  /// What is looked for is mostly found with one look at memory.
  @usableFromInline var slots: [UInt64] = []

  /// How many values there are.
  package private(set) var count = 0

  /// Nothing is known yet.
  ///
  /// - Parameter capacity: How many values there may be before the table grows.
  package init(capacity: Int = 0) {
    guard capacity > 0 else { return }
    var count = 16
    while count < 2 * capacity { count *= 2 }
    slots = [UInt64](repeating: 0, count: count)
  }

  /// Looks for a value; nil for one that is not in the array.
  ///
  /// - Parameters:
  ///   - hash: Its hash.
  ///   - isEqual: Whether it is that at a place.
  /// - Returns: The place.
  @inlinable package func place(hash: Int, where isEqual: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty else { return nil }
    let short = UInt64(UInt32(truncatingIfNeeded: hash))
    var slot = Int(short) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] >> 32 == short {
        let place = Int(slots[slot] & 0xFFFF_FFFF) - 1
        if isEqual(place) { return place }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Takes note of the value that was put at the end of the array.
  ///
  /// - Parameter hash: Its hash.
  package mutating func append(hash: Int) {
    if (count + 1) * 2 > slots.count { grow() }
    count += 1
    insert(UInt64(UInt32(truncatingIfNeeded: hash)) << 32 | UInt64(count))
  }

  private mutating func insert(_ entry: UInt64) {
    var slot = Int(entry >> 32) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = entry
  }

  private mutating func grow() {
    let entries = slots
    slots = [UInt64](repeating: 0, count: max(16, entries.count * 2))
    for entry in entries where entry != 0 { insert(entry) }
  }
}
