import Charts
import JSONText
import Kernels
import Profiles
import Roofline
import Studies

extension Figure {
  /// The operators of a pass against the roofline of each memory level, the area of a point being its share of the time.
  static func roofline(_ study: RooflineStudy, title: String, most count: Int = 30) -> Figure? {
    let shown = study.rows.filter { $0.flops.value > 0 && $0.bytes.value > 0 && $0.achieved.value > 0 }.prefix(count)
    guard !shown.isEmpty else { return nil }
    let share = study.share
    let largest = shown.map(share).max() ?? 1
    let levels = ["compute", "DRAM", "L2"].filter { level in shown.contains { $0.level == level } }
    let points = levels.map { level in
      CartesianChart.Series(
        name: level == "compute" ? "bound by arithmetic" : "bound by \(level)", style: style(of: level),
        isJoined: false,
        points: shown.filter { $0.level == level }.map { row in
          CartesianChart.Point(
            x: intensity(row), y: row.achieved.teraflops, hover: hover(row, share(row)), weight: share(row) / largest,
            label: share(row) > 0.08 ? row.name : nil)
        })
    }
    let intensities = shown.map(intensity)
    let roofs = roofs(study.accelerator, shown.map(\.arithmetic), intensities)
    let all = roofs + points
    let chart = CartesianChart(
      x: Axis(title: "arithmetic intensity, FLOP/byte", scale: .logarithmic(covering: all.xs, margin: 1.8)),
      y: Axis(title: "TFLOP/s, achieved by the kernel model", scale: .logarithmic(covering: all.ys, margin: 2.2)),
      series: all)
    let hidden = study.rows.filter { $0.flops.value == 0 }.map(share).reduce(0, +)
    var caption =
      "Lines are what the data sheet allows at each memory level; the area of a point is its share of the time."
    if hidden > 0 {
      caption += " Kernels without arithmetic (\(NumberFormat.percent(hidden)) of the time) have no place here."
    }
    if shown.count < study.rows.count { caption += " Kernels of little time are left out." }
    return Figure(
      title, caption: caption, summary: "\(shown.count) kernels. " + caption, .cartesian(chart),
      rooflineTable(Array(study.rows.prefix(count)), share))
  }

  private static func style(of level: String) -> SeriesStyle {
    switch level {
    case "compute": SeriesStyle(color: 3, shape: .circle)
    case "DRAM": SeriesStyle(color: 0, shape: .triangle)
    default: SeriesStyle(color: 5, shape: .square)
    }
  }

  private static func intensity(_ row: RooflineStudy.Row) -> Double { (row.flops / row.bytes).value }

  private static func hover(_ row: RooflineStudy.Row, _ share: Double) -> String {
    "\(row.name), \(row.count) times: \(shortNumber(row.achieved.teraflops)) TFLOP/s at "
      + "\(shortNumber(intensity(row))) FLOP/byte, \(NumberFormat.percent(share)) of the device's time"
  }

  /// The roofs: the peak of each arithmetic format that is used, and a slope for each memory level below the highest.
  private static func roofs(
    _ accelerator: AcceleratorProfile, _ formats: [Precision], _ intensities: [Double]
  ) -> [CartesianChart.Series] {
    /// TFLOP/s at which a format is computed.
    func peak(_ format: Precision) -> Double {
      format.widenings.compactMap { accelerator.peakTFLOPS[$0] }.max() ?? 0
    }
    let used = Precision.allCases.filter { formats.contains($0) && peak($0) > 0 }
    guard let highest = used.max(by: { peak($0) < peak($1) }) else { return [] }
    let memory = accelerator.memory
    let levels =
      [("DRAM", memory.bandwidthGBPerS)] + (memory.l2BandwidthGBPerS.map { [("L2", $0)] } ?? [])
    let ridges = levels.map { peak(highest) * 1e3 / $0.1 }
    let low = min(intensities.min() ?? 1, (ridges.min() ?? 1) / 4)
    let high = max(intensities.max() ?? 1, (ridges.max() ?? 1) * 3)
    var roofs = zip(levels, ridges).enumerated().map { index, level in
      line(
        "\(level.0.0) \(shortNumber(level.0.1)) GB/s", SeriesStyle(color: index == 0 ? 0 : 5, isDashed: index > 0),
        [(low, low * level.0.1 / 1e3), (level.1, peak(highest))])
    }
    for format in used {
      let height = peak(format)
      let left = height * 1e3 / (levels.last?.1 ?? 1)
      roofs.append(
        line(
          "\(format.rawValue) peak \(shortNumber(height)) TFLOP/s", SeriesStyle(color: 3, isDashed: format != highest),
          [(left, height), (high, height)]))
    }
    return roofs
  }

  private static func line(_ name: String, _ style: SeriesStyle, _ ends: [(Double, Double)]) -> CartesianChart.Series {
    CartesianChart.Series(
      name: name, style: style, points: ends.map { CartesianChart.Point(x: $0.0, y: $0.1, hover: name) })
  }

  private static func rooflineTable(
    _ rows: [RooflineStudy.Row], _ share: @escaping @Sendable (RooflineStudy.Row) -> Double
  ) -> Table {
    Table(
      rows,
      [
        Column("operator") { .text($0.name) }, Column("class") { .text($0.kernelClass.rawValue) },
        Column("runs", .plain) { .count($0.count) },
        Column("intensity", unit: "FLOP/byte", key: "intensity_flop_per_byte", .short) { .number($0.intensity) },
        Column("achieved", unit: "TFLOP/s", key: "achieved_tflops", .short) { .number($0.achieved.teraflops) },
        Column("attainable", unit: "TFLOP/s", key: "attainable_tflops", .short) { .number($0.attainable?.teraflops) },
        Column("time", unit: "µs", key: "time_us", .short) { .number($0.time.value * 1e6) },
        Column("share", unit: "%", key: "time_fraction", .percent(1)) { .number(share($0)) },
        Column("bound", key: "level") { .text($0.level) },
      ])
  }
}
