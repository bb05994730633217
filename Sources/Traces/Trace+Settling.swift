extension Trace {
  /// Counts the times of a recording from its first event, once all events are there, whatever the format.
  ///
  /// - Throws: ``TraceFault/spanTooLong(file:)``, ``TraceFault/durationsTooLong(file:)``.
  mutating func settle(file: String) throws(TraceFault) {
    self.file = file
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
