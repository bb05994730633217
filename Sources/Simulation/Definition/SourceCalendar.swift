import EventEngine
import Roofline

/// The events of a fixed number of sources, each of which has one pending at most: the next thing that it does.
///
/// A simulated system is made of few things that happen one after the other each, a thread of a host or a stream of a
/// device. So an event needs no queue but a place of its own: scheduling writes it there, in place of the one that it
/// overtakes, and taking out the earliest is a look at all places. With more than ``fewSources`` of them a tournament knows
/// the earliest instead.
///
/// Events at one instant come out in the order in which they were scheduled, as from an ``EventCalendar``.
struct SourceCalendar<Event: BitwiseCopyable & Sendable>: PendingEvents {
  struct Entry: BitwiseCopyable, Sendable {
    /// The end of the clock where nothing is pending.
    var time: Picoseconds
    var place: UInt64
    var event: Event

    init(time: Picoseconds, place: UInt64, event: Event) {
      self.time = time
      self.place = place
      self.event = event
    }

    /// Whether it comes before another: by time, then by place, as one number.
    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      time < other.time || (time == other.time && place < other.place)
    }
  }

  /// Up to so many sources are looked at one by one.
  static var fewSources: Int { 16 }

  var entries: FixedTable<Entry>
  /// With many sources the winners of a tournament: the root at 1, the children of n at 2n and 2n + 1, the last half the
  /// sources; else nothing.
  var winners: FixedTable<Int32>
  var nextPlace: UInt64 = 0
  var clock: Picoseconds = 0

  /// A calendar without events, whose clock stands at zero.
  ///
  /// - Parameters:
  ///   - sources: How many sources there are, at least one.
  ///   - event: Any event: what an empty place holds.
  init(sources: Int, filler event: Event) {
    precondition(sources >= 1, "something can happen")
    var leaves = 1
    while leaves < sources { leaves *= 2 }
    let isMany = sources > Self.fewSources
    entries = FixedTable(
      repeatElement(Entry(time: .max, place: 0, event: event), count: isMany ? leaves : sources))
    winners = FixedTable(isMany ? (0..<2 * leaves).map { Int32($0 & (leaves - 1)) } : [])
    if isMany { for node in (1..<leaves).reversed() { winners[node] = winners[2 * node] } }
  }

  /// The time of the event that was taken out last; no event may be scheduled before it.
  var now: Picoseconds { clock }

  /// Sets what a source does next, in place of what it was to do.
  ///
  /// - Parameters:
  ///   - event: What is to happen.
  ///   - source: Who does it.
  ///   - time: When; not before ``now``.
  /// - Complexity: O(1) for few sources, else O(log(sources)).
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
    precondition(time >= clock, "an event cannot be scheduled in the past")
    entries[source] = Entry(time: time, place: place, event: event)
    if winners.count > 0 { playAgain(source) }
  }

  /// A source does nothing until something is scheduled for it again.
  mutating func cancel(_ source: Int) {
    entries[source].time = .max
    if winners.count > 0 { playAgain(source) }
  }

  /// Takes out the earliest event and moves the clock to it.
  ///
  /// - Returns: The event and its time, or nil when nothing is left to happen.
  /// - Complexity: O(sources) for few sources, else O(log(sources)).
  @inline(__always)
  mutating func next() -> (event: Event, time: Picoseconds)? {
    let source = earliest
    let entry = entries[source]
    guard entry.time < .max else { return nil }
    clock = entry.time
    entries[source].time = .max
    if winners.count > 0 { playAgain(source) }
    return (entry.event, entry.time)
  }

  /// The time of the earliest event, or nil when nothing is left to happen.
  var nextTime: Picoseconds? {
    let time = entries[earliest].time
    return time < .max ? time : nil
  }

  /// The source of the earliest event, or any where nothing is pending.
  @inline(__always)
  var earliest: Int {
    if winners.count > 0 { return Int(winners[1]) }
    var earliest = 0
    for source in 1..<max(1, entries.count) where entries[source].precedes(entries[earliest]) { earliest = source }
    return earliest
  }

  /// What is still to happen, in the order in which it will.
  var pending: [(event: Event, time: Picoseconds)] {
    entries.indices.map { entries[$0] }.filter { $0.time < .max }.sorted { $0.precedes($1) }
      .map { ($0.event, $0.time) }
  }

  /// Moves the clock and everything that is still to happen to a later time, in the same order.
  ///
  /// - Parameter time: By how much; not negative.
  mutating func advance(by time: Picoseconds) {
    precondition(time >= 0, "the clock runs forward")
    clock += time
    for source in entries.indices where entries[source].time < .max { entries[source].time += time }
  }

  /// Makes the calendar's places its own, if it is a copy: before it is written to.
  mutating func makeUnique() {
    entries.makeUnique()
    winners.makeUnique()
  }

  /// The matches above a source.
  mutating func playAgain(_ source: Int) {
    var node = (entries.count + source) / 2
    while node > 0 {
      let (left, right) = (winners[2 * node], winners[2 * node + 1])
      winners[node] = entries[Int(right)].precedes(entries[Int(left)]) ? right : left
      node /= 2
    }
  }
}
