import Profiles

extension CaseStudy {
  /// What is the same but for the precision, single and half.
  package static func precisionPairs(
    _ points: [Point]
  ) -> [(single: Validation.Prediction, half: Validation.Prediction)] {
    let predictions = points.map(\.prediction)
    return predictions.filter { $0.measurement.precision == .fp32 }.compactMap { single in
      let row = single.measurement
      let half = predictions.first {
        let other = $0.measurement
        return other.precision == .fp16 && other.workload == row.workload && other.parameters == row.parameters
      }
      return half.map { (single, $0) }
    }
  }
}
