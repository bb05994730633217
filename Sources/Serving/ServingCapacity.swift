import Roofline

/// The largest rate of arrivals at which a replica keeps limits.
package struct ServingCapacity: Sendable {
  /// Requests a second; 0 where even few are too many.
  package let ratePerSecond: Double
  /// What comes of that rate; nil where there is none.
  package let result: ServingResult?

  /// Looks for it by bisection, to a hundredth, on the same random numbers at every rate.
  ///
  /// A rate keeps the limits when the 99th percentiles of time to first token and time per output token do, and the queue
  /// does not grow.
  ///
  /// - Parameters:
  ///   - replica: What serves.
  ///   - load: The load, whose rate is varied.
  ///   - shape: Of the times between arrivals.
  ///   - limits: What is to be kept; none at all asks for the largest rate without a growing queue.
  /// - Throws: What serving a load throws.
  package init(
    of replica: inout ServedReplica, _ load: ServingLoad, shape: Double = 1, _ limits: ServingLimits
  ) throws {
    var best: (rate: Double, result: ServingResult)?
    func keeps(_ rate: Double) throws -> Bool {
      var load = load
      load.arrivals = .rate(perSecond: rate, shape: shape)
      let result = try replica.serve(load, limits)
      guard Self.keeps(result, limits) else { return false }
      best = (rate, result)
      return true
    }
    // Without a request in the whole time there is nothing to look at.
    let least = max(Self.least, 4 / load.durationSeconds)
    guard try keeps(least) else {
      (ratePerSecond, result) = (0, nil)
      return
    }
    var (low, high) = (least, least * 2)
    while high < Self.most, try keeps(high) { (low, high) = (high, high * 2) }
    while high > low * 1.01 {
      let middle = (low * high).squareRoot()
      if try keeps(middle) { low = middle } else { high = middle }
    }
    ratePerSecond = best?.rate ?? 0
    result = best?.result
  }

  private static let least = 0.001
  private static let most = 1e5

  /// Whether a result keeps limits.
  package static func keeps(_ result: ServingResult, _ limits: ServingLimits) -> Bool {
    guard !result.isOverloaded else { return false }
    func isWithin(_ distribution: TimeDistribution, _ limit: Double?) -> Bool {
      guard let limit, let ninetyNinth = distribution.quantile(0.99) else { return true }
      return ninetyNinth <= limit
    }
    return isWithin(result.timeToFirstToken, limits.ttftMS) && isWithin(result.timePerOutputToken, limits.tpotMS)
  }
}
