import Roofline

/// The events that are still to happen, earliest first.
///
/// Events at one instant come out in the order in which they were scheduled: first in, first out is a promise of this
/// type, not an accident, and models may rest on it. It is kept by a sequence number that breaks every tie.
///
/// A binary heap: `schedule` and `next` cost O(log n) comparisons for n pending events. benchmarks/studies/calendars.md
/// measures it beside others.
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
  public var count: Int { heap.count }

  /// Adds an event.
  ///
  /// - Parameters:
  ///   - event: What is to happen.
  ///   - time: When; not before ``now``, since the past cannot be changed.
  /// - Complexity: O(log n) for n pending events.
  @inlinable
  public mutating func schedule(_ event: Event, at time: Picoseconds) {
    schedule(event, at: time, inPlace: reservePlace())
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
    heap.append(Entry(time: time, sequence: place, event: event))
    siftUp(from: heap.count - 1)
  }

  /// Takes out the earliest event and moves the clock to it.
  ///
  /// - Returns: The event and its time, or nil when nothing is left to happen.
  /// - Complexity: O(log n) for n pending events.
  @inlinable
  public mutating func next() -> (event: Event, time: Picoseconds)? {
    guard let last = heap.popLast() else { return nil }
    var earliest = last
    if !heap.isEmpty {
      earliest = heap[0]
      heap[0] = last
      siftDown(from: 0)
    }
    clock = earliest.time
    return (earliest.event, earliest.time)
  }

  /// The time of the earliest event, or nil when nothing is left to happen.
  @inlinable
  public var nextTime: Picoseconds? { heap.first?.time }

  /// What is still to happen, in the order in which it will.
  ///
  /// - Complexity: O(n log n) for n pending events.
  public var pending: [(event: Event, time: Picoseconds)] {
    heap.sorted { $0.precedes($1) }.map { ($0.event, $0.time) }
  }

  /// Moves the clock and everything that is still to happen to a later time, in the same order.
  ///
  /// - Parameter time: By how much; not negative.
  /// - Complexity: O(n) for n pending events.
  public mutating func advance(by time: Picoseconds) {
    precondition(time >= 0, "the clock runs forward")
    clock += time
    for index in heap.indices { heap[index].time += time }
  }

  @inlinable
  mutating func siftUp(from start: Int) {
    // Whether the array is shared is asked once, not at every level.
    heap.withUnsafeMutableBufferPointer { heap in
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
  }

  @inlinable
  mutating func siftDown(from start: Int) {
    heap.withUnsafeMutableBufferPointer { heap in
      var parent = start
      let entry = heap[parent]
      while 2 * parent + 1 < heap.count {
        var child = 2 * parent + 1
        if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
        guard heap[child].precedes(entry) else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = entry
    }
  }
}
