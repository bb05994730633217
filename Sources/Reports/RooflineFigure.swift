import Charts
import JSONText
import Kernels
import Profiles
import Roofline
import Studies

extension Figure {
  /// The operators of a pass against the roofs of its device, or of several devices: the area of a point is its time.
  ///
  /// - Parameters:
  ///   - studies: The kernels of one workload on each device, of which there are at most ``mostRooflineDevices``.
  ///   - title: What the chart shows.
  ///   - count: How many kernels of a device are shown, the longest ones.
  /// - Returns: The figure; nil where no device has a kernel to show.
  static func roofline(_ studies: [RooflineStudy], title: String, most count: Int = 30) -> Figure? {
    let devices = studies.enumerated().compactMap { index, study in
      RooflineDevice(study, color: studies.count > 1 ? RooflineDevice.colors[index] : nil, most: count)
    }
    guard let first = devices.first else { return nil }
    let lows = devices.map { min($0.intensities.min() ?? 1, $0.roofs.intensities.lowerBound) }
    let highs = devices.map { max($0.intensities.max() ?? 1, $0.roofs.intensities.upperBound) }
    let (low, high) = (lows.min() ?? 1, highs.max() ?? 1)
    let longest = devices.flatMap { $0.rows.map(\.total) }.max() ?? 1
    let roofs = devices.flatMap { device in
      device.roofs.roofs(from: low, to: high).map { $0.series(of: device.mark) }
    }
    let points = devices.flatMap { $0.points(longest: longest, isLabeled: $0.name == first.name) }
    let lines = roofs + points
    let chart = CartesianChart(
      x: Axis(title: "arithmetic intensity, FLOP/byte", scale: .logarithmic(covering: lines.xs, margin: 1.8)),
      y: Axis(title: "TFLOP/s, achieved by the kernel model", scale: .logarithmic(covering: lines.ys, margin: 2.2)),
      series: studies.count > 1 ? key(of: devices, from: low, to: high) + lines : lines)
    let caption = caption(studies, devices)
    return Figure(
      title, caption: caption, summary: "\(devices.map(\.rows.count).reduce(0, +)) kernels. " + caption,
      .cartesian(chart), rooflineTable(studies, most: count))
  }

  /// How many devices one chart tells apart.
  package static var mostRooflineDevices: Int { RooflineDevice.colors.count }

  private static func caption(_ studies: [RooflineStudy], _ devices: [RooflineDevice]) -> String {
    let ridges = devices.map { device in
      (devices.count > 1 ? "\(device.name) " : "") + device.roofs.ridgeText
    }
    var caption =
      "Thick lines are what the data sheet allows at each memory level, thin ones what is left of it without one of the "
      + "device's means; the area of a point is the time of its kernels in a pass. Ridge points, FLOP/byte: "
      + ridges.joined(separator: "; ") + "."
    if let study = studies.first, studies.count == 1 {
      let hidden = study.rows.filter { $0.flops.value == 0 }.map(study.share).reduce(0, +)
      if hidden > 0 {
        caption += " Kernels without arithmetic (\(NumberFormat.percent(hidden)) of the time) have no place here."
      }
    } else {
      caption += " Kernels without arithmetic have no place here."
    }
    return devices.contains(where: \.isCut) ? caption + " Kernels of little time are left out." : caption
  }

  /// What colors, dashes and signs stand for where devices share them: entries of the legend alone.
  private static func key(
    of devices: [RooflineDevice], from low: Double, to high: Double
  ) -> [CartesianChart.Series] {
    var entries = devices.compactMap { device in
      device.mark.map { CartesianChart.Series(name: $0.name, style: SeriesStyle(color: $0.color), points: []) }
    }
    let roofs = devices.flatMap { $0.roofs.roofs(from: low, to: high) }
    for roof in roofs where !entries.contains(where: { $0.name == roof.kind }) {
      let style = SeriesStyle(color: 6, dash: roof.dash, isThin: roof.isCeiling)
      entries.append(CartesianChart.Series(name: roof.kind, style: style, points: []))
    }
    for level in RooflineDevice.levels where devices.contains(where: { $0.rows.contains { $0.level == level } }) {
      entries.append(
        CartesianChart.Series(
          name: RooflineDevice.boundText(level), style: RooflineDevice.style(of: level, color: 6), isJoined: false,
          points: []))
    }
    return entries
  }

  private static func rooflineTable(_ studies: [RooflineStudy], most count: Int) -> Table {
    let rows = studies.flatMap { study in
      study.rows.prefix(count).map { (device: study.accelerator.name, row: $0, share: study.share($0)) }
    }
    typealias Row = (device: String, row: RooflineStudy.Row, share: Double)
    let device: [Column<Row>] = studies.count > 1 ? [Column("accelerator") { .text($0.device) }] : []
    return Table(
      rows,
      device + [
        Column("operator") { .text($0.row.name) }, Column("class") { .text($0.row.kernelClass.rawValue) },
        Column("runs", .plain) { .count($0.row.count) },
        Column("intensity", unit: "FLOP/byte", key: "intensity_flop_per_byte", .short) { .number($0.row.intensity) },
        Column("achieved", unit: "TFLOP/s", key: "achieved_tflops", .short) { .number($0.row.achieved.teraflops) },
        Column("attainable", unit: "TFLOP/s", key: "attainable_tflops", .short) {
          .number($0.row.attainable?.teraflops)
        },
        Column("time", unit: "µs", key: "time_us", .short) { .number($0.row.time.value * 1e6) },
        Column("share", unit: "%", key: "time_fraction", .percent(1)) { .number($0.share) },
        Column("bound", key: "level") { .text($0.row.level) },
      ])
  }
}
