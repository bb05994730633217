import JSONText
import Profiles
import Studies

/// A case study for people and for programs.
public struct CaseStudyReport: Sendable {
  /// What is shown.
  public let study: CaseStudy

  /// A report.
  public init(study: CaseStudy) {
    self.study = study
  }

  /// Each panel as a table, measured beside predicted, and what it shows.
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled.
  ///   - width: The columns of the terminal; what a table leaves free shows its latencies as bars.
  /// - Returns: Lines, each ended by a line break.
  public func text(styled: Bool, width: Int = 100) -> String {
    var text = title + "\n"
    for (name, points) in study.panels {
      text += "\n\(name)\n"
      switch (study.subject, name) {
      case (.modelDesign, "precision"): text += precisionTable(points).text(styled: styled)
      case (.modelDesign, "multiply-adds and latency"):
        let ordered = points.sorted { $0.multiplyAdds < $1.multiplyAdds }
        text += modelTable(points).text(styled: styled, width: width, bars: latencyBars(ordered)) + finding(points)
      case (.modelDesign, _): text += shapeTable(points).text(styled: styled, width: width, bars: latencyBars(points))
      case (.frameworks, _): text += frameworkTable(points).text(styled: styled)
      case (.platforms, "where latencies rise"): text += riseTable(points).text(styled: styled)
      case (.platforms, "kernel time"): text += kernelTable(points).text(styled: styled)
      case (.platforms, _): text += generationTable(points).text(styled: styled)
      }
    }
    return text + "\n" + paragraph(legend)
  }

  var title: String {
    switch study.subject {
    case .modelDesign: "What of a model's design costs time: RTX 2080 Ti, PyTorch 1.12, eager"
    case .frameworks: "What the framework costs: Quadro RTX 8000, by batch, steady state"
    case .platforms: "What a faster accelerator buys: PyTorch 1.12, eager, steady state"
    }
  }

  var legend: String {
    let measured =
      "Measured: Fernandez et al., The Framework Tax (EMNLP 2023), figures of the authors' repository; one host speed is "
      + "fitted to each measured series, nothing else. Errors: predicted over measured, less one."
    guard study.subject == .platforms else { return measured }
    return measured
      + " Knee: the batch from which on the device, not the host, sets the latency. Rise: the batch from which on every "
      + "latency lies more than a fifth above the smallest."
  }

  private func latencyBars(_ points: [CaseStudy.Point]) -> TableBars {
    TableBars(title: "latency, predicted", values: points.map(\.prediction.latency))
  }

  // MARK: Cells

  private static func milliseconds(_ seconds: Double?, style: TextStyle? = nil) -> TextTable.Cell {
    TextTable.Cell(seconds.map { NumberFormat.fixed($0 * 1e3, decimals: 2) } ?? "-", style: style)
  }

  private static func percent(_ fraction: Double?) -> TextTable.Cell {
    TextTable.Cell(fraction.map { NumberFormat.fixed($0 * 100, decimals: 1) } ?? "-")
  }

  private static func number(_ title: String, _ unit: String? = nil) -> TextTable.Column {
    TextTable.Column(title, unit: unit, alignment: .number)
  }

  private static func batch(_ point: CaseStudy.Point) -> Int64 { point.prediction.measurement.parameters["batch"] ?? 1 }

  // MARK: Model design

