/// A first-in first-out queue that refuses an element beyond its bound.
///
/// A ring over one array that grows by doubling until the bound, so that a queue of depth 1,024 that never holds more
/// than four elements costs the memory of four.
@frozen
public struct BoundedQueue<Element: BitwiseCopyable & Sendable>: Sendable {
  /// The largest number of elements that the queue holds at once.
  public let bound: Int

  @usableFromInline var ring: ContiguousArray<Element> = []
  @usableFromInline var head = 0
  @usableFromInline var used = 0

  /// An empty queue.
  ///
  /// - Parameter bound: The largest number of elements held at once; at least 1.
  @inlinable
  public init(bound: Int) {
    precondition(bound >= 1, "a queue holds at least one element")
    self.bound = bound
  }

  /// The number of elements that wait.
  @inlinable
  public var count: Int { used }

  /// Whether one more element would be refused.
  @inlinable
  public var isFull: Bool { used == bound }

  /// The element that has waited longest, or nil when none waits.
  @inlinable
  public var first: Element? { used == 0 ? nil : ring[head] }

  /// An element by its place: 0 has waited longest.
  ///
  /// - Precondition: The place is below ``count``.
  @inlinable
  public subscript(place: Int) -> Element {
    get { ring[ringIndex(of: place)] }
    set { ring[ringIndex(of: place)] = newValue }
  }

  @inlinable
  func ringIndex(of place: Int) -> Int {
    precondition(place >= 0 && place < used, "a place in the queue holds an element")
    let index = head + place
    return index < ring.count ? index : index - ring.count
  }

  /// Adds an element at the end.
  ///
  /// - Returns: False, with nothing changed, when the queue is full.
  /// - Complexity: O(1) amortized.
  @inlinable
  public mutating func append(_ element: Element) -> Bool { append { element } }

  /// Adds an element at the end, which is made where it will lie.
  ///
  /// - Parameter make: What makes it; not called when the queue is full.
  /// - Returns: False, with nothing changed, when the queue is full.
  /// - Complexity: O(1) amortized.
  @inlinable
  @inline(__always)
  package mutating func append(_ make: () -> Element) -> Bool {
    guard used < bound else { return false }
    if used < ring.count {
      var tail = head + used
      if tail >= ring.count { tail -= ring.count }
      ring.withUnsafeMutableBufferPointer { $0[tail] = make() }
    } else {
      ring.append(make())
      if head > 0 { grow() }
    }
    used += 1
    return true
  }

  /// Takes out the element that has waited longest.
  ///
  /// - Complexity: O(1).
  @inlinable
  public mutating func popFirst() -> Element? {
    guard used > 0 else { return nil }
    let element = ring[head]
    removeFirst()
    return element
  }

  /// Leaves out the element that has waited longest, of which there is one.
  @inlinable
  @inline(__always)
  mutating func removeFirst() {
    head += 1
    if head == ring.count { head = 0 }
    used -= 1
  }

  /// Lays a ring out from index 0 that was full, behind whose end one more element has been put, and doubles it; the new
  /// places are filled with a copy of an element.
  @inline(never)
  @usableFromInline
  mutating func grow() {
    var wider = ContiguousArray<Element>()
    let capacity = min(bound, max(4, ring.count * 2))
    wider.reserveCapacity(capacity)
    wider.append(contentsOf: ring[head..<used])
    wider.append(contentsOf: ring[..<head])
    wider.append(ring[used])
    while wider.count < capacity { wider.append(ring[used]) }
    ring = wider
    head = 0
  }
}
