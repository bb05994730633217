import Kernels
import Profiles
import Traces

/// How long the profiler takes for an operator at most.
///
/// An operator that only changes metadata and calls one other does next to nothing itself, so what it takes beyond the
/// other is the profiler's time for that one, and a little: `aten::transpose` around `aten::as_strided`. The tenth part
/// of all such times is the bound; the shortest may be an accident of the clock.
///
/// - Parameter run: The recording.
/// - Returns: Microseconds; nil for a recording with fewer than ten such operators.
package func estimatedProfilerOverhead(_ run: RecordedRun) -> Double? {
  var views = ViewDurations(run.trace)
  for index in run.hostEvents { views.add(index) }
  views.finish()
  let durations = views.durations
  guard durations.count >= 10 else { return nil }
  return Double(durations.sorted()[durations.count / 10]) / 1000
}

/// Collects the own time of operators that only change metadata and call one other.
private struct ViewDurations {
  /// An operator that has not ended yet.
  private struct Open {
    var event: Int
    var children = 0
    var inner: Int64 = 0
    var hasCall = false
  }

  private(set) var durations: [Int64] = []
  private let trace: Trace
  private var isView: [Int32: Bool] = [:]
  private var open: [Int32: [Open]] = [:]

  init(_ trace: Trace) { self.trace = trace }

  mutating func add(_ index: Int) {
    let event = trace.hostEvents[index]
    while let last = open[event.thread]?.last, trace.hostEvents[last.event].end <= event.start {
      open[event.thread]?.removeLast()
      close(last)
    }
    open[event.thread, default: []].withLast { last in
      if event.kind == .call {
        last.hasCall = true
      } else {
        last.children += 1
        last.inner += event.duration
      }
    }
    if event.kind == .frameworkOperator { open[event.thread, default: []].append(Open(event: index)) }
  }

  mutating func finish() {
    for entry in open.values.joined() { close(entry) }
  }

  private mutating func close(_ entry: Open) {
    let event = trace.hostEvents[entry.event]
    let view = isView[event.name] ?? (OperatorRule.named(trace.name(event.name))?.kind == .view)
    isView[event.name] = view
    if view, entry.children == 1, !entry.hasCall { durations.append(max(0, event.duration - entry.inner)) }
  }
}

extension Array {
  /// Changes the last element in place, if there is one.
  fileprivate mutating func withLast(_ body: (inout Element) -> Void) {
    if !isEmpty { body(&self[count - 1]) }
  }
}
