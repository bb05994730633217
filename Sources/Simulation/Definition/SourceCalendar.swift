import EventEngine
import Roofline

/// The events of a fixed number of sources, each of which has one pending at most: the next thing that it does.
///
/// A simulated system is made of few things that happen one after the other each, a thread of a host or a stream of a
/// device, and mostly two or three of them have anything pending. So the events stand in a list in the order in which they
/// will happen, the earliest at its end: taking it out is a decrement, and scheduling moves the few that come before. An
/// event that another overtakes is taken out of the list, not left to be recognized later.
///
/// Events at one instant come out in the order in which they were scheduled, as from an ``EventCalendar``.
struct SourceCalendar<Event: BitwiseCopyable & Sendable>: PendingEvents {
  private struct Entry: BitwiseCopyable, Sendable {
    var time: Picoseconds
    var place: UInt64
    var event: Event
    var source: Int32

    /// Whether it happens before another: by time, then by place.
    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      time < other.time || (time == other.time && place < other.place)
    }
  }

  /// The pending ones come first, the earliest last.
  private var entries: FixedTable<Entry>
  /// How many events are pending.
  private(set) var count = 0
  private var nextPlace: UInt64 = 0

  /// The time of the event that was taken out last; no event may be scheduled before it.
  private(set) var now: Picoseconds = 0

  /// A calendar without events, whose clock stands at zero.
  ///
  /// - Parameters:
  ///   - sources: How many sources there are, at least one.
  ///   - event: Any event: what an empty place holds.
  init(sources: Int, filler event: Event) {
    precondition(sources >= 1, "something can happen")
    entries = FixedTable(repeatElement(Entry(time: 0, place: 0, event: event, source: 0), count: sources))
  }

  /// Sets what a source does next that has nothing pending.
  ///
  /// - Parameters:
  ///   - event: What is to happen.
  ///   - source: Who does it.
  ///   - time: When; not before ``now``.
  /// - Complexity: O(events that happen before).
  @inline(__always)
  mutating func schedule(_ event: Event, of source: Int, at time: Picoseconds) {
    schedule(event, of: source, at: time, inPlace: reservePlace())
  }

  /// Takes a place among the events of one moment for an event whose moment is not known yet, behind those scheduled so far.
  @inline(__always)
  mutating func reservePlace() -> UInt64 {
    nextPlace &+= 1
    return nextPlace &- 1
  }

  /// Sets what a source does next, at a place that was taken for it.
  @inline(__always)
  mutating func schedule(_ event: Event, of source: Int, at time: Picoseconds, inPlace place: UInt64) {
    precondition(time >= now, "an event cannot be scheduled in the past")
    let entry = Entry(time: time, place: place, event: event, source: Int32(truncatingIfNeeded: source))
    var index = count
    while index > 0, entries[index - 1].precedes(entry) {
      entries[index] = entries[index - 1]
      index -= 1
    }
    entries[index] = entry
    count += 1
  }

  /// Takes back what a source was to do next, if it was to do anything.
  ///
  /// - Complexity: O(pending events).
  mutating func cancel(_ source: Int) {
    var index = 0
    while index < count, Int(entries[index].source) != source { index += 1 }
    guard index < count else { return }
    count -= 1
    while index < count {
      entries[index] = entries[index + 1]
      index += 1
    }
  }

  /// Takes out the earliest event and moves the clock to it.
  ///
  /// - Returns: The event and its time, or nil when nothing is left to happen.
  @inline(__always)
  mutating func next() -> (event: Event, time: Picoseconds)? {
    guard count > 0 else { return nil }
    count -= 1
    now = entries[count].time
    return (entries[count].event, now)
  }

  /// The time of the earliest event, or nil when nothing is left to happen.
  @inline(__always)
  var nextTime: Picoseconds? { count > 0 ? entries[count - 1].time : nil }

  /// Whether nothing happens up to a moment, that moment included.
  @inline(__always)
  func isFree(until time: Picoseconds) -> Bool { count == 0 || entries[count - 1].time > time }

  /// Takes out the earliest event, if it comes before another that has taken a place in a moment.
  @inline(__always)
  mutating func next(before time: Picoseconds, _ place: UInt64) -> (event: Event, time: Picoseconds)? {
    guard count > 0 else { return nil }
    let earliest = entries[count - 1]
    guard earliest.time < time || (earliest.time == time && earliest.place < place) else { return nil }
    return next()
  }

  /// What is still to happen, in the order in which it will.
  var pending: [(event: Event, time: Picoseconds)] {
    (0..<count).reversed().map { (entries[$0].event, entries[$0].time) }
  }

  /// Moves the clock to a moment before which nothing happens.
  @inline(__always)
  mutating func advance(to time: Picoseconds) { now = time }

  /// Moves the clock and everything that is still to happen to a later time, in the same order.
  ///
  /// - Parameter time: By how much; not negative.
  mutating func advance(by time: Picoseconds) {
    precondition(time >= 0, "the clock runs forward")
    now += time
    for index in 0..<count { entries[index].time += time }
  }

  /// Makes the list the calendar's own, if it is a copy: before it is written to.
  mutating func makeUnique() { entries.makeUnique() }
}
