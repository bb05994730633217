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
public func estimatedProfilerOverhead(_ run: RecordedRun) -> Double? {
  let events = run.trace.hostEvents
  var isView: [Int32: Bool] = [:]
  var open: [Int32: [(event: Int, children: Int, inner: Int64, hasCall: Bool)]] = [:]
  var durations: [Int64] = []
  func close(_ entry: (event: Int, children: Int, inner: Int64, hasCall: Bool)) {
    let event = events[entry.event]
    let view = isView[event.name] ?? (OperatorKind(operatorName: run.trace.name(event.name)) == .view)
    isView[event.name] = view
    if view, entry.children == 1, !entry.hasCall { durations.append(max(0, event.duration - entry.inner)) }
  }
  for index in run.hostEvents {
    let event = events[index]
    var stack = open[event.thread] ?? []
    while let last = stack.last, events[last.event].end <= event.start { close(stack.removeLast()) }
    if !stack.isEmpty {
      if event.kind == .call {
        stack[stack.count - 1].hasCall = true
      } else {
        stack[stack.count - 1].children += 1
        stack[stack.count - 1].inner += event.duration
      }
    }
    if event.kind == .frameworkOperator { stack.append((index, 0, 0, false)) }
    open[event.thread] = stack
  }
  for entry in open.values.joined() { close(entry) }
  guard durations.count >= 10 else { return nil }
  return Double(durations.sorted()[durations.count / 10]) / 1000
}
