import Profiles

/// The history of hardware by lines of products, and how trends are fitted to it.
package struct HardwareLines: Sendable {
  /// Accelerators, in the order of their file.
  package let accelerators: [HistoryPart]
  /// Hosts, in the order of their file.
  package let hosts: [HistoryPart]
  /// How trends are fitted.
  package let rules: TrendRules

  /// A history.
  package init(accelerators: [HistoryPart], hosts: [HistoryPart], rules: TrendRules) {
    self.accelerators = accelerators
    self.hosts = hosts
    self.rules = rules
  }

  /// What was known at the end of a year: the parts that had come by then.
  package func known(at year: Int) -> HardwareLines {
    HardwareLines(
      accelerators: accelerators.filter { $0.year <= year && !$0.isAnnounced },
      hosts: hosts.filter { $0.year <= year && !$0.isAnnounced }, rules: rules)
  }

  /// The years in which parts came.
  package var years: ClosedRange<Int>? {
    let years = (accelerators + hosts).filter { !$0.isAnnounced }.map(\.year)
    guard let first = years.min(), let last = years.max() else { return nil }
    return first...last
  }

  /// The parts that have a number.
  package func parts(of path: String) -> [HistoryPart] {
    SystemNumber(path: path)?.isOfHost == true ? hosts : accelerators
  }

  /// The lines of a number with a trend.
  package func histories(of number: TrendRules.Number) -> [LineHistory] {
    LineHistory.lines(of: parts(of: number.path), number.path, or: number.alternative)
  }
}

/// The trend of each number, as far as a history tells it.
package struct TrendSet: Sendable {
  /// What the trends are fitted to.
  package let lines: HardwareLines
  private let trends: [String: PooledTrend]

  /// Fits every number that the rules name.
  ///
  /// - Parameters:
  ///   - lines: The history.
  ///   - extra: A line that is in no file, for each number that it has.
  package init(_ lines: HardwareLines, with extra: [String: LineHistory] = [:]) {
    self.lines = lines
    var trends: [String: PooledTrend] = [:]
    for number in lines.rules.numbers {
      let histories = lines.histories(of: number) + (extra[number.path].map { [$0] } ?? [])
      guard !histories.isEmpty else { continue }
      trends[number.path] = PooledTrend(histories, number, lines.rules, elder: number.elder.flatMap { trends[$0] })
    }
    self.trends = trends
  }

  /// The trend of a number, or of the one that it stands for; nil where the rules do not name it.
  package func trend(of path: String) -> PooledTrend? {
    lines.rules.number(path).flatMap { trends[$0.path] }
  }
}
