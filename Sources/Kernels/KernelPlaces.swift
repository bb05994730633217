/// The kernels of an operation, as indices among those of a program: nearly always one, which so needs no array.
package struct KernelPlaces: Sendable, Hashable, RandomAccessCollection {
  @usableFromInline enum Form: Sendable, Hashable {
    case one(Int32)
    case several([Int32])
  }

  @usableFromInline let form: Form

  /// Some places.
  init(_ places: [Int32]) { form = places.count == 1 ? .one(places[0]) : .several(places) }

  /// One place.
  init(_ place: Int32) { form = .one(place) }

  /// The first index.
  @inlinable package var startIndex: Int { 0 }

  /// How many there are.
  @inlinable package var endIndex: Int {
    switch form {
    case .one: 1
    case .several(let places): places.count
    }
  }

  /// How many there are.
  @inlinable package var count: Int { endIndex }

  /// A place.
  @inlinable package subscript(index: Int) -> Int {
    switch form {
    case .one(let place):
      precondition(index == 0, "one kernel has no other")
      return Int(place)
    case .several(let places): return Int(places[index])
    }
  }
}
