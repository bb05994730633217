extension Trace {
  /// Ends kernels that are said to have run on after later ones of their stream had begun and ended.
  ///
  /// A stream runs one after the other. A few that hold others within them have a wrong end, and are taken to have ended
  /// where the next one begins; where many do, the stream's number stands for several.
  ///
  /// - Complexity: O(n log n) for n device events.
  mutating func clipOverruns() {
    var places: [Int32: [Int]] = [:]
    for (index, event) in deviceEvents.enumerated() { places[event.stream, default: []].append(index) }
    for indices in places.values {
      let order = indices.sorted {
        (deviceEvents[$0].start, deviceEvents[$0].end, $0) < (deviceEvents[$1].start, deviceEvents[$1].end, $1)
      }
      let overruns = overruns(order)
      guard overruns.count <= max(1, order.count / 20) else { continue }
      for (index, end) in overruns { deviceEvents[index].duration = end - deviceEvents[index].start }
      overrunCount += overruns.count
    }
  }

  /// How many events behind one are looked at: a large graph's nodes are passed over no further.
  private static let lookAhead = 64

  /// The events of a stream that hold a later one of another launch within them, and when the next one begins.
  private func overruns(_ order: [Int]) -> [(index: Int, end: Int64)] {
    var found: [(index: Int, end: Int64)] = []
    for (place, index) in order.enumerated() {
      let event = deviceEvents[index]
      // The nodes of a graph share a launch, and may run side by side.
      guard
        let next = order[(place + 1)...].prefix(Self.lookAhead).first(where: {
          deviceEvents[$0].correlation != event.correlation || event.correlation < 0
        }),
        deviceEvents[next].start > event.start, deviceEvents[next].end < event.end
      else { continue }
      found.append((index, deviceEvents[next].start))
    }
    return found
  }
}
