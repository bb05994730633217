import Profiles

/// From which batch on the latency of a series rises, measured beside predicted.
///
/// That is not the knee: a measurement does not say what the host spends, so the question is asked of the curve alone. A
/// series is one workload on one testbed over batch sizes. Its floor is the median of the latencies that lie within a
/// fifth of the smallest, so that one lucky measurement does not set it; the latency rises
/// from the first batch from which on every one lies more than a fifth above the floor. The same definition serves both curves.
package struct RiseComparison: Sendable, Equatable {
  /// The testbed.
  package let testbed: String
  /// The workload.
  package let workload: String
  /// Where the measured latency rises; nil where the floor reaches to the largest batch.
  package let measured: Int64?
  /// Where the predicted one does.
  package let predicted: Int64?

  /// How far above the floor the rise begins.
  static let threshold = 1.2

  /// Compares every series with at least four measured batches.
  package static func compare(_ predictions: [Validation.Prediction]) -> [RiseComparison] {
    var series: [[Validation.Prediction]] = []
    var index: [String: Int] = [:]
    for prediction in predictions where prediction.measurement.latency != nil {
      let row = prediction.measurement
      var rest = row.parameters
      rest["batch"] = nil
      let others = "\(rest.sorted { $0.key < $1.key })"
      let key = "\(row.testbed)\n\(row.workload)\n\(others)\n\(row.precision)\n\(row.framework)"
      if let place = index[key] {
        series[place].append(prediction)
      } else {
        index[key] = series.count
        series.append([prediction])
      }
    }
    return series.filter { $0.count >= 4 }.map { rows in
      let sorted = rows.sorted { ($0.measurement.parameters["batch"] ?? 1) < ($1.measurement.parameters["batch"] ?? 1) }
      let batches = sorted.map { $0.measurement.parameters["batch"] ?? 1 }
      return RiseComparison(
        testbed: rows[0].measurement.testbed, workload: rows[0].measurement.workload,
        measured: rise(batches, sorted.map { $0.measurement.latency ?? 0 }),
        predicted: rise(batches, sorted.map(\.latency)))
    }
  }

  /// The first batch from which on every latency lies more than a fifth above the floor; batches in rising order.
  package static func rise(_ batches: [Int64], _ latencies: [Double]) -> Int64? {
    let floor = floor(latencies)
    var rise: Int64?
    for (batch, latency) in zip(batches, latencies).reversed() {
      guard latency > threshold * floor else { break }
      rise = batch
    }
    return rise
  }

  private static func floor(_ latencies: [Double]) -> Double {
    let smallest = latencies.min() ?? 0
    let plateau = latencies.filter { $0 <= threshold * smallest }.sorted()
    guard !plateau.isEmpty else { return smallest }
    return (plateau[(plateau.count - 1) / 2] + plateau[plateau.count / 2]) / 2
  }
}

extension RiseComparison {
  /// Series by how far apart their two rises lie, as a ratio, the farthest first.
  package static func farthestFirst(_ rises: [RiseComparison]) -> [RiseComparison] {
    // A floor that reaches to the end of a series is as far off as a rise at twice any batch that was tried.
    let beyond = 2 * Double(rises.flatMap { [$0.measured ?? 1, $0.predicted ?? 1] }.max() ?? 1)
    func distance(_ rise: RiseComparison) -> Double {
      let (one, other) = (rise.measured.map(Double.init) ?? beyond, rise.predicted.map(Double.init) ?? beyond)
      return max(one / other, other / one)
    }
    return rises.sorted { distance($0) > distance($1) }
  }
}
