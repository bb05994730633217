import Traces

extension RecordedConstants {
  /// The samples that constants are taken from, nanoseconds.
  struct Samples: Sendable {
    /// Launches onto an idle stream.
    var launchLatency: [Int64] = []
    /// Between kernels that were waiting.
    var kernelGap: [Int64] = []
    /// Launches of graphs onto an idle stream.
    var graphLatency: [Int64] = []
    /// Between nodes of a graph.
    var graphKernelGap: [Int64] = []
  }

  /// What begins later than this after its launch, on a stream that seems idle, waits for something that was not recorded:
  /// 200 us, ten times what the slowest of our recordings takes.
  private static let longestLatency: Int64 = 200_000

  /// Collects what the device's events say about launches and gaps.
  ///
  /// - Parameter run: What was recorded.
  /// - Returns: The samples.
  /// - Complexity: O(n log n) for n device events.
  static func samples(_ run: RecordedRun) -> Samples {
    let trace = run.trace
    var samples = Samples()
    func launch(_ position: Int) -> HostEvent? {
      run.launchers[position] < 0 ? nil : trace.hostEvents[run.launchers[position]]
    }
    var previous: [Int32: Int] = [:]
    // On an idle stream: the time from the call's return, unless the call waited for the kernel.
    for (position, index) in run.deviceEvents.enumerated() {
      let event = trace.deviceEvents[index]
      defer { previous[event.stream] = position }
      guard let call = launch(position), call.end <= event.start, event.start - call.end < longestLatency
      else { continue }
      let before = previous[event.stream].map { trace.deviceEvents[run.deviceEvents[$0]].end } ?? .min
      guard before <= call.start else { continue }
      if run.launchers[position] == previous[event.stream].map({ run.launchers[$0] }) { continue }
      if RuntimeCall(name: trace.name(call.name)) == .graphLaunch {
        samples.graphLatency.append(event.start - call.end)
      } else {
        samples.launchLatency.append(event.start - call.end)
      }
    }
    let latency = median(samples.launchLatency) ?? 0
    previous = [:]
    for (position, index) in run.deviceEvents.enumerated() {
      let event = trace.deviceEvents[index]
      defer { previous[event.stream] = position }
      guard let last = previous[event.stream] else { continue }
      let gap = event.start - trace.deviceEvents[run.deviceEvents[last]].end
      guard gap >= 0 else { continue }
      if run.launchers[position] >= 0, run.launchers[position] == run.launchers[last] {
        samples.graphKernelGap.append(gap)
      } else if let call = launch(position) {
        if call.end + latency <= event.start - gap { samples.kernelGap.append(gap) }
      } else if gap < 50_000 {
        samples.kernelGap.append(gap)
      }
    }
    return samples
  }

  /// The constants that the samples say.
  init(_ samples: Samples) {
    launchLatency = median(samples.launchLatency) ?? 0
    kernelGap = trimmedMean(samples.kernelGap) ?? 0
    graphLatency = median(samples.graphLatency) ?? launchLatency
    graphKernelGap = trimmedMean(samples.graphKernelGap) ?? kernelGap
  }
}

/// The middle value; of an even number of values, the lower of the two.
func median(_ values: [Int64]) -> Int64? {
  values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
}

/// The mean without the hundredth part at either end: what conserves the sum, whatever a few outliers say.
func trimmedMean(_ values: [Int64]) -> Int64? {
  guard !values.isEmpty else { return nil }
  let kept = values.sorted()[(values.count / 100)..<(values.count - values.count / 100)]
  var sum: Double = 0
  for value in kept { sum += Double(value) }
  return Int64((sum / Double(kept.count)).rounded())
}
