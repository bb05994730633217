import Roofline
import Simulation
import Traces

/// What a recording says by itself, without a replay.
public struct RecordedRun: Sendable {
  /// The recording.
  package let trace: Trace
  /// The step that is looked at; nil for all of the recording.
  package let step: Int64?
  /// Host events in the part that is looked at, by their start.
  package let hostEvents: [Int]
  /// Device events that this part launched, or that ran in it, by their start.
  package let deviceEvents: [Int]
  /// Nanoseconds from the recording's zero.
  package let start: Int64
  /// Nanoseconds from the recording's zero.
  package let end: Int64
  /// The step's annotation.
  let stepAnnotation: Annotation?
  /// The call that launched each device event of ``deviceEvents``, an index into the host events; -1 for none in this part.
  package let launchers: [Int]

  /// What its calls do.
  let calls: RuntimeCalls

  /// Whether each device event of ``deviceEvents`` is a node of a graph that was launched in this part.
  let isGraphNode: [Bool]

  /// From the first event to the end of the last, nanoseconds.
  package var span: Picoseconds { Picoseconds(nanoseconds: end - start) }
  /// Host operators.
  package let operatorCount: Int
  /// Calls that launch kernels or graphs.
  package let launchCount: Int
  /// Calls that launch graphs.
  package let graphLaunchCount: Int
  /// Calls that launch, of which nothing was recorded on the device.
  package let emptyLaunchCount: Int
  /// Those of them that launch graphs.
  package let emptyGraphLaunchCount: Int
  /// Kernels.
  package let kernelCount: Int
  /// In how much of it at least one device event ran.
  package let deviceBusy: Picoseconds

  /// Whether any of its kernels is a collective.
  package var hasCollectives: Bool {
    Set(deviceEvents.lazy.filter { trace.deviceEvents[$0].kind == .kernel }.map { trace.deviceEvents[$0].name })
      .contains { KernelName(trace.name($0)).isCollective }
  }

  /// The share of the span in which the device does not work.
  package var frameworkTaxFraction: Double {
    PassSummary.taxFraction(latency: span, deviceBusy: deviceBusy)
  }

  /// Looks at a recording, or at one of its steps.
  ///
  /// - Parameters:
  ///   - trace: The recording.
  ///   - step: The number of a `ProfilerStep#N`; nil for all of it.
  /// - Throws: `TraceFault` where there is no such step, or nothing in it to replay.
  public init(_ trace: Trace, step: Int64? = nil) throws(TraceFault) {
    self.trace = trace
    self.step = step
    let calls = RuntimeCalls(trace)
    self.calls = calls
    stepAnnotation = step.flatMap { step in trace.annotations.first { $0.step == step } }
    if let step, stepAnnotation == nil { throw .noStep(file: trace.file, step: step, known: trace.steps) }
    let window = stepAnnotation.map { $0.start...$0.end }
    hostEvents = trace.hostEvents.indices.filter { index in
      guard let window else { return true }
      return window.contains(trace.hostEvents[index].start)
    }.sorted { first, second in
      let (one, two) = (trace.hostEvents[first], trace.hostEvents[second])
      if one.start != two.start { return one.start < two.start }
      return one.duration != two.duration ? one.duration > two.duration : first < second
    }
    let selection = Self.select(trace, window, LauncherMatching(trace, hostEvents, calls).launchers)
    deviceEvents = selection.map(\.event)
    launchers = selection.map(\.launcher)
    isGraphNode = launchers.map { $0 >= 0 && calls[trace.hostEvents[$0]] == .graphLaunch }
    // Operators alone are a recording of the processor: where the host's time goes is answered.
    guard !deviceEvents.isEmpty || !hostEvents.isEmpty else {
      throw .nothingToReplay(file: trace.file, step: step)
    }
    var (first, last) = (window?.lowerBound ?? .max, window?.upperBound ?? .min)
    for index in hostEvents {
      if window == nil { first = min(first, trace.hostEvents[index].start) }
      last = max(last, trace.hostEvents[index].end)
    }
    for index in deviceEvents {
      if window == nil { first = min(first, trace.deviceEvents[index].start) }
      last = max(last, trace.deviceEvents[index].end)
    }
    start = first
    end = last
    operatorCount = hostEvents.count { trace.hostEvents[$0].kind == .frameworkOperator }
    let launches = hostEvents.filter { calls[trace.hostEvents[$0]].launchesKernels }
    launchCount = launches.count
    var hasLaunched = Array(repeating: false, count: trace.hostEvents.count)
    for launcher in launchers where launcher >= 0 { hasLaunched[launcher] = true }
    let empty = launches.filter { !hasLaunched[$0] }
    func isGraph(_ event: Int) -> Bool { calls[trace.hostEvents[event]] == .graphLaunch }
    graphLaunchCount = launches.count(where: isGraph)
    emptyLaunchCount = empty.count
    emptyGraphLaunchCount = empty.count(where: isGraph)
    kernelCount = deviceEvents.count { trace.deviceEvents[$0].kind == .kernel }
    deviceBusy = Picoseconds(
      nanoseconds: busyTime(deviceEvents.map { (max(first, trace.deviceEvents[$0].start), trace.deviceEvents[$0].end) })
    )
  }

  /// The device events of a part, and who launched them.
  private static func select(
    _ trace: Trace, _ window: ClosedRange<Int64>?, _ launchers: [Int]
  ) -> [(event: Int, launcher: Int)] {
    var selected: [(event: Int, launcher: Int)] = []
    var firstLaunched = Int64.max
    for (index, event) in trace.deviceEvents.enumerated() {
      let launcher = launchers[index]
      if launcher >= 0 { firstLaunched = min(firstLaunched, event.start) }
      selected.append((index, launcher))
    }
    if let window {
      // What an earlier step launched is still in the way; what a later one launches is not.
      selected.removeAll { item in
        guard item.launcher < 0 else { return false }
        let event = trace.deviceEvents[item.event]
        return event.end <= window.lowerBound || event.start >= min(firstLaunched, window.upperBound)
      }
    }
    return selected.sorted { first, second in
      let (one, two) = (trace.deviceEvents[first.event], trace.deviceEvents[second.event])
      return one.start != two.start ? one.start < two.start : first.event < second.event
    }
  }
}

/// The time that intervals cover, each moment once.
///
/// - Complexity: O(n) for intervals sorted by their start, which these must be.
func busyTime(_ intervals: [(start: Int64, end: Int64)]) -> Int64 {
  var busy: Int64 = 0
  var covered = Int64.min
  for interval in intervals where interval.end > max(covered, interval.start) {
    busy += interval.end - max(interval.start, covered)
    covered = interval.end
  }
  return busy
}
