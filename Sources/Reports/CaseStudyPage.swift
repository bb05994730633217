import Charts
import Studies

/// A case study as a page: simulated lines beside measured points, panel by panel.
public struct CaseStudyPage: Sendable {
  private let study: CaseStudy
  private let command: String

  /// A page.
  public init(study: CaseStudy, command: String) {
    self.study = study
    self.command = command
  }

  /// The document.
  public func html() -> String {
    let errors = study.points.compactMap { $0.prediction.error.map(abs) }.sorted()
    let median = errors.isEmpty ? nil : errors[errors.count / 2]
    let report = CaseStudyReport(study: study)
    let sections = study.panels.enumerated().compactMap { index, panel -> HTMLPage.Section? in
      guard let figure = figure(panel.name, panel.points) else { return nil }
      return HTMLPage.Section(
        identifier: "panel-\(index)", heading: panel.name,
        body: "<div data-figure=\"panel-\(index)\" data-shown=\"undefined\">\(HTMLPage.markup(figure))</div>")
    }
    let finding =
      "\(report.title): of \(errors.count) measured points, half are predicted within "
      + (median.map { NumberFormat.percent($0) } ?? "-") + "."
    return HTMLPage(
      finding: finding, number: median.map { NumberFormat.percent($0) } ?? "–",
      numberMeaning: "median error of the predictions",
      introduction: "<p class=\"system\">\(markupEscaped(report.legend))</p>", sections: sections, templates: "",
      data: "{\"figures\":{},\"points\":\(report.json())}", command: command
    ).html
  }

  private func figure(_ name: String, _ points: [CaseStudy.Point]) -> Figure? {
    let batches = Set(points.map(batch))
    let isByBatch = batches.count > 2
    func x(_ point: CaseStudy.Point) -> Double { isByBatch ? Double(batch(point)) : point.multiplyAdds / 1e9 }
    var names: [String] = []
    for point in points where !names.contains(label(point, isByBatch)) { names.append(label(point, isByBatch)) }
    let colors = [6, 3, 0, 7, 1, 5, 4, 2]
    let shapes: [SeriesStyle.Shape] = [.circle, .square, .triangle, .diamond]
    var all: [CartesianChart.Series] = []
    for (index, text) in names.enumerated() {
      let own = points.filter { label($0, isByBatch) == text }.sorted { x($0) < x($1) }
      let style = SeriesStyle(color: colors[index % 8], shape: shapes[index % 4], isDashed: index >= 4)
      all.append(
        CartesianChart.Series(
          name: text, style: style, isJoined: isByBatch,
          points: own.map { mark($0, x($0), "simulated", $0.prediction.latency) }))
      let measured = own.compactMap { point in
        point.prediction.measurement.latency.map { mark(point, x(point), "measured", $0) }
      }
      guard !measured.isEmpty else { continue }
      all.append(
        CartesianChart.Series(
          name: "\(text), measured", style: SeriesStyle(color: colors[index % 8], shape: .cross), isJoined: false,
          points: measured))
    }
    let positions = all.flatMap { $0.points.map(\.x) }
    guard positions.contains(where: { $0 > 0 }) else { return nil }
    let ticks = isByBatch ? batches.sorted().map { Tick(value: Double($0), label: String($0)) } : nil
    let chart = CartesianChart(
      x: Axis(
        title: isByBatch ? "batch size" : "multiply-adds of a pass, 10⁹",
        scale: .logarithmic(covering: positions, margin: 1.15), ticks: ticks),
      y: Axis(title: "milliseconds per pass", scale: .logarithmic(covering: all.flatMap { $0.points.map(\.y) })),
      series: all)
    let caption = "Crosses are measured, everything else is simulated."
    return Figure(
      caption: caption, chart: Chart(title: name, summary: caption, content: .cartesian(chart)),
      table: table(points))
  }

  private func batch(_ point: CaseStudy.Point) -> Int64 { point.prediction.measurement.parameters["batch"] ?? 1 }

  /// What a line is of: the framework or the accelerator, whichever differs; the workload where neither does.
  private func label(_ point: CaseStudy.Point, _ isByBatch: Bool) -> String {
    let row = point.prediction.measurement
    switch study.subject {
    case .frameworks: return row.framework
    case .platforms: return isByBatch ? "\(row.accelerator)" : row.workload
    case .modelDesign: return isByBatch ? "\(row.workload), \(row.precision.rawValue)" : "batch \(batch(point))"
    }
  }

  private func mark(_ point: CaseStudy.Point, _ x: Double, _ what: String, _ seconds: Double) -> CartesianChart.Point {
    let row = point.prediction.measurement
    return CartesianChart.Point(
      x: x, y: seconds * 1e3,
      hover:
        "\(row.workload) on \(row.accelerator), \(row.framework), \(row.precision.rawValue), batch \(batch(point)): "
        + "\(what) \(shortNumber(seconds * 1e3)) ms")
  }

  private func table(_ points: [CaseStudy.Point]) -> TextTable {
    func number(_ title: String, _ unit: String?) -> TextTable.Column {
      TextTable.Column(title, unit: unit, alignment: .number)
    }
    var table = TextTable(columns: [
      TextTable.Column("accelerator"), TextTable.Column("framework"), TextTable.Column("precision"),
      TextTable.Column("workload"), number("batch", nil), number("multiply-adds", "10⁹"), number("measured", "ms"),
      number("simulated", "ms"), number("error", "%"), number("tax", "%"),
    ])
    for point in points {
      let (prediction, row) = (point.prediction, point.prediction.measurement)
      let measured = row.latency.map { NumberFormat.fixed($0 * 1e3, decimals: 3) } ?? "-"
      let error = prediction.error.map { NumberFormat.fixed($0 * 100, decimals: 1) } ?? "-"
      table.append([
        TextTable.Cell(row.accelerator), TextTable.Cell(row.framework), TextTable.Cell(row.precision.rawValue),
        TextTable.Cell(row.workload), TextTable.Cell(String(batch(point))),
        TextTable.Cell(shortNumber(point.multiplyAdds / 1e9)), TextTable.Cell(measured),
        TextTable.Cell(NumberFormat.fixed(prediction.latency * 1e3, decimals: 3)), TextTable.Cell(error),
        TextTable.Cell(NumberFormat.fixed(prediction.taxFraction * 100, decimals: 1)),
      ])
    }
    return table
  }
}
