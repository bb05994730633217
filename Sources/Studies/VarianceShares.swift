import Profiles

/// What the uncertainty of a projected year comes from, group by group of numbers.
///
/// For each group the samples are simulated again with nothing else off its median; its share is the variance that is left,
/// of the sum over all groups. What groups do only together is in no share.
package struct VarianceShares: Sendable {
  /// What is uncertain.
  package enum Group: String, CaseIterable, Sendable {
    /// The trend of memory bandwidth.
    case bandwidth
    /// The trends of peaks.
    case peak
    /// All other trends of the accelerator.
    case otherDevice = "other_device"
    /// The trend of the host.
    case host
    /// What frameworks spend on a host: the model's error of host times.
    case framework
    /// What kernels take on a device: the model's error of device times, and progress beyond data sheets.
    case kernels
    /// Which of the figures is right where sources contradict each other.
    case sources

    /// The group of a number with a trend.
    init(_ number: SystemNumber) {
      self =
        if number.isOfHost {
          .host
        } else {
          switch number.family {
          case .bandwidth: .bandwidth
          case .peak: .peak
          default: .otherDevice
          }
        }
    }
  }

  /// The shares of the variance of the latency's logarithm; they sum to 1, or are all 0 where nothing is uncertain.
  package let latency: [Group: Double]
  /// The shares of the variance of the tax as a fraction.
  package let taxFraction: [Group: Double]

  /// Shares from each group's samples.
  init(_ samples: [Group: [(latency: Double, taxFraction: Double)]]) {
    func variance(_ numbers: [Double]) -> Double {
      let mean = numbers.reduce(0, +) / Double(max(1, numbers.count))
      return numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    func shares(_ value: (Double, Double) -> Double) -> [Group: Double] {
      let variances = samples.mapValues { variance($0.map { value($0.latency, $0.taxFraction) }) }
      let sum = Group.allCases.reduce(0) { $0 + (variances[$1] ?? 0) }
      // What rounding leaves is no share.
      return variances.mapValues { sum > 1e-18 && $0 > sum * 1e-12 ? $0 / sum : 0 }
    }
    latency = shares { latency, _ in latency.logarithm }
    taxFraction = shares { _, tax in tax }
  }
}
