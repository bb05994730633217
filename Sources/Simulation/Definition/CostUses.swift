/// How often each cost is used: never, from behind the last that is.
package struct CostUses: Sendable, Equatable {
  private var counts: [Double] = []

  /// None is used.
  init() {}

  /// How many costs there are up to the last that is used.
  package var count: Int { counts.count }

  /// Their indices.
  package var indices: Range<Int> { counts.indices }

  /// How often a cost is used.
  package subscript(cost: Int) -> Double { cost < counts.count ? counts[cost] : 0 }

  /// Uses a cost so often more.
  mutating func add(_ count: Double, to cost: Int) {
    if cost >= counts.count { grow(to: cost + 1) }
    counts[cost] += count
  }

  private mutating func grow(to count: Int) {
    if count > counts.capacity { counts.reserveCapacity(max(count, 2 * counts.capacity)) }
    while counts.count < count { counts.append(0) }
  }
}
