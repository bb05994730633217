import Synchronization

/// Values by a key, each made by whoever asks first.
///
/// A core that asks for what another is making waits for it.
package final class OnceCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// A value, once it has been made.
  private final class Place: Sendable {
    let value = Mutex<Value?>(nil)
  }

  private let places = Mutex<[Key: Place]>([:])
  private let limit: Int

  /// Nothing is kept yet.
  ///
  /// - Parameter limit: How many values are kept at most; beyond it all are made anew.
  package init(limit: Int = .max) { self.limit = limit }

  /// The value of a key; of a value whose making throws nothing is kept.
  package func value<Fault: Error>(of key: Key, make: () throws(Fault) -> Value) throws(Fault) -> Value {
    let place = places.withLock { places in
      if let known = places[key] { return known }
      if places.count >= limit { places = [:] }
      let new = Place()
      places[key] = new
      return new
    }
    return try place.value.withLock { value throws(Fault) in
      if let value { return value }
      let made = try make()
      value = made
      return made
    }
  }
}
