import Kernels
import Profiles
import Simulation
import Traces

/// Numbers of profiles as a recording shows them.
package struct TraceCalibration: Sendable {
  /// A number with what it was taken from.
  package struct Number: Sendable, Equatable {
    /// Its path within a system: `accelerator.launch.latency_us`.
    package let path: String
    /// Microseconds.
    package let value: Double
    /// How many samples there were; zero for a number that is carried over from the other numbers' ratio.
    package let count: Int
    /// What was done with the samples.
    package let method: String
  }

  /// Launch numbers of the accelerator, those that were seen.
  package let launch: [Number]
  /// Dispatch of each kind of operator on the recording's host.
  package let dispatch: [Number]
  /// Host time of the profiler for each operator, which was taken off, microseconds.
  package let profilerOverheadUS: Double

  /// The longest pause before an operator that is still its own: Python and module calls, not the loading of data.
  private static let longestPause: Int64 = 1_000_000

  /// Reads numbers off a recording.
  ///
  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - framework: Where the kinds' ratio comes from for kinds that were not seen.
  /// - Complexity: O(n log n) for n events.
  package init(_ run: RecordedRun, like framework: FrameworkProfile) {
    let overhead = estimatedProfilerOverhead(run) ?? 0
    profilerOverheadUS = overhead
    launch = Self.launchNumbers(run)
    dispatch = Self.dispatchNumbers(run, overhead: overhead, like: framework)
  }

  private static func launchNumbers(_ run: RecordedRun) -> [Number] {
    let schedule = CallSchedule(run)
    let (constants, samples) = (schedule.constants, schedule.samples)
    func calls(_ kind: RuntimeCall) -> Int {
      run.hostEvents.count {
        let event = run.trace.hostEvents[$0]
        return event.kind == .call && run.calls[event] == kind
      }
    }
    let all: [(SystemNumber, Int64, Int, String)] = [
      (.launchCall, constants.launchCall, calls(.launch), "median"),
      (.launchLatency, constants.launchLatency, samples.launchLatency.count, "median, onto an idle stream"),
      (.kernelGap, constants.kernelGap, samples.kernelGap.count, "mean of kernels that were waiting"),
      (.graphCall, constants.graphCall, constants.hasGraphs ? calls(.graphLaunch) : 0, "median"),
      (.graphLatency, constants.graphLatency, samples.graphLatency.count, "median, onto an idle stream"),
      (
        .graphKernelGap, constants.graphKernelGap, constants.hasGraphs ? samples.graphKernelGap.count : 0,
        "mean between nodes"
      ),
      (
        .synchronization, constants.synchronization, constants.synchronizationCount,
        "median of those that waited"
      ),
    ]
    return all.compactMap { number, value, count, method in
      guard count > 0 else { return nil }
      return Number(path: number.path, value: Double(value) / 1000, count: count, method: method)
    }
  }

  private static func dispatchNumbers(
    _ run: RecordedRun, overhead: Double, like framework: FrameworkProfile
  ) -> [Number] {
    var samples: [[Int64]] = Array(repeating: [], count: OperatorKind.allCases.count)
    forEachOutermostOperator(run) { name, own, operators in
      guard let kind = OperatorRule.named(name)?.kind ?? (name.hasPrefix("aten::") ? .other : nil) else { return }
      samples[kind.index].append(Int64(max(0, Double(own) - Double(operators) * overhead * 1000).rounded()))
    }
    var ratios: [Double] = []
    for kind in OperatorKind.allCases where samples[kind.index].count >= 3 && framework.dispatchUS[kind] > 0 {
      ratios.append(Double(median(samples[kind.index]) ?? 0) / 1000 / framework.dispatchUS[kind])
    }
    let ratio = ratios.isEmpty ? 1 : ratios.sorted()[(ratios.count - 1) / 2]
    return OperatorKind.allCases.map { kind in
      let path = SystemNumber.dispatch(kind).path
      if let seen = median(samples[kind.index]) {
        return Number(path: path, value: Double(seen) / 1000, count: samples[kind.index].count, method: "median")
      }
      return Number(
        path: path, value: framework.dispatchUS[kind] * ratio, count: 0,
        method: "not seen: \(framework.name) times the median ratio of the kinds that were")
    }
  }

  /// Calls back with the name of each outermost operator, the host's own time in it and right before it, without calls of
  /// the runtime, and the number of operators in it.
  private static func forEachOutermostOperator(_ run: RecordedRun, _ body: (String, Int64, Int) -> Void) {
    struct Open {
      var event: Int
      var operators: Int
      var calls: Int64
      var pause: Int64
    }
    let events = run.trace.hostEvents
    var open: [Int32: Open] = [:]
    var idleSince: [Int32: Int64] = [:]
    var callEnd: [Int32: Int64] = [:]
    func close(_ thread: Int32) {
      guard let last = open.removeValue(forKey: thread) else { return }
      let event = events[last.event]
      let pause = last.pause > longestPause ? 0 : last.pause
      body(run.trace.name(event.name), max(0, event.duration - last.calls) + pause, last.operators)
      idleSince[thread] = event.end
    }
    for index in run.hostEvents {
      let event = events[index]
      let thread = event.thread
      if let last = open[thread], events[last.event].end <= event.start { close(thread) }
      if event.kind == .call {
        let start = max(event.start, callEnd[thread] ?? .min)
        guard event.end > start else { continue }
        callEnd[thread] = event.end
        if open[thread] != nil {
          open[thread]?.calls += event.end - start
        } else if let since = idleSince[thread] {
          idleSince[thread] = since + event.end - start
        }
      } else if open[thread] != nil {
        open[thread]?.operators += 1
      } else {
        let pause = max(0, event.start - (idleSince[thread] ?? event.start))
        open[thread] = Open(event: index, operators: 1, calls: 0, pause: pause)
      }
    }
    for thread in open.keys.sorted() { close(thread) }
  }
}
