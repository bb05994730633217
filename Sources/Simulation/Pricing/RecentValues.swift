/// A few values that came last, with their indices: found by looking at each, which takes less than a hash where there are few
/// different ones.
struct RecentValues<Value: Equatable & Sendable>: Sendable {
  private static var limit: Int { 8 }

  private var values: [(value: Value, index: Int)] = []
  private var next = 0

  /// The index of a value; nil of one that is not among the last.
  @inline(__always)
  func index(of value: Value) -> Int? {
    for place in values.indices where values[place].value == value { return values[place].index }
    return nil
  }

  /// Takes up a value, in the place of the one that came first.
  mutating func append(_ value: Value, _ index: Int) {
    if values.count < Self.limit {
      values.append((value, index))
    } else {
      values[next] = (value, index)
      next = (next + 1) % Self.limit
    }
  }
}
