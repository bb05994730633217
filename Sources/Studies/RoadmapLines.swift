import Profiles

/// The trends of the lines that a projection's base belongs to.
package struct RoadmapLines: Sendable {
  /// How trends are fitted.
  package let rules: TrendRules
  private let trends: TrendSet?
  private let scale: BandScales

  /// Lines of a history.
  ///
  /// - Parameters:
  ///   - trends: Their trends.
  ///   - scale: What their hindcasts justify to scale bands by.
  package init(_ trends: TrendSet, scale: BandScales = .none) {
    rules = trends.lines.rules
    self.trends = trends
    self.scale = scale
  }

  /// No lines: what is projected is fitted to given generations alone.
  package init(rules: TrendRules) {
    self.rules = rules
    trends = nil
    scale = .none
  }

  /// What data sheets do not tell; nil without lines, of which it was learned.
  var progress: RoadmapProgress? {
    trends.map { _ in
      RoadmapProgress(
        perYear: rules.progressPerYear, deviation: rules.progressDeviation, hostDeviation: rules.hostDeviation)
    }
  }

  /// Whether there are lines at all.
  var isKnown: Bool { trends != nil }

  /// The line of the part that has a profile of a name; nil where none has it.
  private func line(_ name: String, _ parts: [HistoryPart]) -> String? { parts.first { $0.profile == name }?.line }

  /// The trend of a number for a base's line; where no line has the base, it is a line of its own, which takes its pace from
  /// a market.
  ///
  /// - Returns: The trend; nil for a number without one.
  func trend(of number: SystemNumber, for base: System) -> LineTrend? {
    guard let trends, let rule = rules.number(number.path) else { return nil }
    let scale = rule.isStepwise ? scale.stepwise : scale.usual
    let isHost = number.isOfHost
    let parts = isHost ? trends.lines.hosts : trends.lines.accelerators
    let (name, released) =
      isHost ? (base.host.name, base.host.released) : (base.accelerator?.name ?? "", base.accelerator?.released ?? "")
    if let line = line(name, parts), let found = LineTrend(trends.trend(of: number.path), line: line, scale: scale) {
      return found
    }
    // The newest part's time stands for a base without a date.
    guard let value = number.value(in: base), value > 0,
      let month = released.isEmpty ? parts.map(\.released).max() : released, let time = decimalYear(month),
      let own = LineHistory(
        line: name, market: isHost ? "server" : "flagship",
        points: [LineHistory.Point(time: time, logarithm: value.logarithm, released: month)])
    else { return nil }
    let alone = TrendSet(trends.lines, with: [rule.path: own])
    return LineTrend(alone.trend(of: rule.path), line: name, scale: scale)
  }

  /// The trend of a number over given generations alone.
  func trend(of path: String, over points: [LineHistory.Point]) -> LineTrend? {
    let line = "history"
    guard let history = LineHistory(line: line, market: line, points: points) else { return nil }
    let number = rules.number(path) ?? TrendRules.Number(path: path)
    return LineTrend(
      PooledTrend([history], TrendRules.Number(path: path, priorYearlyFactor: number.priorYearlyFactor), rules),
      line: line, scale: scale.usual)
  }
}

/// How hardware gets faster beyond its data sheets, as hindcasts of latencies told; logarithms.
package struct RoadmapProgress: Sendable {
  /// By how much device times shrink each year.
  package let perYear: Double
  /// How far this may lie from what is known of it, a standard deviation.
  package let deviation: Double
  /// How far a host's dispatch may lie from what the speed of its threads says, a standard deviation.
  package let hostDeviation: Double
}
