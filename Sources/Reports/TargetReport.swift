import JSONText
import Simulation
import Studies

/// What it would take to meet a target.
package struct TargetReport: Report {
  /// Where the search starts.
  package let scenario: Scenario
  /// One search for each thing that is varied, all for one target.
  package let searches: [TargetSearch]

  /// A report.
  package init(scenario: Scenario, searches: [TargetSearch]) {
    precondition(!searches.isEmpty, "a target is searched for")
    self.scenario = scenario
    self.searches = searches
  }

  private var metric: TargetSearch.Metric { searches[0].metric }
  private var target: Double { searches[0].target }

  // MARK: For programs

  /// The target, the present result, and an answer for each thing that is varied.
  package var record: Record {
    let target: Record = [metric.rawValue: .number(target)]
    return [
      "target": .record(target.onOneLine), "present": .record(searches[0].present.result.times),
      "answers": .list(searches.map { .record(answer($0)) }, onOneLine: false), "inputs": .record(scenario.inputs),
    ]
  }

  private func answer(_ search: TargetSearch) -> Record {
    let trial = search.answer
    var answer: Record = [
      "vary": .text(search.subject.name), "met": .flag(search.outcome.isMet),
      "met_today": .flag(search.outcome.isMetToday),
    ]
    switch search.subject {
    case .parameter: answer += ["value": .number(trial.value)]
    case .dial(let dial):
      answer += ["factor": .number(trial.value)]
      if dial.paths.count == 1, let number = search.number(of: scenario.system, at: trial.value) {
        answer += ["value": .number(number)]
      }
    }
    return answer + ["tried": .range(search.range), "result": .record(trial.result.times)]
  }

  /// A row for each thing that is varied.
  package var tables: [Table] {
    [
      Table(
        searches.map { search in
          let trial = search.answer
          let met: Record = [
            "vary": .text(search.subject.name), "present": .number(search.present.value),
            "needed": .number(search.outcome.isMet ? trial.value : nil), "is_met": .flag(search.outcome.isMet),
            "target": .number(target), "metric": .text(metric.rawValue),
            "value": .number(metric.value(of: trial.result)),
          ]
          return met + trial.result.lineTimes + scenario.madeBy
        })
    ]
  }

  // MARK: For people

  /// The answer for each thing that is varied.
  package var blocks: [ReportBlock] {
    let now = metric.value(of: searches[0].present.result)
    let table = Table(
      searches,
      [
        Column("vary") { .text($0.subject.name) },
        Column("today", .plain) { .number(nil, shown: text($0, at: $0.present.value)) },
        Column("needed", .plain) { .number(nil, .bold, shown: $0.outcome.isMet ? text($0, at: $0.answer.value) : "-") },
        Column("gives", .plain, rank: .supporting) {
          .number(nil, shown: text(of: metric.value(of: $0.answer.result)))
        },
        .latency { $0.answer.result }.ranked(.incidental),
        Column("answer") { .text(words($0), $0.outcome.isMet ? nil : .yellow) },
      ])
    return [
      .lines(
        [scenario.workloadText, scenario.systemText] + scenario.system.connectionText
          + ["\(metric.rawValue) is \(text(of: now)) today; wanted: at most \(text(of: target))"]), .table(table),
    ]
  }

  private func text(of value: Double) -> String {
    metric == .taxFraction
      ? NumberFormat.percent(value) : NumberFormat.fixed(value, decimals: 1, grouping: .comma) + " us"
  }

  private func text(_ search: TargetSearch, at value: Double) -> String {
    switch search.subject {
    case .parameter: NumberFormat.shortest(value)
    case .dial(let dial) where dial.paths.count == 1:
      search.number(of: scenario.system, at: value).map { NumberFormat.significant($0, digits: 4) } ?? "-"
    case .dial: "x " + NumberFormat.significant(value, digits: 4)
    }
  }

  /// What the answer means.
  private func words(_ search: TargetSearch) -> String {
    let tried = "\(text(search, at: search.range.lowerBound)) to \(text(search, at: search.range.upperBound))"
    switch search.outcome {
    case .met(let trial): return factorText(trial.value / search.present.value)
    case .holds(.some): return "met today, and up to this value"
    case .holds(nil): return "met today, and at every value tried, \(tried)"
    case .unreachable(let trial):
      return "no value does: the least is had at \(text(search, at: trial.value)), tried \(tried)"
    }
  }

  private func factorText(_ ratio: Double) -> String {
    if ratio == 0 { return "nothing of it" }
    let times = NumberFormat.significant(ratio > 1 ? ratio : 1 / ratio, digits: 3)
    return ratio > 1 ? "\(times) times as much" : "\(times) times less"
  }
}

extension TargetSearch {
  /// The trial that is shown.
  fileprivate var answer: Trial { outcome.answer(present) }
}
