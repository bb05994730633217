extension Trace {
  /// Counts the times of a recording from its first event, once all events are there, whatever the format.
  ///
  /// - Throws: ``TraceFault/spanTooLong(file:)``, ``TraceFault/durationsTooLong(file:)``.
  mutating func settle(file: String) throws(TraceFault) {
    self.file = file
    removeUnsetClocks()
    removeEndlessEvents()
    clipOverruns()
    guard var bounds = bounds else { return }
    if bounds.upperBound - bounds.lowerBound >= TraceLimits.span {
      removeStrays()
      bounds = self.bounds ?? bounds
    }
    guard bounds.upperBound - bounds.lowerBound < TraceLimits.span else { throw .spanTooLong(file: file) }
    // Events may overlap. From here on, sums of their durations are integers, which such a total keeps from overflowing.
    guard sumOfDurations < 0x1p60 else { throw .durationsTooLong(file: file) }
    let first = bounds.lowerBound
    // So that nothing that counts with an annotation's times can overflow.
    let before = annotations.count
    annotations.removeAll {
      $0.start < first - TraceLimits.span || $0.start > bounds.upperBound + TraceLimits.span
    }
    outOfRangeCount += before - annotations.count
    origin = first
    for index in hostEvents.indices { hostEvents[index].start -= first }
    for index in deviceEvents.indices { deviceEvents[index].start -= first }
    for index in annotations.indices { annotations[index].start -= first }
  }

  /// Leaves out events that begin at exactly zero, where nearly all others begin far behind: nobody set their clock.
  private mutating func removeUnsetClocks() {
    let zeros = hostEvents.count { $0.start == 0 } + deviceEvents.count { $0.start == 0 }
    let count = hostEvents.count + deviceEvents.count
    guard zeros > 0, zeros * 10 < count else { return }
    let near = hostEvents.count { $0.start.magnitude < Self.farFromZero }
    guard near + deviceEvents.count(where: { $0.start.magnitude < Self.farFromZero }) == zeros else { return }
    hostEvents.removeAll { $0.start == 0 }
    deviceEvents.removeAll { $0.start == 0 }
    outOfRangeCount += zeros
  }

  /// Ten seconds: a clock that counts from the recording's own begin has events in them.
  private static let farFromZero: UInt64 = 10_000_000_000

  /// Leaves out an event that ends ten times as long after all others as these take together, and by a minute at least.
  private mutating func removeEndlessEvents() {
    var (first, last, second) = (Int64.max, Int64.min, Int64.min)
    func look(_ start: Int64, _ end: Int64) {
      first = min(first, start)
      if end > last { (last, second) = (end, last) } else { second = max(second, end) }
    }
    for event in hostEvents { look(event.start, event.end) }
    for event in deviceEvents { look(event.start, event.end) }
    guard hostEvents.count + deviceEvents.count >= 10, second >= first else { return }
    guard last - second > 60_000_000_000, (last - second) / 10 > second - first else { return }
    hostEvents.removeAll { $0.end == last }
    deviceEvents.removeAll { $0.end == last }
    outOfRangeCount += 1
  }

  /// From the first start to the last end; nil without events.
  private var bounds: ClosedRange<Int64>? {
    var (first, last) = (Int64.max, Int64.min)
    for event in hostEvents { (first, last) = (min(first, event.start), max(last, event.end)) }
    for event in deviceEvents { (first, last) = (min(first, event.start), max(last, event.end)) }
    return first <= last ? first...last : nil
  }

  private var sumOfDurations: Double {
    hostEvents.reduce(0) { $0 + Double($1.duration) } + deviceEvents.reduce(0) { $0 + Double($1.duration) }
  }

  /// Leaves out events whose clock was not set, as of a kernel with stamp 0 among those of a wall clock: those that begin
  /// more than ten days from the middle one, if they are fewer than a tenth of all.
  private mutating func removeStrays() {
    let starts = (hostEvents.map(\.start) + deviceEvents.map(\.start)).sorted()
    let middle = starts[starts.count / 2]
    let near = middle - TraceLimits.span / 3...middle + TraceLimits.span / 3
    let strays = starts.count { !near.contains($0) }
    guard strays * 10 < starts.count else { return }
    hostEvents.removeAll { !near.contains($0.start) }
    deviceEvents.removeAll { !near.contains($0.start) }
    outOfRangeCount += strays
  }
}
