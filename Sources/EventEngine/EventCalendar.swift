import Roofline

/// The events that are still to happen, earliest first.
///
/// Events at one instant come out in the order in which they were scheduled: first in, first out is a promise of this
/// type, not an accident, and models may rest on it. It is kept by a sequence number that breaks every tie.
///
/// The earliest event stands alone, in front of a binary heap of the others: `schedule` and `next` cost O(log n)
/// comparisons for n pending events. A simulated system has few of them, often one or two (one for the host and one or
/// two for each stream), so mostly the heap holds nothing that would have to be sifted.
@frozen
public struct EventCalendar<Event: BitwiseCopyable & Sendable>: PendingEvents {
  @frozen
  @usableFromInline
  struct Entry: Sendable {
    @usableFromInline var time: Picoseconds
    @usableFromInline var sequence: UInt64
    @usableFromInline var event: Event

    @inlinable
    init(time: Picoseconds, sequence: UInt64, event: Event) {
      self.time = time
      self.sequence = sequence
      self.event = event
    }

    @inlinable
    func precedes(_ other: Entry) -> Bool {
      time < other.time || (time == other.time && sequence < other.sequence)
    }
  }

  @usableFromInline var front: Entry?
  @usableFromInline var heap: ContiguousArray<Entry> = []
  @usableFromInline var nextSequence: UInt64 = 0

  /// The time of the event that was taken out last; no event may be scheduled before it.
  @inlinable
  public var now: Picoseconds { clock }

  @usableFromInline var clock: Picoseconds = 0

  /// An empty calendar whose clock stands at zero.
  @inlinable
  public init() {
    heap.reserveCapacity(64)
  }

  /// The number of events that are still to happen.
  @inlinable
  public var count: Int { front == nil ? 0 : heap.count + 1 }

  /// Adds an event.
  ///
  /// - Parameters:
  ///   - event: What is to happen.
  ///   - time: When; not before ``now``, since the past cannot be changed.
  /// - Complexity: O(log n) for n pending events.
  @inlinable
  public mutating func schedule(_ event: Event, at time: Picoseconds) {
    precondition(time >= now, "an event cannot be scheduled in the past")
    var entry = Entry(time: time, sequence: nextSequence, event: event)
    nextSequence += 1
    guard let earliest = front else {
      front = entry
      return
    }
    // The new entry is the last in sequence, so it goes in front of an earlier time only.
    if time < earliest.time {
      front = entry
      entry = earliest
    }
    heap.append(entry)
    if heap.count > 1 { siftUp(from: heap.count - 1) }
  }

  /// Takes a place among the events of one moment for an event whose moment is not known yet, behind those scheduled so far.
  @inlinable
  package mutating func reservePlace() -> UInt64 {
    nextSequence += 1
    return nextSequence - 1
  }

  /// Adds an event at a place that was taken for it.
  ///
  /// - Parameters:
  ///   - event: What is to happen.
  ///   - time: When; not before ``now``.
  ///   - place: What ``reservePlace()`` returned, once.
  /// - Complexity: O(log n) for n pending events.
  @inlinable
  package mutating func schedule(_ event: Event, at time: Picoseconds, inPlace place: UInt64) {
    precondition(time >= now, "an event cannot be scheduled in the past")
    var entry = Entry(time: time, sequence: place, event: event)
    guard let earliest = front else {
      front = entry
      return
    }
    if entry.precedes(earliest) {
      front = entry
      entry = earliest
    }
    heap.append(entry)
    siftUp(from: heap.count - 1)
  }

  /// Takes out the earliest event and moves the clock to it.
  ///
  /// - Returns: The event and its time, or nil when nothing is left to happen.
  /// - Complexity: O(log n) for n pending events.
  @inlinable
  public mutating func next() -> (event: Event, time: Picoseconds)? {
    guard let earliest = front else { return nil }
    front = heap.popLast()
    if let last = front, let first = heap.first {
      front = first
      heap[0] = last
      if heap.count > 1 { siftDown(from: 0) }
    }
    clock = earliest.time
    return (earliest.event, earliest.time)
  }

  /// The time of the earliest event, or nil when nothing is left to happen.
  @inlinable
  public var nextTime: Picoseconds? { front?.time }

  /// What is still to happen, in the order in which it will.
  ///
  /// - Complexity: O(n log n) for n pending events.
  public var pending: [(event: Event, time: Picoseconds)] {
    guard let front else { return [] }
    var entries = Array(heap)
    entries.append(front)
    return entries.sorted { $0.precedes($1) }.map { ($0.event, $0.time) }
  }

  /// Moves the clock and everything that is still to happen to a later time, in the same order.
  ///
  /// - Parameter time: By how much; not negative.
  /// - Complexity: O(n) for n pending events.
  public mutating func advance(by time: Picoseconds) {
    precondition(time >= 0, "the clock runs forward")
    clock += time
    front?.time += time
    for index in heap.indices { heap[index].time += time }
  }

  @inlinable
  mutating func siftUp(from start: Int) {
    var child = start
    let entry = heap[child]
    while child > 0 {
      let parent = (child - 1) / 2
      guard entry.precedes(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = entry
  }

  @inlinable
  mutating func siftDown(from start: Int) {
    var parent = start
    let entry = heap[parent]
    let count = heap.count
    while true {
      var child = 2 * parent + 1
      guard child < count else { break }
      if child + 1 < count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(entry) else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = entry
  }
}
