import Charts
import JSONText
import Profiles
import Replay
import Roofline
import Simulation
import Studies

extension Figure {
  /// What the latency is spent on, accelerator by accelerator.
  static func breakdown(_ study: SystemStudy, _ choice: SystemStudy.Choice) -> Figure? {
    let rows = study.accelerators.indices.compactMap { index -> Pass? in
      var key = choice
      key.accelerator = index
      key.batch = 0
      guard let result = study.curves[key]?.results[choice.batch] else { return nil }
      let part = study.accelerators[index]
      let name = part.map { "\($0.title), \($0.released.prefix(4))" + ($0.isAnnounced ? " (announced)" : "") }
      let tax = NumberFormat.percent(result.frameworkTaxFraction, decimals: 0)
      return Pass(
        name: name ?? "host alone", timing: result.timing,
        note: ", tax \(tax)" + (result.memory.fits ? "" : ", does not fit"), isMarked: index == choice.accelerator)
    }
    guard !rows.isEmpty else { return nil }
    let title =
      "Where the time goes: \(workloadName(study)), \(study.frameworks[choice.framework].title), "
      + "\(study.precisions[choice.precision].rawValue), batch \(study.batches[choice.batch])"
    return Figure(
      title,
      caption: "The critical path of one pass: every part is what the latency waited for, and the parts sum to it. "
        + "The thin bar is how long the device is busy meanwhile.",
      summary: rows.map { "\($0.name): \(shortNumber($0.timing.latency.milliseconds)) ms" }.joined(separator: "; "),
      .bars(criticalPaths(rows, axis: "milliseconds per pass, from zero")),
      Table(
        rows,
        [
          Column("accelerator") { .text($0.name) }, .latency("ms", .milliseconds(3)) { $0.timing },
          .busy("device busy", "ms", .milliseconds(3)) { $0.timing }, .tax { $0.timing },
        ]
          + used(rows).map { category in
            Column(category.title, unit: "ms", key: "\(category.key)_us", .milliseconds(3)) {
              .time($0.timing.time(in: category))
            }
          }))
  }

  /// What the replay of a recording, and its target, are spent on.
  static func breakdown(_ study: TraceStudy) -> Figure {
    let results = study.results
    let rows = results.map {
      Pass(name: $0.name, timing: $0.result.timing, unexplainedWait: $0.result.unexplainedWait)
    }
    let used = ReplayPart.allCases.filter { part in results.contains { $0.result.time(in: part) > 0 } }
    let recorded: [Cell] =
      ["recorded", .time(study.run.span), .time(study.run.deviceBusy)] + used.map { _ in .time(nil) }
    return Figure(
      "Where the time goes",
      caption: "The critical path: every part is what the run waited for, and the parts sum to it.",
      .bars(criticalPaths(rows, axis: "milliseconds, from zero")),
      Table(
        fields: [
          Field("run"), Field("time", unit: "ms", key: "span_us", .milliseconds(3)),
          Field("device busy", unit: "ms", key: "device_busy_us", .milliseconds(3)),
        ] + used.map { Field($0.title, unit: "ms", key: "\($0.key)_us", .milliseconds(3)) },
        [recorded]
          + results.map { name, result in
            [.text(name), .time(result.span), .time(result.deviceBusy)] + used.map { .time(result.time(in: $0)) }
          }))
  }

  /// A pass whose critical path is shown.
  private struct Pass: Sendable {
    var name: String
    var timing: PassTiming
    /// What no category of its account has.
    var unexplainedWait = Picoseconds.zero
    /// What is said behind its latency.
    var note = ""
    /// Whether it stands out.
    var isMarked = false
  }

  /// The categories that some pass has something of.
  private static func used(_ rows: [Pass]) -> [CostCategory] {
    CostCategory.allCases.filter { category in rows.contains { $0.timing.time(in: category) > 0 } }
  }

  /// A bar for each pass, its parts in one order, and under it the time in which the device works.
  private static func criticalPaths(_ rows: [Pass], axis title: String) -> BarChart {
    let used = used(rows)
    let isUnexplained = rows.contains { $0.unexplainedWait > 0 }
    let unexplained =
      isUnexplained ? [BarChart.Series(name: ReplayPart.unexplainedWait.title, style: .unexplained)] : []
    return BarChart(
      axis: Axis(title: title, scale: .linear(coveringMost: rows.map { $0.timing.latency.milliseconds })),
      series: used.map { BarChart.Series(name: $0.title, style: $0.style) } + unexplained + [
        BarChart.Series(name: "device busy, at the same time (thin)", style: SeriesStyle(color: 8))
      ],
      rows: rows.map { row in
        let busy = row.timing.deviceBusy.milliseconds
        return BarChart.Row(
          label: row.name, value: "\(shortNumber(row.timing.latency.milliseconds)) ms\(row.note)",
          segments: segments(row, used), isMarked: row.isMarked,
          under: BarChart.Segment(
            series: used.count + unexplained.count, start: 0, end: busy,
            hover: "\(row.name): device busy \(shortNumber(busy)) ms"))
      })
  }

  private static func segments(_ row: Pass, _ used: [CostCategory]) -> [BarChart.Segment] {
    var start = Picoseconds.zero
    let parts =
      used.map { (title: $0.title, time: row.timing.time(in: $0)) }
      + [(title: ReplayPart.unexplainedWait.title, time: row.unexplainedWait)]
    return parts.enumerated().compactMap { index, part in
      guard part.time > 0 else { return nil }
      defer { start += part.time }
      let share = part.time.fraction(of: max(1, row.timing.latency))
      return BarChart.Segment(
        series: index, start: start.milliseconds, end: (start + part.time).milliseconds,
        hover: "\(row.name): \(part.title) \(shortNumber(part.time.milliseconds)) ms, \(NumberFormat.percent(share))",
        label: NumberFormat.percent(share, decimals: 0))
    }
  }
}

extension SeriesStyle {
  /// How waiting looks that nothing explains: as copies do, of which recordings with such waits have few.
  fileprivate static let unexplained = SeriesStyle(color: 5)
}
