import Charts
import JSONText
import Profiles
import Roofline
import Simulation
import Studies
import Workloads

extension Figure {
  /// Latency, device busy and framework tax against the batch size, the knee marked.
  ///
  /// - Parameters:
  ///   - study: What was simulated.
  ///   - choice: Of which accelerator, framework and precision.
  ///   - measured: Measured latencies in milliseconds by batch, where there are any.
  /// - Returns: The figure; nil where nothing fits the memory.
  static func latency(
    _ study: SystemStudy, _ choice: SystemStudy.Choice, measured: [(batch: Int, milliseconds: Double)] = []
  ) -> Figure? {
    var key = choice
    key.batch = 0
    guard let curve = study.curves[key] else { return nil }
    let points = zip(study.batches, curve.results).compactMap { batch, result in
      result.map { (batch: batch, result: $0) }
    }
    guard !points.isEmpty else { return nil }
    let system = systemName(study, choice)
    func series(
      _ name: String, _ style: SeriesStyle, _ time: (PassResult) -> Picoseconds
    ) -> CartesianChart.Series {
      CartesianChart.Series(
        name: name, style: style,
        points: points.filter { time($0.result) > 0 }.map { batch, result in
          CartesianChart.Point(
            x: Double(batch), y: time(result).milliseconds,
            hover: "batch \(batch): \(name) \(shortNumber(time(result).milliseconds)) ms"
              + (name == "framework tax"
                ? " (\(NumberFormat.percent(result.frameworkTaxFraction)) of the latency)" : "")
              + (result.memory.fits ? "" : ", beyond the memory"),
            isHollow: !result.memory.fits)
        })
    }
    var all = [
      series("latency", .latency) { $0.latency },
      series("device busy", SeriesStyle(color: 3, shape: .square)) { $0.deviceBusy },
      series("framework tax", SeriesStyle(color: 0, shape: .triangle, isDashed: true)) { $0.frameworkTax },
    ]
    if !measured.isEmpty {
      all.append(
        CartesianChart.Series(
          name: "measured latency", style: SeriesStyle(color: 7, shape: .cross), isJoined: false,
          points: measured.map {
            CartesianChart.Point(
              x: Double($0.batch), y: $0.milliseconds,
              hover: "batch \($0.batch): measured \(shortNumber($0.milliseconds)) ms")
          }))
    }
    let batches = points.map(\.batch) + measured.map(\.batch)
    let chart = CartesianChart(
      x: Axis(
        title: "batch size", scale: .logarithmic(covering: batches.map { Double($0) }, margin: 1.1),
        ticks: Tick.whole(Set(batches).sorted())),
      y: Axis(title: "milliseconds per pass", scale: .logarithmic(covering: all.ys)),
      series: all, rules: rule(curve.knee, within: batches))
    return Figure(
      "Latency by batch size: \(system)",
      caption: kneeText(curve.knee)
        + (points.count < study.batches.count ? " Larger batches do not fit the memory." : "")
        + (points.contains { !$0.result.memory.fits } ? " Hollow points do not fit it." : ""),
      summary: kneeText(curve.knee), .cartesian(chart), latencyTable(points, measured))
  }

  private static func rule(_ knee: Knee?, within batches: [Int]) -> [CartesianChart.Rule] {
    guard case .batch(let batch)? = knee, let last = batches.max(), batch <= last else { return [] }
    return [CartesianChart.Rule(x: Double(batch), label: "knee: batch \(batch)")]
  }

  private static func kneeText(_ knee: Knee?) -> String {
    switch knee {
    case .batch(1): "The device sets the latency at every batch size."
    case .batch(let batch): "The host sets the latency below batch \(batch), the knee; from there on the device does."
    case .none(let limit)?: "The host sets the latency up to batch \(limit) at least."
    case nil: ""
    }
  }

  private static func latencyTable(
    _ points: [(batch: Int, result: PassResult)], _ measured: [(batch: Int, milliseconds: Double)]
  ) -> Table {
    var columns: [Column<(batch: Int, result: PassResult)>] = [
      Column("batch", .plain) { .count($0.batch) }, .latency("ms", .milliseconds(3)) { $0.result },
      .busy("device busy", "ms", .milliseconds(3)) { $0.result },
      Column("framework tax", unit: "ms", key: "framework_tax_us", .milliseconds(3)) { .time($0.result.frameworkTax) },
      .tax { $0.result }, .bound { $0.result },
    ]
    if !measured.isEmpty {
      columns.append(
        Column("measured", unit: "ms", key: "measured_us", .plain) { point in
          let value = measured.first { $0.batch == point.batch }?.milliseconds
          return .number(value.map { $0 * 1e3 }, shown: value.map(shortNumber))
        })
    }
    return Table(points, columns)
  }

  /// A choice in words: accelerator, framework, precision.
  static func systemName(_ study: SystemStudy, _ choice: SystemStudy.Choice) -> String {
    let accelerator = study.accelerators[choice.accelerator]?.title ?? "host alone"
    let rest = "\(study.frameworks[choice.framework].title), \(study.precisions[choice.precision].rawValue)"
    return "\(workloadName(study)), \(accelerator), \(rest)"
  }

  /// The workload's name.
  static func workloadName(_ study: SystemStudy) -> String { study.ownCase?.scenario.workload.name ?? "" }
}
