import Traces

/// How long it usually takes until what was launched begins: medians, so that what waited for something else does not count.
struct UsualDelays {
  /// From the end of a launch to the start of its work on an idle stream, nanoseconds.
  private(set) var latency: Int64 = 0
  /// The same of a graph's first work.
  private(set) var graphLatency: Int64 = 0
  /// Between pieces of work that were waiting in a stream.
  private(set) var gap: Int64 = 0
  /// The same within a graph.
  private(set) var graphGap: Int64 = 0

  /// Looks at a run.
  ///
  /// - Complexity: O(n log n) for n device events.
  init(_ run: RecordedRun) {
    var last: [Int32: (end: Int64, launcher: Int)] = [:]
    var samples: [[Int64]] = [[], [], [], []]
    for (position, index) in run.deviceEvents.enumerated() {
      let event = run.trace.deviceEvents[index]
      let launcher = run.launchers[position]
      let before = last[event.stream]
      last[event.stream] = (max(event.end, before?.end ?? .min), launcher)
      guard launcher >= 0 else { continue }
      let call = run.trace.hostEvents[launcher]
      let isGraph = run.calls[call] == .graphLaunch
      if let before, before.end > call.end || before.launcher == launcher {
        samples[isGraph ? 3 : 2].append(max(0, event.start - before.end))
      } else {
        samples[isGraph ? 1 : 0].append(max(0, event.start - call.end))
      }
    }
    let medians = samples.map { median($0) ?? 0 }
    (latency, graphLatency, gap, graphGap) = (medians[0], medians[1], medians[2], medians[3])
  }
}
