import Profiles
import Roofline
import Simulation

/// Limits that a served request is to keep.
package struct ServingLimits: Sendable, Equatable {
  /// The longest time to the first token, milliseconds; nil for any.
  package var ttftMS: Double?
  /// The longest mean time of a token after it, milliseconds; nil for any.
  package var tpotMS: Double?

  /// Limits.
  package init(ttftMS: Double? = nil, tpotMS: Double? = nil) {
    self.ttftMS = ttftMS
    self.tpotMS = tpotMS
  }

  /// Whether there are none.
  package var isEmpty: Bool { ttftMS == nil && tpotMS == nil }

  func keeps(first: Picoseconds, perToken: Picoseconds?) -> Bool {
    if let ttftMS, first.milliseconds > ttftMS { return false }
    if let tpotMS, let perToken, perToken.milliseconds > tpotMS { return false }
    return true
  }
}

/// Where the host held up a served replica: the time in which the device waited for it, by what it did.
package struct HostExposure: Sendable, Equatable {
  /// By stage of the loop.
  package var stages: [EngineStage: Double] = [:]
  /// Launching, beside the stages.
  package var launch = 0.0
  /// Requests that are there and have not reached the loop yet, while it has nothing to do.
  package var queue = 0.0
}

/// What came of a load on a replica.
package struct ServingResult: Sendable {
  /// Requests that were finished.
  package var requests: Int64 = 0
  /// Of them, those that kept the limits.
  package var good: Int64 = 0
  /// Tokens of their prompts.
  package var promptTokens: Int64 = 0
  /// Tokens that were generated.
  package var outputTokens: Int64 = 0
  /// From the beginning to the last token.
  package var duration = Picoseconds.zero
  /// From arrival to the first token.
  package var timeToFirstToken = TimeDistribution()
  /// The mean time of a request's tokens after its first.
  package var timePerOutputToken = TimeDistribution()
  /// Every time between two tokens of a request.
  package var interTokenLatency = TimeDistribution()
  /// From arrival to the last token.
  package var latency = TimeDistribution()
  /// Steps that were run.
  package var steps: Int64 = 0
  /// Of them, those over prompts.
  package var promptSteps: Int64 = 0
  /// Requests that were preempted, each as often as it was.
  package var preemptions: Int64 = 0
  /// In which the device worked.
  package var deviceBusy = Picoseconds.zero
  /// In which the loop's thread worked.
  package var hostBusy = Picoseconds.zero
  /// In which the receiving processes worked.
  package var receptionBusy = Picoseconds.zero
  /// In which the device waited for the host.
  package var exposure = HostExposure()
  /// Requests in a step, waiting ones and the cache over time.
  package var series = ServingSeries()
  /// The steps of some time, if they were asked for.
  package var timeline: Timeline?
  /// The most requests that were worked on at once.
  package var mostRunning = 0
  /// Whether the queue grows without end: more arrive than are served.
  package var isOverloaded = false
  /// Bytes for the cache.
  package var cacheBytes = 0.0

  /// Nothing yet.
  package init() {}

  /// Tokens generated in a second.
  package var tokensPerSecond: Double { rate(of: outputTokens) }

  /// Requests finished in a second.
  package var requestsPerSecond: Double { rate(of: requests) }

  /// Requests finished in a second that kept the limits.
  package var goodput: Double { rate(of: good) }

  private func rate(of count: Int64) -> Double { duration == .zero ? 0 : Double(count) / duration.seconds }

  /// The share of the time in which the device works.
  package var deviceBusyFraction: Double { duration == .zero ? 0 : deviceBusy.fraction(of: duration) }

  /// The share of the time in which the loop's thread works.
  package var hostBusyFraction: Double { duration == .zero ? 0 : hostBusy.fraction(of: duration) }
}

/// A request that has its last token.
package struct FinishedRequest: Sendable, Equatable {
  /// What was asked for.
  package let request: ServedRequest
  /// When it was given its first token.
  package let firstToken: Picoseconds
  /// When it was given its last.
  package let lastToken: Picoseconds
  /// How often it was preempted.
  package let preemptions: Int

  /// From its arrival to its first token.
  package var timeToFirstToken: Picoseconds { firstToken - request.arrival }

  /// From its arrival to its last token.
  package var latency: Picoseconds { lastToken - request.arrival }

  /// The mean time of its tokens after the first; nil where there is no other.
  package var timePerOutputToken: Picoseconds? {
    request.tokens > 1 ? (lastToken - firstToken) / Int(request.tokens - 1) : nil
  }
}
