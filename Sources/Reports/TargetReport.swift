import JSONText
import Simulation
import Studies

/// What it would take to meet a target, for people and for programs.
public struct TargetReport: Sendable {
  /// Where the search starts.
  public let scenario: Scenario
  /// One search for each thing that is varied, all for one target.
  public let searches: [TargetSearch]

  /// A report.
  public init(scenario: Scenario, searches: [TargetSearch]) {
    precondition(!searches.isEmpty, "a target is searched for")
    self.scenario = scenario
    self.searches = searches
  }

  private var metric: TargetSearch.Metric { searches[0].metric }
  private var target: Double { searches[0].target }

  private func text(of value: Double) -> String {
    metric == .taxFraction
      ? NumberFormat.percent(value) : NumberFormat.fixed(value, decimals: 1, grouping: .comma) + " us"
  }

  /// The answer for each thing that is varied.
  public func text(styled: Bool) -> String {
    var text = scenario.workloadText + "\n" + scenario.systemText + "\n"
    let now = metric.value(of: searches[0].present.result)
    text += "\(metric.rawValue) is \(self.text(of: now)) today; wanted: at most \(self.text(of: target))\n\n"
    var table = TextTable(columns: [
      TextTable.Column("vary"), TextTable.Column("today", alignment: .number),
      TextTable.Column("needed", alignment: .number), TextTable.Column("gives", alignment: .number),
      TextTable.Column("latency", unit: "us", alignment: .number), TextTable.Column("answer"),
    ])
    for search in searches {
      let (trial, words) = answer(search)
      let isMet: Bool
      if case .unreachable = search.outcome { isMet = false } else { isMet = true }
      table.append([
        TextTable.Cell(search.subject.name), TextTable.Cell(valueText(search, search.present.value)),
        TextTable.Cell(isMet ? valueText(search, trial.value) : "-", style: .bold),
        TextTable.Cell(self.text(of: metric.value(of: trial.result))),
        TextTable.Cell(NumberFormat.fixed(Double(trial.result.latency) / 1e6, decimals: 1, grouping: .comma)),
        TextTable.Cell(words, style: isMet ? nil : .yellow),
      ])
    }
    return text + table.text(styled: styled)
  }

  private func valueText(_ search: TargetSearch, _ value: Double) -> String {
    switch search.subject {
    case .parameter: NumberFormat.shortest(value)
    case .dial(let dial) where dial.paths.count == 1:
      search.number(of: scenario.system, at: value).map { NumberFormat.significant($0, digits: 4) } ?? "-"
    case .dial: "x " + NumberFormat.significant(value, digits: 4)
    }
  }

  /// The value that is shown, and what it means.
  private func answer(_ search: TargetSearch) -> (trial: TargetSearch.Trial, words: String) {
    switch search.outcome {
    case .met(let trial): (trial, factorText(search, trial.value))
    case .holds(let trial?): (trial, "met today, and up to this value")
    case .holds(nil): (search.present, "met today, and at every value tried, \(rangeText(search))")
    case .unreachable(let trial):
      (trial, "no value does: the least is had at \(valueText(search, trial.value)), tried \(rangeText(search))")
    }
  }

  private func rangeText(_ search: TargetSearch) -> String {
    "\(valueText(search, search.range.lowerBound)) to \(valueText(search, search.range.upperBound))"
  }

  private func factorText(_ search: TargetSearch, _ value: Double) -> String {
    let ratio = value / search.present.value
    if ratio == 0 { return "nothing of it" }
    let times = NumberFormat.significant(ratio > 1 ? ratio : 1 / ratio, digits: 3)
    return ratio > 1 ? "\(times) times as much" : "\(times) times less"
  }

  /// One row for each thing that is varied.
  public func csv() -> String {
    let columns = [
      "vary", "present", "needed", "is_met", "target", "metric", "value", "latency_us", "device_busy_us",
      "framework_tax_fraction", "latency_kind", "kernel_model",
    ]
    var table = TextTable(columns: columns.map { TextTable.Column($0) })
    for search in searches {
      let trial = answer(search).trial
      table.append([
        TextTable.Cell(search.subject.name), TextTable.Cell(NumberFormat.shortest(search.present.value)),
        TextTable.Cell(isMet(search) ? NumberFormat.shortest(trial.value) : ""),
        TextTable.Cell(isMet(search) ? "true" : "false"), TextTable.Cell(NumberFormat.shortest(target)),
        TextTable.Cell(metric.rawValue), TextTable.Cell(NumberFormat.shortest(metric.value(of: trial.result))),
        TextTable.Cell(NumberFormat.microseconds(picoseconds: trial.result.latency)),
        TextTable.Cell(NumberFormat.microseconds(picoseconds: trial.result.deviceBusy)),
        TextTable.Cell(NumberFormat.shortest(trial.result.frameworkTaxFraction)),
        TextTable.Cell(scenario.latencyKind.rawValue), TextTable.Cell(scenario.kernelModel.name),
      ])
    }
    return table.csv()
  }

  private func isMet(_ search: TargetSearch) -> Bool {
    if case .unreachable = search.outcome { return false }
    return true
  }

  /// One object: the target, the present result, and an answer for each thing that is varied.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("target")
    writer.beginObject(onOneLine: true)
    writer.key(metric.rawValue)
    writer.value(target)
    writer.end()
    writer.object("present", searches[0].present.result)
    writer.key("answers")
    writer.beginArray()
    for search in searches { write(search, &writer) }
    writer.end()
    writer.inputs(scenario)
    writer.end()
    return writer.text
  }

  private func write(_ search: TargetSearch, _ writer: inout JSONWriter) {
    let trial = answer(search).trial
    writer.beginObject()
    writer.key("vary")
    writer.value(search.subject.name)
    writer.key("met")
    writer.value(isMet(search))
    writer.key("met_today")
    if case .holds = search.outcome { writer.value(true) } else { writer.value(false) }
    switch search.subject {
    case .parameter:
      writer.key("value")
      writer.value(trial.value)
    case .dial(let dial):
      writer.key("factor")
      writer.value(trial.value)
      if dial.paths.count == 1, let number = search.number(of: scenario.system, at: trial.value) {
        writer.key("value")
        writer.value(number)
      }
    }
    writer.key("tried")
    writer.beginArray(onOneLine: true)
    writer.value(search.range.lowerBound)
    writer.value(search.range.upperBound)
    writer.end()
    writer.object("result", trial.result)
    writer.end()
  }
}
