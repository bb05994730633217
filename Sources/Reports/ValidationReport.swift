import JSONText
import Profiles
import Studies

/// Predictions beside measurements, for people and for programs.
public struct ValidationReport: Sendable {
  /// What was predicted.
  public let validation: Validation

  /// A report.
  public init(validation: Validation) {
    self.validation = validation
  }

  /// The input's columns and rows in order, with four columns more.
  public func csv(_ input: CSVText) -> String {
    let more = ["predicted_ms", "device_busy_ms", "framework_tax_fraction", "error_fraction"]
    // Line by line: a table of all cells would take ten times the file.
    var text = csvLine(input.header.map(\.text) + more)
    for (fields, prediction) in zip(input.rows, validation.predictions) {
      text += csvLine(
        fields.indices.map(fields.text) + [
          NumberFormat.fixed(prediction.latency * 1e3, decimals: 6),
          NumberFormat.fixed(prediction.deviceBusy * 1e3, decimals: 6),
          NumberFormat.fixed(prediction.taxFraction, decimals: 6),
          prediction.error.map { NumberFormat.fixed($0, decimals: 6) } ?? "",
        ])
    }
    return text
  }

  /// Errors by every aspect, the rises, the fitted hosts and the worst rows.
  public func text(styled: Bool) -> String {
    let measured = validation.predictions.filter { $0.error != nil }
    var text = "\(validation.predictions.count) rows, \(measured.count) measured\n\n"
    text += errorTable(measured).text(styled: styled) + "\n"
    let rises = RiseComparison.compare(validation.predictions)
    if !rises.isEmpty {
      let exact = rises.filter { $0.predicted == $0.measured }.count
      text +=
        "batch at which the latency rises exact in \(exact) of \(rises.count) series "
        + "(\(NumberFormat.percent(Double(exact) / Double(rises.count), decimals: 0)))\n\n"
      text += riseTable(rises).text(styled: styled) + "\n"
    }
    if !validation.speeds.isEmpty { text += speedTable().text(styled: styled) + "\n" }
    text += "the largest errors\n" + worstTable(measured).text(styled: styled)
    return text
  }

  private func errorTable(_ predictions: [Validation.Prediction]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("rows"), TextTable.Column("count", alignment: .number),
      TextTable.Column("median", unit: "%", alignment: .number),
      TextTable.Column("mean", unit: "%", alignment: .number),
      TextTable.Column("90th", unit: "%", alignment: .number),
      TextTable.Column("bias", unit: "%", alignment: .number),
    ])
    func add(_ name: String, _ rows: [Validation.Prediction]) {
      guard let summary = ErrorSummary(rows.compactMap(\.error)) else { return }
      func percent(_ value: Double) -> TextTable.Cell { TextTable.Cell(NumberFormat.fixed(value * 100, decimals: 1)) }
      table.append([
        TextTable.Cell(name), TextTable.Cell(String(summary.count)), percent(summary.median), percent(summary.mean),
        percent(summary.ninetieth), percent(summary.bias),
      ])
    }
    add("all", predictions)
    add("host-bound", predictions.filter(\.isHostBound))
    add("device-bound", predictions.filter { !$0.isHostBound })
    let aspects: [(Validation.Prediction) -> String] = [
      { $0.measurement.accelerator }, { $0.measurement.framework }, { $0.measurement.precision.rawValue },
      { $0.measurement.workload }, { $0.measurement.testbed },
    ]
    for aspect in aspects {
      let names = predictions.map(aspect)
      var seen: Set<String> = []
      let unique = names.filter { seen.insert($0).inserted }
      guard unique.count > 1 else { continue }
      let groups = Dictionary(grouping: predictions, by: aspect)
      for name in unique { add(name, groups[name] ?? []) }
    }
    return table
  }

  /// Every series where they are few; else those whose rises lie farthest apart.
  private func riseTable(_ rises: [RiseComparison]) -> TextTable {
    let isWhole = rises.count <= 10
    var table = TextTable(columns: [
      TextTable.Column(isWhole ? "series" : "series with rises farthest apart"), TextTable.Column("workload"),
      TextTable.Column("measured", unit: "batch", alignment: .number, key: "measured_rise"),
      TextTable.Column("predicted", unit: "batch", alignment: .number, key: "predicted_rise"),
    ])
    // A floor that reaches to the end of a series is as far off as a rise at twice any batch that was tried.
    let beyond = 2 * Double(rises.flatMap { [$0.measured ?? 1, $0.predicted ?? 1] }.max() ?? 1)
    func distance(_ rise: RiseComparison) -> Double {
      let (one, other) = (rise.measured.map(Double.init) ?? beyond, rise.predicted.map(Double.init) ?? beyond)
      return max(one / other, other / one)
    }
    let shown = isWhole ? rises : Array(rises.sorted { distance($0) > distance($1) }.prefix(10))
    for rise in shown {
      table.append([
        TextTable.Cell(rise.testbed), TextTable.Cell(rise.workload),
        TextTable.Cell(rise.measured.map { String($0) } ?? "none"),
        TextTable.Cell(rise.predicted.map { String($0) } ?? "none"),
      ])
    }
    return table
  }

  private func speedTable() -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("testbed"), TextTable.Column("host speed", unit: "of reference", alignment: .number),
      TextTable.Column("spread", unit: "%", alignment: .number), TextTable.Column("anchors used", alignment: .number),
    ])
    for (testbed, fit) in validation.speeds {
      table.append([
        TextTable.Cell(testbed), TextTable.Cell(NumberFormat.fixed(fit.speed, decimals: 3)),
        TextTable.Cell(NumberFormat.fixed(fit.spread * 100, decimals: 1)),
        TextTable.Cell("\(fit.usable) of \(fit.total)"),
      ])
    }
    return table
  }

  private func worstTable(_ predictions: [Validation.Prediction]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("testbed"), TextTable.Column("workload"), TextTable.Column("batch", alignment: .number),
      TextTable.Column("measured", unit: "ms", alignment: .number),
      TextTable.Column("predicted", unit: "ms", alignment: .number),
      TextTable.Column("error", unit: "%", alignment: .number),
    ])
    let worst = predictions.sorted { abs($0.error ?? 0) > abs($1.error ?? 0) }.prefix(10)
    for prediction in worst {
      table.append([
        TextTable.Cell(prediction.measurement.testbed), TextTable.Cell(prediction.measurement.workload),
        TextTable.Cell(String(prediction.measurement.parameters["batch"] ?? 1)),
        TextTable.Cell(NumberFormat.fixed((prediction.measurement.latency ?? 0) * 1e3, decimals: 2)),
        TextTable.Cell(NumberFormat.fixed(prediction.latency * 1e3, decimals: 2)),
        TextTable.Cell(NumberFormat.fixed((prediction.error ?? 0) * 100, decimals: 1)),
      ])
    }
    return table
  }
}
