/// Finds values in an array by their hashes, without a second copy of each.
///
/// A dictionary holds its keys: of a hundred thousand kernels of three hundred bytes that is more than everything else.
package struct PlaceTable: Sendable {
  /// The values' hashes, in the order of the array.
  private var hashes: [UInt32] = []
  /// Places in the array, each in the first free slot from that of its hash on; -1 for none.
  private var slots: [Int32] = []

  /// Nothing is known yet.
  package init() {}

  /// The place of a value; nil for one that is not in the array.
  ///
  /// - Parameters:
  ///   - hash: Its hash.
  ///   - isEqual: Whether it is that at a place.
  @inlinable package func place(hash: Int, where isEqual: (Int) -> Bool) -> Int? {
    var slot = firstSlot(hash)
    while let place = place(inSlot: slot, hash) {
      if place >= 0, isEqual(place) { return place }
      slot += 1
    }
    return nil
  }

  /// Takes note of the value that was put at the end of the array.
  ///
  /// - Parameter hash: Its hash.
  package mutating func append(hash: Int) {
    if hashes.count * 2 >= slots.count { grow() }
    hashes.append(UInt32(truncatingIfNeeded: hash))
    insert(hashes.count - 1)
  }

  @usableFromInline func firstSlot(_ hash: Int) -> Int { Int(UInt32(truncatingIfNeeded: hash)) }

  /// The place in a slot, or -1 where its value has another hash; nil where the slot is free.
  @usableFromInline func place(inSlot slot: Int, _ hash: Int) -> Int? {
    guard !slots.isEmpty else { return nil }
    let place = Int(slots[slot & (slots.count - 1)])
    guard place >= 0 else { return nil }
    return hashes[place] == UInt32(truncatingIfNeeded: hash) ? place : -1
  }

  private mutating func insert(_ place: Int) {
    var slot = Int(hashes[place]) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(place)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: max(16, slots.count * 2))
    for place in hashes.indices { insert(place) }
  }
}
