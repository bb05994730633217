/// When a result passes a value: in which year, sample by sample.
package struct YearQuestion: Sendable {
  /// What is asked about.
  package let metric: TargetSearch.Metric
  /// The value that is passed.
  package let value: Double

  /// A question.
  package init(_ metric: TargetSearch.Metric, passes value: Double) {
    self.metric = metric
    self.value = value
  }

  /// The answer, over the years of a projection.
  package struct Answer: Sendable {
    /// The question.
    package let question: YearQuestion
    /// Whether the result rises to the value, or falls to it: by the trends' own result of the first year.
    package let rises: Bool
    /// The share of samples that have passed by each year.
    package let shares: [(year: Int, share: Double)]

    /// The first year by which a share of samples has passed; nil where it comes later than the last year.
    package func year(of share: Double) -> Int? { shares.first { $0.share >= share }?.year }

    /// The share of samples that have passed by the last year.
    package var lastShare: Double { shares.last?.share ?? 0 }
  }
}

extension Projection {
  /// When a result passes a value.
  package func answer(_ question: YearQuestion) -> YearQuestion.Answer {
    let first = years.first.map { question.metric.value(of: $0.onTrend) } ?? 0
    let rises = first < question.value
    var passed = [Bool](repeating: false, count: sampleCount)
    let shares = years.map { year in
      for (index, sample) in year.samples.enumerated() where !passed[index] {
        guard let sample else { continue }
        let value = question.metric.value(latency: sample.latency, deviceBusy: sample.deviceBusy)
        passed[index] = rises ? value >= question.value : value <= question.value
      }
      return (year: year.year, share: Double(passed.filter { $0 }.count) / Double(max(1, sampleCount)))
    }
    return YearQuestion.Answer(question: question, rises: rises, shares: shares)
  }
}

extension TargetSearch.Metric {
  /// The metric of a pass of so many seconds, in so many of which the device works.
  func value(latency: Double, deviceBusy: Double) -> Double {
    switch self {
    case .latency: latency * 1e6
    case .deviceBusy: deviceBusy * 1e6
    case .tax: (latency - deviceBusy) * 1e6
    case .taxFraction: latency > 0 ? 1 - deviceBusy / latency : 0
    }
  }
}
