import JSONText
import Replay
import Simulation

/// A recording, its replay and its target, for people and for programs.
public struct TraceReport: Sendable {
  /// What was found.
  public let study: TraceStudy
  /// The numbers that the user changed: path and value.
  public let overrides: [(path: String, value: Double)]

  /// A report.
  public init(study: TraceStudy, overrides: [(path: String, value: Double)] = []) {
    self.study = study
    self.overrides = overrides
  }

  private var deviceTitle: String {
    let recorded = visible(study.run.trace.devices.first?.name ?? "")
    guard let profile = study.system.accelerator else { return recorded.isEmpty ? "an unknown device" : recorded }
    return recorded.isEmpty ? profile.title : "\(recorded) (\(profile.name))"
  }

  private var targetTitle: String {
    guard let target = study.targetSystem else { return "" }
    var parts: [String] = []
    if let accelerator = target.accelerator, accelerator.name != study.system.accelerator?.name {
      parts.append("on \(accelerator.title)")
    }
    if target.framework.name != study.system.framework.name { parts.append("through \(target.framework.title)") }
    if target.host.singleThreadSpeed != 1 {
      parts.append("host speed \(NumberFormat.shortest(target.host.singleThreadSpeed))")
    }
    return parts.joined(separator: ", ")
  }
}

// MARK: - JSON

extension TraceReport {
  /// One JSON object; times of replays are exact decimals, so that a breakdown sums to its span to the last digit.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("file")
    writer.value(study.run.trace.file)
    writer.key("step")
    if let step = study.run.step { writer.value(Int(step)) } else { writer.null() }
    writer.key("truncated")
    writer.value(study.run.trace.truncation != nil)
    for (key, count) in [
      ("events", study.run.trace.eventCount), ("operators", study.run.operatorCount),
      ("launches", study.run.launchCount), ("kernels", study.run.kernelCount),
    ] {
      writer.key(key)
      writer.value(count)
    }
    writer.key("recorded")
    writer.beginObject()
    time("span_us", study.run.span * 1000, &writer)
    time("device_busy_us", study.run.deviceBusy * 1000, &writer)
    writer.key("framework_tax_fraction")
    writer.value(study.run.frameworkTaxFraction)
    writer.end()
    write("replayed", study.replayed, &writer)
    if let target = study.target { write("target", target, &writer) }
    writeRules(&writer)
    writeChanges(&writer)
    writeConstants(&writer)
    writeInputs(&writer)
    writer.end()
    return writer.text
  }

  private func time(_ key: String, _ picoseconds: Int64, _ writer: inout JSONWriter) {
    writer.key(key)
    writer.rawNumber(NumberFormat.microseconds(picoseconds: picoseconds))
  }

  private func write(_ key: String, _ result: ReplayResult, _ writer: inout JSONWriter) {
    writer.key(key)
    writer.beginObject()
    time("span_us", result.span, &writer)
    time("device_busy_us", result.deviceBusy, &writer)
    writer.key("framework_tax_fraction")
    writer.value(result.frameworkTaxFraction)
    writer.key("bound")
    writer.value(result.bound.rawValue)
    writer.key("breakdown_us")
    writer.beginObject()
    for category in CostCategory.allCases { time(category.key, result.time(in: category), &writer) }
    writer.end()
    writer.end()
  }

  private func writeRules(_ writer: inout JSONWriter) {
    writer.key("rules")
    writer.beginObject()
    for (rule, jobs, fraction) in study.pricing.shares {
      writer.key(rule.key)
      writer.beginObject(onOneLine: true)
      writer.key("jobs")
      writer.value(jobs)
      writer.key("device_time_fraction")
      writer.value(fraction)
      writer.end()
    }
    writer.end()
    writer.key("senseless_shapes")
    writer.value(study.pricing.senselessShapes)
  }

  private func writeChanges(_ writer: inout JSONWriter) {
    writer.key("sensitivities")
    writer.beginObject()
    for change in study.changes {
      writer.key(change.knob.key)
      writer.value(change.elasticity)
    }
    writer.end()
    writer.key("changes")
    writer.beginArray()
    for change in study.changes.prefix(3) {
      writer.beginObject(onOneLine: true)
      writer.key("change")
      writer.value(change.knob.change)
      writer.key("number")
      writer.value(change.knob.key)
      time("span_us", change.span, &writer)
      writer.end()
    }
    writer.end()
  }

  private func writeConstants(_ writer: inout JSONWriter) {
    let constants = study.recorded.constants
    writer.key("recorded_constants")
    writer.beginObject()
    for (key, value) in [
      ("launch_call_us", constants.launchCall), ("launch_latency_us", constants.launchLatency),
      ("kernel_gap_us", constants.kernelGap), ("graph_call_us", constants.graphCall),
      ("graph_latency_us", constants.graphLatency), ("graph_kernel_gap_us", constants.graphKernelGap),
      ("synchronization_us", constants.synchronization),
    ] { time(key, value * 1000, &writer) }
    writer.key("profiler_overhead_us_at_most")
    if let estimate = study.profilerOverheadEstimateUS { writer.value(estimate) } else { writer.null() }
    writer.end()
  }

  private func writeInputs(_ writer: inout JSONWriter) {
    writer.key("inputs")
    writer.beginObject()
    writer.key("device")
    writer.value(study.run.trace.devices.first?.name ?? "")
    writer.key("recorded_accelerator")
    if let accelerator = study.system.accelerator { writer.value(accelerator.name) } else { writer.null() }
    if let target = study.targetSystem {
      writer.key("accelerator")
      if let accelerator = target.accelerator { writer.value(accelerator.name) } else { writer.null() }
      writer.key("framework")
      writer.value(target.framework.name)
      writer.key("host_speed")
      writer.value(target.host.singleThreadSpeed)
    }
    writer.key("set")
    writer.beginObject(onOneLine: true)
    for override in overrides {
      writer.key(override.path)
      writer.value(override.value)
    }
    writer.end()
    writer.end()
  }
}

