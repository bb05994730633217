import Traces

/// Values by the thread of the host that they belong to, in their order.
struct ThreadLists {
  /// By thread.
  let lists: [Int32: [Int]]

  /// Sorts values by thread.
  ///
  /// - Parameters:
  ///   - values: The values.
  ///   - trace: The recording.
  ///   - event: The host event of a value.
  /// - Complexity: O(values); a dictionary is asked only where the thread is another than of the value before.
  init(_ values: [Int], _ trace: Trace, event: (Int) -> Int) {
    var lists: [[Int]] = []
    var places: [Int32: Int] = [:]
    var (last, place): (Int32, Int) = (0, -1)
    for value in values {
      let thread = trace.hostEvents[event(value)].thread
      if thread != last || place < 0 {
        last = thread
        place = places[thread] ?? lists.count
        if place == lists.count {
          places[thread] = place
          lists.append([])
        }
      }
      lists[place].append(value)
    }
    self.lists = places.mapValues { lists[$0] }
  }
}
