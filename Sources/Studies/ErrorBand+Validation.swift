import Profiles

extension ErrorBand {
  /// The probabilities whose quantiles are kept.
  private static let levels = [0, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 1]

  /// The fewest measured rows of a regime that make a band.
  package static let fewestRows = 8

  /// The band of a validation's errors, or nil where a regime has fewer than ``fewestRows``.
  ///
  /// Rows that a host speed was fitted to are left out where others are marked as tests: their errors are smaller than
  /// those of a prediction.
  ///
  /// - Parameters:
  ///   - validation: Predictions beside measurements.
  ///   - from: What the measurements are, and the command that made the band.
  package init?(_ validation: Validation, from: String) {
    let isMarked = validation.predictions.contains { $0.measurement.role == .anchor }
    let predictions = validation.predictions.filter { !isMarked || $0.measurement.role != .anchor }
    func errors(isHostBound: Bool) -> [Double] {
      predictions.filter { $0.isHostBound == isHostBound }.compactMap { prediction in
        prediction.measurement.latency.map { ($0 / prediction.latency).logarithm }
      }.filter(\.isFinite).sorted()
    }
    let (host, device) = (errors(isHostBound: true), errors(isHostBound: false))
    guard min(host.count, device.count) >= Self.fewestRows else { return nil }
    // Four decimals of a logarithm are a hundredth of a percent.
    func quantiles(_ sorted: [Double]) -> [Double] {
      Self.levels.map { (ErrorSummary.quantile(sorted, $0) * 1e4).rounded() / 1e4 + 0 }
    }
    var provenance = Provenance()
    provenance.sources = [
      Source(
        path: "log_error", kind: .derived, from: from,
        note: "ln(measured / predicted) where the host and where the device sets the predicted latency")
    ]
    self.init(
      quantileLevels: Self.levels, hostBound: quantiles(host), deviceBound: quantiles(device),
      hostBoundRows: host.count, deviceBoundRows: device.count, provenance: provenance)
  }
}
