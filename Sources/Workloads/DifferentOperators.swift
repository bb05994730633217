/// Operators, each of which is kept once however often it comes.
package struct DifferentOperators {
  /// The operators, in the order in which they first came.
  package private(set) var operators: BoundOperators
  private var places: PlaceTable

  /// None yet.
  ///
  /// - Parameter capacity: How many there may be before what holds them grows.
  package init(capacity: Int = 0) { self.init(nil, capacity: capacity) }

  /// None yet, of which plain ones are kept as their text has them.
  init(_ binding: PlainBinding?, capacity: Int) {
    operators = BoundOperators(binding)
    operators.reserveCapacity(capacity)
    places = PlaceTable(capacity: capacity)
  }

  /// Where in ``operators`` an operator stands; one that is new stands at the end.
  package mutating func index(of operation: Operator) -> Int {
    let hash = operation.quickHash
    if let known = places.place(hash: hash, where: { operators[$0] == operation }) { return known }
    operators.append(operation)
    places.append(hash: hash)
    return operators.count - 1
  }

  /// The same of a plain operator that the binding knows, with its ``Operator/quickHash``.
  mutating func index(ofPlain number: Int32, hash: Int) -> Int {
    if let known = places.place(hash: hash, where: { operators.isEqual($0, plain: number) }) { return known }
    operators.append(plain: number)
    places.append(hash: hash)
    return operators.count - 1
  }
}
