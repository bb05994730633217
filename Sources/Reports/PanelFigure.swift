import Charts
import Profiles
import Studies

extension Figure {
  /// A panel of a case study: simulated lines beside measured points, by batch size, or by multiply-adds where there are
  /// few batches; nil where nothing can be drawn.
  static func panel(_ study: CaseStudy, _ name: String, _ points: [CaseStudy.Point]) -> Figure? {
    let batches = Set(points.map(\.prediction.measurement.batch))
    let isByBatch = batches.count > 2
    func x(_ point: CaseStudy.Point) -> Double {
      isByBatch ? Double(point.prediction.measurement.batch) : point.multiplyAdds / 1e9
    }
    func label(_ point: CaseStudy.Point) -> String { Self.label(point, study.subject, isByBatch) }
    let colors = [6, 3, 0, 7, 1, 5, 4, 2]
    let shapes: [SeriesStyle.Shape] = [.circle, .square, .triangle, .diamond]
    var all: [CartesianChart.Series] = []
    for (index, text) in unique(points.map(label)).enumerated() {
      let own = points.filter { label($0) == text }.sorted { x($0) < x($1) }
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
    guard all.xs.contains(where: { $0 > 0 }) else { return nil }
    let chart = CartesianChart(
      x: Axis(
        title: isByBatch ? "batch size" : "multiply-adds of a pass, 10⁹",
        scale: .logarithmic(covering: all.xs, margin: 1.15),
        ticks: isByBatch ? Tick.whole(batches.sorted().map { Int($0) }) : nil),
      y: Axis(title: "milliseconds per pass", scale: .logarithmic(covering: all.ys)),
      series: all)
    let caption = "Crosses are measured, everything else is simulated."
    return Figure(name, caption: caption, .cartesian(chart), panelTable(points))
  }

  /// What a line is of: the framework or the accelerator, whichever differs; the workload where neither does.
  private static func label(_ point: CaseStudy.Point, _ subject: CaseStudy.Subject, _ isByBatch: Bool) -> String {
    let row = point.prediction.measurement
    switch subject {
    case .frameworks: return row.framework
    case .platforms: return isByBatch ? "\(row.accelerator)" : row.workload
    case .modelDesign: return isByBatch ? "\(row.workload), \(row.precision.rawValue)" : "batch \(row.batch)"
    }
  }

  private static func mark(
    _ point: CaseStudy.Point, _ x: Double, _ what: String, _ seconds: Double
  ) -> CartesianChart.Point {
    let row = point.prediction.measurement
    return CartesianChart.Point(
      x: x, y: seconds * 1e3,
      hover:
        "\(row.workload) on \(row.accelerator), \(row.framework), \(row.precision.rawValue), batch \(row.batch): "
        + "\(what) \(shortNumber(seconds * 1e3)) ms")
  }

  private static func panelTable(_ points: [CaseStudy.Point]) -> Table {
    Table(
      points,
      [
        Column("accelerator") { .text($0.prediction.measurement.accelerator) },
        Column("framework") { .text($0.prediction.measurement.framework) },
        Column("precision") { .text($0.prediction.measurement.precision.rawValue) },
        Column("workload") { .text($0.prediction.measurement.workload) }, .batch { $0.prediction },
        Column("multiply-adds", unit: "10⁹", .plain) {
          .number($0.multiplyAdds, shown: shortNumber($0.multiplyAdds / 1e9))
        },
        Column("measured", unit: "ms", .fixed(3)) { .number($0.prediction.measurement.latency.map { $0 * 1e3 }) },
        Column("simulated", unit: "ms", .fixed(3)) { .number($0.prediction.latency * 1e3) }, .error { $0.prediction },
        Column("tax", unit: "%", .percent(1)) { .number($0.prediction.taxFraction) },
      ])
  }
}
