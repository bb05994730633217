/// A table of a length that stays, whose elements are read and written where they lie.
///
/// An array asks at each write whether anybody shares it, which takes a call into the runtime: a third of what an event of a
/// simulated system takes. This table asks once, when its owner is about to write a lot: with ``makeUnique()``. All that is
/// unsafe about it stands in this file. An index is checked against the length at each access.
///
/// - Important: A copy shares the elements of the original until one of the two is made unique. Whoever writes to a table that
///   may have been copied calls ``makeUnique()`` before.
struct FixedTable<Element: Sendable>: @unchecked Sendable {
  /// What owns the memory: it is given back with the last table that shares it.
  final class Storage {
    let elements: UnsafeMutableBufferPointer<Element>

    init(_ elements: UnsafeMutableBufferPointer<Element>) { self.elements = elements }

    deinit {
      elements.deinitialize()
      elements.deallocate()
    }
  }

  var storage: Storage
  var base: UnsafeMutablePointer<Element>

  /// How many elements there are.
  let count: Int

  /// A table of elements.
  init(_ elements: some Collection<Element>) {
    count = elements.count
    // One place at least, so that there is an address.
    base = .allocate(capacity: max(1, count))
    let used = UnsafeMutableBufferPointer(start: base, count: count)
    _ = used.initialize(fromContentsOf: elements)
    storage = Storage(used)
  }

  /// An element by its index, where it lies.
  subscript(index: Int) -> Element {
    @inline(__always)
    unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "an index of the table")
      return UnsafePointer(base + index)
    }
    @inline(__always)
    nonmutating unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "an index of the table")
      return base + index
    }
  }

  /// The indices of all elements.
  var indices: Range<Int> { 0..<count }

  /// Copies the elements if another table shares them.
  mutating func makeUnique() {
    if isKnownUniquelyReferenced(&storage) { return }
    self = FixedTable(storage.elements)
  }
}
