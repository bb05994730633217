import Profiles

extension ErrorBand {
  /// The probabilities whose quantiles are kept.
  private static let levels = [0, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 1]

  /// The fewest measured rows of a regime that make a band.
  package static let fewestRows = 8

  /// The band of a validation's errors, or nil where the host or the device sets fewer than ``fewestRows``.
  package init?(_ validation: Validation, from: String) { self.init(validation.predictions, from: from) }

  /// The band of the errors of predictions, or nil where the host or the device sets fewer than ``fewestRows``.
  ///
  /// Rows that a host speed was fitted to are left out where any are marked: their errors are smaller than those of a
  /// prediction. In each regime every accelerator with a framework counts alike, however many rows it has: what a reader asks
  /// about is another system, not another batch of one that was measured at a hundred.
  ///
  /// - Parameters:
  ///   - predictions: Predictions beside measurements.
  ///   - from: What the measurements are, and the command that made the band.
  package init?(_ predictions: [Validation.Prediction], from: String) {
    let isMarked = predictions.contains { $0.measurement.role == .anchor }
    let predictions = predictions.filter { !isMarked || $0.measurement.role != .anchor }
    func errors(_ regime: LatencyRegime) -> Errors? {
      let found = predictions.compactMap { prediction -> (system: String, error: Double)? in
        guard prediction.regime == regime, let error = prediction.logarithmicError else { return nil }
        return (prediction.measurement.accelerator + "/" + prediction.measurement.framework, error)
      }
      guard found.count >= Self.fewestRows else { return nil }
      let weights = Dictionary(grouping: found, by: \.system).mapValues { 1 / Double($0.count) }
      let weighted = found.map { (error: $0.error, weight: weights[$0.system] ?? 1) }.sorted { $0.error < $1.error }
      // Four decimals of a logarithm are a hundredth of a percent.
      return Errors(
        quantiles: Self.levels.map { (Self.quantile(weighted, $0) * 1e4).rounded() / 1e4 + 0 }, rows: found.count)
    }
    guard let host = errors(.hostBound), let device = errors(.deviceBound) else { return nil }
    var provenance = Provenance()
    provenance.sources = [
      Source(
        path: "log_error", kind: .derived, from: from,
        note: "ln(measured / predicted) where the host and where the device sets the predicted latency, and where they "
          + "need about the same; every accelerator with a framework counts alike")
    ]
    self.init(
      quantileLevels: Self.levels, hostBound: host, deviceBound: device, nearKnee: errors(.nearKnee),
      provenance: provenance)
  }

  /// A quantile of sorted errors, linear between neighbors that lie as far apart as the mean of their weights; with weights
  /// all alike that of `ErrorSummary`.
  static func quantile(_ sorted: [(error: Double, weight: Double)], _ fraction: Double) -> Double {
    let steps = zip(sorted, sorted.dropFirst()).map { ($0.weight + $1.weight) / 2 }
    var left = fraction * steps.reduce(0, +)
    for (index, step) in steps.enumerated() {
      if left <= step {
        return sorted[index].error + (sorted[index + 1].error - sorted[index].error) * (left / step)
      }
      left -= step
    }
    return sorted[sorted.count - 1].error
  }
}

extension Validation.Prediction {
  /// ln(measured / predicted); nil where nothing was measured or the ratio has no logarithm.
  package var logarithmicError: Double? {
    measurement.latency.map { ($0 / latency).logarithm }.flatMap { $0.isFinite ? $0 : nil }
  }
}
