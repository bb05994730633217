/// When a result passes a value: in which year, sample by sample.
package struct YearQuestion: Sendable {
  /// A result that can be asked about.
  package enum Metric: String, Sendable, CaseIterable {
    /// Microseconds per pass.
    case latency = "latency_us"
    /// Microseconds in which the device works.
    case deviceBusy = "device_busy_us"
    /// Microseconds of the latency in which it does not.
    case tax = "framework_tax_us"
    /// The same as a fraction of the latency.
    case taxFraction = "framework_tax_fraction"
    /// The time that the host needs over the time that the device needs: from 1 on the pass is host-bound.
    case hostOverDevice = "host_over_device"

    /// The metric of a pass.
    func value(of pass: SampledPass) -> Double {
      switch self {
      case .latency: pass.latency * 1e6
      case .deviceBusy: pass.deviceBusy * 1e6
      case .tax: (pass.latency - pass.deviceBusy) * 1e6
      case .taxFraction: pass.taxFraction
      case .hostOverDevice: pass.hostOverDevice
      }
    }
  }

  /// What is asked about.
  package let metric: Metric
  /// The value that is passed.
  package let value: Double

  /// A question.
  package init(_ metric: Metric, passes value: Double) {
    self.metric = metric
    self.value = value
  }

  /// The answer, over the parts of the past and the years of a projection.
  package struct Answer: Sendable {
    /// The question.
    package let question: YearQuestion
    /// Whether the result rises to the value, or falls to it: by the first part's own result.
    package let rises: Bool
    /// The year of the first part, and its result without any error; nil where there is none.
    package let first: (year: Int, value: Double)?
    /// The share of samples that have passed by each year.
    package let shares: [(year: Int, share: Double)]

    /// The first year by which a share of samples has passed; nil where it comes later than the last year.
    package func year(of share: Double) -> Int? { shares.first { $0.share >= share }?.year }

    /// The share of samples that have passed by the last year.
    package var lastShare: Double { shares.last?.share ?? 0 }
  }
}

extension Projection {
  /// When a result passes a value: on the parts of the past, each with the host of its time, or in the years to come.
  package func answer(_ question: YearQuestion) -> YearQuestion.Answer {
    let past = parts.filter(\.isFitted).map { (year: Int($0.year), onTrend: $0.trendPass, samples: $0.samples) }
    let all = past + years.map { (year: $0.year, onTrend: $0.trendPass, samples: $0.samples) }
    let first = all.first.map { (year: $0.year, value: question.metric.value(of: $0.onTrend)) }
    let rises = (first?.value ?? 0) < question.value
    var passed = [Bool](repeating: false, count: sampleCount)
    let shares = all.map { year, _, samples in
      for (index, sample) in samples.enumerated() where !passed[index] {
        guard let sample else { continue }
        let value = question.metric.value(of: sample)
        passed[index] = rises ? value >= question.value : value <= question.value
      }
      return (year: year, share: Double(passed.filter { $0 }.count) / Double(max(1, sampleCount)))
    }
    return YearQuestion.Answer(question: question, rises: rises, first: first, shares: shares)
  }
}
