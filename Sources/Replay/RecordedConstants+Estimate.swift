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
    /// The middle of the first.
    var typicalLatency: Int64 = 0
    /// What follows its predecessor later than this has waited for something that was not recorded.
    var longestGap: Int64 = 0
    /// The same of a launch onto an idle stream.
    var longestLatency: Int64 = 0

    /// Nothing is known.
    init() {}

    /// Takes the samples from why jobs began.
    ///
    /// - Parameters:
    ///   - causes: Why each began.
    ///   - isOfGraph: Whether each was launched by a graph.
    init(_ causes: [JobCause], isOfGraph: [Bool]) {
      for (cause, isOfGraph) in zip(causes, isOfGraph)
      where cause.bound == .launch && cause.isOntoIdleStream && cause.excess < 200_000 {
        if isOfGraph { graphLatency.append(cause.excess) } else { launchLatency.append(cause.excess) }
      }
      typicalLatency = median(launchLatency) ?? 0
      let gaps = causes.filter { $0.bound == .predecessor && $0.lead >= typicalLatency }.map(\.excess)
      let nodeGaps = causes.filter { $0.bound == .node }.map(\.excess)
      // Ten times what is usual, and 25 or 50 us, which the slowest of the recordings tried have.
      longestGap = max(25_000, 10 * (median(gaps) ?? 0))
      longestLatency = max(50_000, 10 * typicalLatency)
      kernelGap = gaps.filter { $0 <= longestGap }
      graphKernelGap = nodeGaps.filter { $0 <= longestGap }
    }
  }

  /// The constants that the samples say.
  init(_ samples: Samples) {
    launchLatency = samples.typicalLatency
    kernelGap = mean(samples.kernelGap) ?? 0
    graphLatency = median(samples.graphLatency) ?? launchLatency
    graphKernelGap = mean(samples.graphKernelGap) ?? kernelGap
  }
}

/// The middle value; of an even number of values, the lower of the two.
func median(_ values: [Int64]) -> Int64? {
  values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
}

/// The mean: what conserves the sum.
func mean(_ values: [Int64]) -> Int64? {
  guard !values.isEmpty else { return nil }
  return Int64((values.reduce(0) { $0 + Double($1) } / Double(values.count)).rounded())
}
