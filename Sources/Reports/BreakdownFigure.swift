import Charts
import Simulation
import Studies

extension Figure {
  /// What the latency is spent on, accelerator by accelerator.
  static func breakdown(_ study: SystemStudy, _ choice: SystemStudy.Choice) -> Figure? {
    let rows = study.accelerators.indices.compactMap { index -> (name: String, isOwn: Bool, result: PassResult)? in
      var key = choice
      key.accelerator = index
      key.batch = 0
      guard let result = study.curves[key]?.results[choice.batch] else { return nil }
      let part = study.accelerators[index]
      let name = part.map { "\($0.title), \($0.released.prefix(4))" + ($0.isAnnounced ? " (announced)" : "") }
      return (name ?? "host alone", index == study.own.accelerator, result)
    }
    guard !rows.isEmpty else { return nil }
    let used = CostCategory.allCases.filter { category in rows.contains { $0.result.time(in: category) > 0 } }
    let chart = BarChart(
      axis: Axis(
        title: "milliseconds per pass, from zero",
        scale: .linear(covering: rows.map { milliseconds($0.result.latency) })),
      series: used.map { BarChart.Series(name: $0.title, style: $0.style) } + [
        BarChart.Series(name: "device busy, at the same time (thin)", style: SeriesStyle(color: 8))
      ],
      rows: rows.map { bar($0.name, $0.isOwn, $0.result, used) })
    let batch = study.batches[choice.batch]
    let title =
      "Where the time goes: \(workloadName(study)), \(study.frameworks[choice.framework].title), "
      + "\(study.precisions[choice.precision].rawValue), batch \(batch)"
    return Figure(
      caption: "The critical path of one pass: every part is what the latency waited for, and the parts sum to it. "
        + "The thin bar is how long the device is busy meanwhile.",
      chart: Chart(title: title, summary: summary(rows), content: .bars(chart)), table: breakdownTable(rows, used))
  }

  private static func bar(
    _ name: String, _ isOwn: Bool, _ result: PassResult, _ used: [CostCategory]
  ) -> BarChart.Row {
    var start: Int64 = 0
    var segments: [BarChart.Segment] = []
    for (index, category) in used.enumerated() {
      let time = result.time(in: category)
      guard time > 0 else { continue }
      segments.append(
        BarChart.Segment(
          series: index, start: milliseconds(start), end: milliseconds(start + time),
          hover: "\(name): \(category.title) \(shortNumber(milliseconds(time))) ms, "
            + NumberFormat.percent(Double(time) / Double(max(1, result.latency))),
          label: NumberFormat.percent(Double(time) / Double(max(1, result.latency)), decimals: 0)))
      start += time
    }
    let tax = NumberFormat.percent(result.frameworkTaxFraction, decimals: 0)
    let doubt = result.memory.fits ? "" : ", does not fit"
    return BarChart.Row(
      label: name, value: "\(shortNumber(milliseconds(result.latency))) ms, tax \(tax)\(doubt)", segments: segments,
      isMarked: isOwn,
      under: BarChart.Segment(
        series: used.count, start: 0, end: milliseconds(result.deviceBusy),
        hover: "\(name): device busy \(shortNumber(milliseconds(result.deviceBusy))) ms"))
  }

  private static func summary(_ rows: [(name: String, isOwn: Bool, result: PassResult)]) -> String {
    rows.map { "\($0.name): \(shortNumber(milliseconds($0.result.latency))) ms" }.joined(separator: "; ")
  }

  private static func breakdownTable(
    _ rows: [(name: String, isOwn: Bool, result: PassResult)], _ used: [CostCategory]
  ) -> TextTable {
    var table = TextTable(
      columns: [
        TextTable.Column("accelerator"),
        TextTable.Column("latency", unit: "ms", alignment: .number, key: "latency_us"),
        TextTable.Column("device busy", unit: "ms", alignment: .number, key: "device_busy_us"),
        TextTable.Column("tax", unit: "%", alignment: .number, key: "framework_tax_fraction"),
      ]
        + used.map {
          TextTable.Column($0.title, unit: "ms", alignment: .number, key: "\($0.key)_us")
        })
    for row in rows {
      let tax = row.result.frameworkTaxFraction
      table.append(
        [
          TextTable.Cell(row.name), timeCell(row.result.latency), timeCell(row.result.deviceBusy),
          TextTable.Cell(NumberFormat.fixed(tax * 100, decimals: 1), data: "\(tax)"),
        ] + used.map { timeCell(row.result.time(in: $0)) })
    }
    return table
  }
}