// MARK: - Table

extension TraceReport {
  /// A few lines and tables to read.
  ///
  /// - Parameter styled: Whether what matters stands out.
  /// - Returns: The text.
  public func text(styled: Bool) -> String {
    let run = study.run
    var lines = [visible(run.trace.file) + (run.step.map { ", step \($0)" } ?? ""), "recorded on \(deviceTitle)"]
    if study.target != nil, !targetTitle.isEmpty { lines.append("target: \(targetTitle)") }
    if study.capture.graphs > 0 {
      lines.append(
        "captured into \(count(study.capture.graphs, "graph")) of \(NumberFormat.integer(study.capture.nodes)) nodes")
    }
    lines.append(
      "\(count(run.trace.eventCount, "event")): \(count(run.operatorCount, "operator")), "
        + "\(count(run.launchCount, "launch", "launches")), \(count(run.kernelCount, "kernel")), "
        + "\(count(study.recorded.threads.count, "thread")), \(count(study.recorded.streams.count, "stream"))")
    lines.append("")
    lines.append(timesTable(styled))
    lines.append(pathTable(styled))
    if study.targetSystem?.accelerator?.name != study.system.accelerator?.name || !overrides.isEmpty {
      lines.append(rulesTable(styled))
    }
    lines.append("\((study.target ?? study.replayed).bound.rawValue)\(study.target == nil ? "" : " on the target")")
    if !study.changes.isEmpty { lines += ["", changesTable(styled)] }
    return lines.joined(separator: "\n") + (study.changes.isEmpty ? "\n" : "")
  }

  private func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(NumberFormat.integer(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  private func cell(_ picoseconds: Int64) -> TextTable.Cell {
    TextTable.Cell(NumberFormat.fixed(Double(picoseconds) / 1e6, decimals: 1, grouping: .comma))
  }

  private func timesTable(_ styled: Bool) -> String {
    func number(_ title: String) -> TextTable.Column { TextTable.Column(title, unit: "us", alignment: .number) }
    var columns = [TextTable.Column("time"), number("recorded"), number("replayed")]
    if study.target != nil { columns.append(number("target")) }
    var table = TextTable(columns: columns)
    func row(_ name: String, _ recorded: Int64, _ value: (ReplayResult) -> Int64) {
      var cells = [TextTable.Cell(name), cell(recorded * 1000), cell(value(study.replayed))]
      if let target = study.target { cells.append(cell(value(target))) }
      table.append(cells)
    }
    row("span", study.run.span, \.span)
    row("device busy", study.run.deviceBusy, \.deviceBusy)
    row("framework tax", study.run.span - study.run.deviceBusy) { $0.span - $0.deviceBusy }
    var shares = [
      TextTable.Cell("tax, share of the span"),
      TextTable.Cell(NumberFormat.percent(study.run.frameworkTaxFraction)),
      TextTable.Cell(NumberFormat.percent(study.replayed.frameworkTaxFraction)),
    ]
    if let target = study.target { shares.append(TextTable.Cell(NumberFormat.percent(target.frameworkTaxFraction))) }
    table.append(shares)
    return table.text(styled: styled)
  }

  private func pathTable(_ styled: Bool) -> String {
    var columns = [
      TextTable.Column("critical path"), TextTable.Column("replayed", unit: "us", alignment: .number),
      TextTable.Column("share", alignment: .number),
    ]
    if study.target != nil {
      columns.append(TextTable.Column("target", unit: "us", alignment: .number))
      columns.append(TextTable.Column("share", alignment: .number))
    }
    var table = TextTable(columns: columns)
    let results = [study.replayed] + (study.target.map { [$0] } ?? [])
    for category in CostCategory.allCases where results.contains(where: { $0.time(in: category) != 0 }) {
      var cells = [TextTable.Cell(category.title)]
      for result in results {
        let time = result.time(in: category)
        cells.append(cell(time))
        cells.append(
          TextTable.Cell(NumberFormat.percent(result.span == 0 ? 0 : Double(time) / Double(result.span))))
      }
      table.append(cells)
    }
    return table.text(styled: styled)
  }

  private func rulesTable(_ styled: Bool) -> String {
    var table = TextTable(columns: [
      TextTable.Column("device time by"), TextTable.Column("kernels", alignment: .number),
      TextTable.Column("share", alignment: .number),
    ])
    for (rule, jobs, fraction) in study.pricing.shares where jobs > 0 {
      table.append([
        TextTable.Cell(rule.title), TextTable.Cell(NumberFormat.integer(jobs)),
        TextTable.Cell(NumberFormat.percent(fraction)),
      ])
    }
    return table.text(styled: styled)
  }

  private func changesTable(_ styled: Bool) -> String {
    let span = (study.target ?? study.replayed).span
    var table = TextTable(columns: [
      TextTable.Column("what would help most"), TextTable.Column("1 % more gives", unit: "%", alignment: .number),
      TextTable.Column("span", unit: "us", alignment: .number), TextTable.Column("saves", alignment: .number),
    ])
    for change in study.changes.prefix(3) {
      table.append([
        TextTable.Cell(change.knob.change),
        TextTable.Cell(NumberFormat.fixed(change.elasticity, decimals: 3)), cell(change.span),
        TextTable.Cell(NumberFormat.percent(span == 0 ? 0 : Double(span - change.span) / Double(span))),
      ])
    }
    return table.text(styled: styled)
  }
}
