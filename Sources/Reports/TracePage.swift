import Charts
import JSONText
import Replay
import Simulation
import Traces

/// A recording, its replay and its target as a page: where the time goes in each, and the timeline of the last one.
public struct TracePage: Sendable {
  private let study: TraceStudy
  private let command: String

  /// A page.
  ///
  /// - Parameters:
  ///   - study: What was found, with its timelines.
  ///   - command: How the page is made.
  public init(study: TraceStudy, command: String) {
    self.study = study
    self.command = command
  }

  /// The most spans of a timeline that a page holds: more take a browser seconds to draw and a page tens of megabytes.
  public static let spanLimit = 200_000

  /// About how many spans the replay of a recording has: a replay need not keep more than a page shows.
  public static func spanCount(_ run: RecordedRun) -> Int { run.hostEvents.count + run.deviceEvents.count }

  private var shown: ReplayResult { study.target ?? study.replayed }

  /// The document.
  public func html() -> String {
    let share = NumberFormat.percent(shown.frameworkTaxFraction, decimals: 0)
    let span = NumberFormat.time(picoseconds: shown.span)
    let recorded = NumberFormat.time(picoseconds: study.run.span * 1000)
    let finding =
      study.target == nil
      ? "\(study.run.trace.file): the recording takes \(recorded), its replay \(span), and the device is idle for "
        + "\(share) of it."
      : "\(study.run.trace.file): the recording takes \(recorded), and would take \(span) on the target, whose device is "
        + "idle for \(share) of it."
    var sections = [
      HTMLPage.Section(identifier: "breakdown", heading: "Where the time goes", body: holder("breakdown", breakdown))
    ]
    let short = shown.timing.timeline.flatMap { $0.spans.count <= Self.spanLimit ? $0 : nil }
    let chart = short.flatMap { TimelineChart($0) }
    if short == nil {
      sections.append(
        HTMLPage.Section(
          identifier: "timeline", heading: "The timeline",
          body:
            "<p class=\"caption\">The timeline has more than \(NumberFormat.integer(Self.spanLimit)) spans, too many for a "
            + "page; --timeline FILE writes them for Perfetto, and --step N makes a page of one step.</p>"))
    }
    if let timeline = short, let figure = Figure.timeline(timeline, title: title) {
      var named = figure
      named.caption = "All that was replayed, from the first host operator on. Blank is idle."
      sections.append(
        HTMLPage.Section(
          identifier: "timeline", heading: "The timeline",
          body: SystemReport.timelineTools + holder("timeline", named)))
    }
    return HTMLPage(
      finding: finding, number: share, numberMeaning: "framework tax: share of the time in which the device is idle",
      introduction: "", sections: sections, templates: "", data: data(chart), command: command
    ).html
  }

  private var title: String { study.target == nil ? "The replayed recording" : "The recording on the target" }

  private func holder(_ name: String, _ figure: Figure) -> String {
    "<div class=\"\(name)\" data-figure=\"\(name)\" data-shown=\"0\">\(HTMLPage.markup(figure))</div>"
  }

  private var breakdown: Figure {
    let results = [("replayed", study.replayed)] + (study.target.map { [("target", $0)] } ?? [])
    let used = CostCategory.allCases.filter { category in results.contains { $0.1.time(in: category) > 0 } }
    var table = TextTable(
      columns: [
        TextTable.Column("run"), TextTable.Column("time", unit: "ms", alignment: .number, key: "span_us"),
        TextTable.Column("device busy", unit: "ms", alignment: .number, key: "device_busy_us"),
      ] + used.map { TextTable.Column($0.title, unit: "ms", alignment: .number, key: "\($0.key)_us") })
    table.append(
      [
        "recorded", Figure.timeCell(study.run.span * 1000), Figure.timeCell(study.run.deviceBusy * 1000),
      ] + used.map { _ in TextTable.Cell("-", data: "") })
    let rows = results.map { name, result -> BarChart.Row in
      table.append(
        [TextTable.Cell(name), Figure.timeCell(result.span), Figure.timeCell(result.deviceBusy)]
          + used.map { Figure.timeCell(result.time(in: $0)) })
      var start: Int64 = 0
      let segments = used.enumerated().map { index, category -> BarChart.Segment in
        let time = result.time(in: category)
        defer { start += time }
        return BarChart.Segment(
          series: index, start: milliseconds(start), end: milliseconds(start + time),
          hover: "\(name): \(category.title) \(shortNumber(milliseconds(time))) ms",
          label: NumberFormat.percent(Double(time) / Double(max(1, result.span)), decimals: 0))
      }
      return BarChart.Row(
        label: name, value: "\(shortNumber(milliseconds(result.span))) ms", segments: segments,
        under: BarChart.Segment(
          series: used.count, start: 0, end: milliseconds(result.deviceBusy),
          hover: "\(name): device busy \(shortNumber(milliseconds(result.deviceBusy))) ms"))
    }
    let chart = BarChart(
      axis: Axis(
        title: "milliseconds, from zero", scale: .linear(covering: results.map { milliseconds($0.1.span) })),
      series: used.map { BarChart.Series(name: $0.title, style: $0.style) } + [
        BarChart.Series(name: "device busy, at the same time (thin)", style: SeriesStyle(color: 8))
      ], rows: rows)
    let caption = "The critical path: every part is what the run waited for, and the parts sum to it."
    return Figure(
      caption: caption, chart: Chart(title: "Where the time goes", summary: caption, content: .bars(chart)),
      table: table)
  }

  private func data(_ chart: TimelineChart?) -> String {
    var writer = JSONWriter(layout: .compact)
    writer.beginObject()
    for key in ["figures", "timelines"] {
      writer.key(key)
      writer.beginObject()
      if key == "timelines", let chart {
        writer.key("0")
        TimelineCode(chart: chart).write(to: &writer)
      }
      writer.end()
    }
    writer.end()
    return writer.text
  }
}
