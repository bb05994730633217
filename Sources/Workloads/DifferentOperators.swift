/// Operators, each of which is kept once however often it comes.
package struct DifferentOperators {
  /// The operators, in the order in which they first came.
  package private(set) var operators: [Operator] = []
  private var places: PlaceTable

  /// None yet.
  ///
  /// - Parameter capacity: How many there may be before what holds them grows.
  package init(capacity: Int = 0) {
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
}