  private func modelTable(_ points: [CaseStudy.Point]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("workload"), Self.number("multiply-adds", "10^9"), Self.number("measured", "ms"),
      Self.number("predicted", "ms"), Self.number("error", "%"), Self.number("busy", "ms"), Self.number("tax", "%"),
    ])
    for point in points.sorted(by: { $0.multiplyAdds < $1.multiplyAdds }) {
      let prediction = point.prediction
      table.append([
        TextTable.Cell(prediction.measurement.workload),
        TextTable.Cell(NumberFormat.fixed(point.multiplyAdds / 1e9, decimals: 2)),
        Self.milliseconds(prediction.measurement.latency), Self.milliseconds(prediction.latency, style: .bold),
        Self.percent(prediction.error), Self.milliseconds(prediction.deviceBusy), Self.percent(prediction.taxFraction),
      ])
    }
    return table
  }

  private func finding(_ points: [CaseStudy.Point]) -> String {
    let measured = points.filter { $0.prediction.measurement.latency != nil }
    guard measured.count > 2 else { return "" }
    let latencies = measured.map { $0.prediction.measurement.latency ?? 0 }
    func correlation(_ values: [Double]) -> String {
      NumberFormat.fixed(rankCorrelation(values, latencies), decimals: 2)
    }
    return "rank correlation with the measured latency: multiply-adds \(correlation(measured.map(\.multiplyAdds))), "
      + "simulation \(correlation(measured.map(\.prediction.latency)))\n"
  }

  private func shapeTable(_ points: [CaseStudy.Point]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("workload"), Self.number("layers"), Self.number("width"), Self.number("batch"),
      Self.number("multiply-adds", "10^9"), Self.number("predicted", "ms"), Self.number("busy", "ms"),
      Self.number("tax", "%"),
    ])
    for point in points {
      let parameters = point.prediction.measurement.parameters
      table.append([
        TextTable.Cell(point.prediction.measurement.workload),
        TextTable.Cell(parameters["layers"].map(String.init) ?? "-"),
        TextTable.Cell(parameters["width"].map(String.init) ?? "-"), TextTable.Cell(String(Self.batch(point))),
        TextTable.Cell(NumberFormat.fixed(point.multiplyAdds / 1e9, decimals: 2)),
        Self.milliseconds(point.prediction.latency, style: .bold), Self.milliseconds(point.prediction.deviceBusy),
        Self.percent(point.prediction.taxFraction),
      ])
    }
    return table
  }

  private func precisionTable(_ points: [CaseStudy.Point]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("workload"), Self.number("batch"), Self.number("fp32 measured", "ms"),
      Self.number("fp16 measured", "ms"), Self.number("speed-up", "times"), Self.number("fp32 predicted", "ms"),
      Self.number("fp16 predicted", "ms"), Self.number("speed-up", "times"),
    ])
    for single in points where single.prediction.measurement.precision == .fp32 {
      let row = single.prediction.measurement
      let half = points.first {
        let other = $0.prediction.measurement
        return other.precision == .fp16 && other.workload == row.workload && other.parameters == row.parameters
      }
      guard let half else { continue }
      func ratio(_ one: Double?, _ other: Double?) -> TextTable.Cell {
        guard let one, let other else { return "-" }
        return TextTable.Cell(NumberFormat.fixed(one / other, decimals: 2), style: .bold)
      }
      let other = half.prediction.measurement.latency
      table.append([
        TextTable.Cell(row.workload), TextTable.Cell(String(Self.batch(single))), Self.milliseconds(row.latency),
        Self.milliseconds(other), ratio(row.latency, other), Self.milliseconds(single.prediction.latency),
        Self.milliseconds(half.prediction.latency), ratio(single.prediction.latency, half.prediction.latency),
      ])
    }
    return table
  }

  // MARK: Frameworks

  private func frameworkTable(_ points: [CaseStudy.Point]) -> TextTable {
    var frameworks: [String] = []
    for point in points where !frameworks.contains(point.prediction.measurement.framework) {
      frameworks.append(point.prediction.measurement.framework)
    }
    var columns = [Self.number("batch")]
    for name in frameworks {
      let isMeasured = points.contains {
        $0.prediction.measurement.framework == name && $0.prediction.measurement.latency != nil
      }
      if isMeasured { columns.append(Self.number(name, "measured ms")) }
      columns.append(Self.number(isMeasured ? "" : name, "predicted ms"))
      columns.append(isMeasured ? Self.number("", "error %") : Self.number("tax", "%"))
    }
    var table = TextTable(columns: columns)
    for batch in Set(points.map(Self.batch)).sorted() {
      var cells = [TextTable.Cell(String(batch))]
      for name in frameworks {
        let isMeasured = points.contains {
          $0.prediction.measurement.framework == name && $0.prediction.measurement.latency != nil
        }
        let point = points.first { Self.batch($0) == batch && $0.prediction.measurement.framework == name }
        if isMeasured { cells.append(Self.milliseconds(point?.prediction.measurement.latency)) }
        cells.append(Self.milliseconds(point?.prediction.latency, style: .bold))
        cells.append(Self.percent(isMeasured ? point?.prediction.error : point?.prediction.taxFraction))
      }
      table.append(cells)
    }
    return table
  }

  // MARK: Platforms

  private func generationTable(_ points: [CaseStudy.Point]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("accelerator"), Self.number("busy", "ms, b1"), Self.number("latency", "ms, b1"),
      Self.number("tax", "%, b1"), Self.number("tax", "%, b8"), Self.number("tax", "%, b32"),
      Self.number("knee", "batch"), TextTable.Column("tax", unit: "by batch"),
    ])
    var accelerators: [String] = []
    for point in points where !accelerators.contains(point.prediction.measurement.accelerator) {
      accelerators.append(point.prediction.measurement.accelerator)
    }
    for name in accelerators {
      let own = points.filter { $0.prediction.measurement.accelerator == name }
      func at(_ batch: Int64) -> Validation.Prediction? { own.first { Self.batch($0) == batch }?.prediction }
      table.append([
        TextTable.Cell(name), Self.milliseconds(at(1)?.deviceBusy), Self.milliseconds(at(1)?.latency, style: .bold),
        Self.percent(at(1)?.taxFraction), Self.percent(at(8)?.taxFraction), Self.percent(at(32)?.taxFraction),
        TextTable.Cell(own.first.flatMap { study.knee(of: $0.prediction.measurement) }?.text ?? "-"),
        TextTable.Cell(TableBars.sparkline(own.map(\.prediction.taxFraction), most: 1), style: .cyan),
      ])
    }
    return table
  }

  private func riseTable(_ points: [CaseStudy.Point]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("testbed"), TextTable.Column("accelerator"), TextTable.Column("workload"),
      Self.number("measured", "ms, b1"), Self.number("predicted", "ms, b1"), Self.number("error", "%"),
      Self.number("measured", "rise"), Self.number("predicted", "rise"),
    ])
    let predictions = points.map(\.prediction)
    for comparison in RiseComparison.compare(predictions) {
      let first = predictions.first {
        $0.measurement.testbed == comparison.testbed && $0.measurement.workload == comparison.workload
          && $0.measurement.parameters["batch"] == 1
      }
      table.append([
        TextTable.Cell(comparison.testbed), TextTable.Cell(first?.measurement.accelerator ?? "-"),
        TextTable.Cell(comparison.workload), Self.milliseconds(first?.measurement.latency),
        Self.milliseconds(first?.latency, style: .bold), Self.percent(first?.error),
        TextTable.Cell(comparison.measured.map(String.init) ?? "none"),
        TextTable.Cell(
          comparison.predicted.map(String.init) ?? "none",
          style: comparison.predicted == comparison.measured ? nil : .yellow),
      ])
    }
    return table
  }

  private func kernelTable(_ points: [CaseStudy.Point]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("workload"), Self.number("batch"), Self.number("kernels measured", "ms"),
      Self.number("busy predicted", "ms"), Self.number("error", "%"), Self.number("tax measured", "%"),
      Self.number("tax predicted", "%"),
    ])
    for point in points {
      let prediction = point.prediction
      let tax = point.measuredBusy.flatMap { busy in prediction.measurement.latency.map { max(0, 1 - busy / $0) } }
      table.append([
        TextTable.Cell(prediction.measurement.workload), TextTable.Cell(String(Self.batch(point))),
        Self.milliseconds(point.measuredBusy), Self.milliseconds(prediction.deviceBusy, style: .bold),
        Self.percent(point.measuredBusy.map { prediction.deviceBusy / $0 - 1 }), Self.percent(tax),
        Self.percent(prediction.taxFraction),
      ])
    }
    return table
  }

  // MARK: For programs

  private static let parameterNames = ["batch", "sequence_length", "layers", "width"]

  /// A row for each point.
  public func csv() -> String {
    let names =
      ["panel", "testbed", "accelerator", "framework", "precision", "workload"] + Self.parameterNames + [
        "multiply_adds", "measured_ms", "predicted_ms", "error_fraction", "measured_busy_ms", "device_busy_ms",
        "framework_tax_fraction", "bound",
      ]
    var table = TextTable(columns: names.map { TextTable.Column($0) })
    func milliseconds(_ seconds: Double?) -> String { seconds.map { NumberFormat.fixed($0 * 1e3, decimals: 6) } ?? "" }
    for point in study.points {
      let row = point.prediction.measurement
      var cells = [point.panel, row.testbed, row.accelerator, row.framework, row.precision.rawValue, row.workload]
      cells += Self.parameterNames.map { row.parameters[$0].map(String.init) ?? "" }
      cells += [
        NumberFormat.shortest(point.multiplyAdds), milliseconds(row.latency), milliseconds(point.prediction.latency),
        point.prediction.error.map { NumberFormat.fixed($0, decimals: 6) } ?? "", milliseconds(point.measuredBusy),
        milliseconds(point.prediction.deviceBusy), NumberFormat.fixed(point.prediction.taxFraction, decimals: 6),
        point.prediction.bound.rawValue,
      ]
      table.append(cells.map { TextTable.Cell($0) })
    }
    return table.csv()
  }

  /// One object with an array of points, panel by panel.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("study")
    writer.value(study.subject.rawValue)
    writer.key("panels")
    writer.beginArray()
    for (name, points) in study.panels {
      writer.beginObject()
      writer.key("panel")
      writer.value(name)
      writer.key("points")
      writer.beginArray()
      for point in points { write(point, &writer) }
      writer.end()
      writer.end()
    }
    writer.end()
    writer.end()
    return writer.text
  }

  private func write(_ point: CaseStudy.Point, _ writer: inout JSONWriter) {
    let (prediction, row) = (point.prediction, point.prediction.measurement)
    func number(_ key: String, _ value: Double?) {
      writer.key(key)
      if let value { writer.value(value) } else { writer.null() }
    }
    writer.beginObject(onOneLine: true)
    for (key, text) in [
      ("testbed", row.testbed), ("accelerator", row.accelerator), ("framework", row.framework),
      ("precision", row.precision.rawValue), ("workload", row.workload),
    ] {
      writer.key(key)
      writer.value(text)
    }
    for name in Self.parameterNames {
      guard let value = row.parameters[name] else { continue }
      writer.key(name)
      writer.value(value)
    }
    number("multiply_adds", point.multiplyAdds)
    number("measured_ms", row.latency.map { $0 * 1e3 })
    number("predicted_ms", prediction.latency * 1e3)
    number("error_fraction", prediction.error)
    number("measured_busy_ms", point.measuredBusy.map { $0 * 1e3 })
    number("device_busy_ms", prediction.deviceBusy * 1e3)
    number("framework_tax_fraction", prediction.taxFraction)
    writer.key("bound")
    writer.value(prediction.bound.rawValue)
    writer.end()
  }
}
