import Charts
import JSONText
import Replay
import Roofline
import Simulation
import Traces

/// A recording, its replay and its target as a page: where the time goes in each, and the timeline of the last one.
package struct TracePage: Sendable {
  private let study: TraceStudy
  private let command: String
  private let missingTimeline: String
  private let answers: TraceAnswers?

  /// A page.
  ///
  /// - Parameters:
  ///   - study: What was found, with its timelines.
  ///   - command: How the page is made.
  ///   - missingTimeline: Where else a timeline is had that is too long for the page, in a sentence.
  ///   - answers: What the recording's operators cost, and why its device was idle.
  package init(study: TraceStudy, command: String, missingTimeline: String, answers: TraceAnswers? = nil) {
    self.answers = answers
    self.study = study
    self.command = command
    self.missingTimeline = missingTimeline
  }

  /// The most spans of a timeline that a page holds: more take a browser seconds to draw and a page tens of megabytes.
  package static let spanLimit = 200_000

  /// About how many spans the replay of a recording has: a replay need not keep more than a page shows.
  package static func spanCount(_ run: RecordedRun) -> Int { run.hostEvents.count + run.deviceEvents.count }

  private var shown: ReplayResult { study.target ?? study.replayed }

  /// The document.
  package func html() -> String {
    let share = NumberFormat.percent(shown.frameworkTaxFraction, decimals: 0)
    let span = NumberFormat.time(picoseconds: shown.span.count)
    let recorded = NumberFormat.time(picoseconds: study.run.span.count)
    // Whoever is sent the page has no use for the folders of who made it.
    let file = study.run.trace.file.split(separator: "/").last.map { String($0) } ?? study.run.trace.file
    let finding =
      study.target == nil
      ? "\(file): the recording takes \(recorded), its replay \(span), and the device is idle for "
        + "\(share) of it."
      : "\(file): the recording takes \(recorded), and would take \(span) on the target, whose device is "
        + "idle for \(share) of it."
    var sections = [
      HTMLPage.Section(
        identifier: "breakdown", heading: "Where the time goes", markup: HTMLPage.markup(.breakdown(study)),
        shown: 0, isOfKind: true)
    ]
    let short = shown.timing.timeline.flatMap { $0.spans.count <= Self.spanLimit ? $0 : nil }
    if short == nil {
      sections.append(
        HTMLPage.Section(
          identifier: "timeline", heading: "The timeline",
          body:
            "<p class=\"caption\">The timeline has more than \(NumberFormat.integer(Self.spanLimit)) spans, too many "
            + "for a page; \(markupEscaped(missingTimeline))</p>"))
    }
    if let timeline = short, var figure = Figure.timeline(timeline, title: title) {
      figure.caption = "All that was replayed, from the first host operator on. Blank is idle."
      sections.append(
        HTMLPage.Section(
          identifier: "timeline", heading: "The timeline", markup: HTMLPage.markup(figure), shown: 0,
          isOfKind: true, tools: SystemReport.timelineTools))
    }
    sections += ruleSections
    sections += answerSections
    return HTMLPage(
      finding: finding, number: share, numberMeaning: "framework tax: share of the time in which the device is idle",
      sections: sections, data: data(short.flatMap { TimelineChart($0) }), command: command
    ).html
  }

  /// What the device's time on the target rests on, and how far it may be wrong.
  private var ruleSections: [HTMLPage.Section] {
    guard study.moved != nil || study.band != nil else { return [] }
    let tables =
      [(study.ruleTable, "By which rule the device's time is told")]
      + (study.batchShares.isEmpty ? [] : [(study.batchTable, "By which rule it is told with the other batch")])
    let lines = study.band?.lines ?? (study.moved == nil ? [] : [study.missingBand])
    let band = lines.map { "<p class=\"caption\">\(markupEscaped($0))</p>" }.joined()
    let shown = study.moved == nil ? [] : tables
    return [
      HTMLPage.Section(
        identifier: "rules", heading: "What the target rests on",
        body: band
          + shown.map { "<div class=\"scroll\" tabindex=\"0\">\($0.html(caption: $1))</div>" }.joined())
    ]
  }

  /// What called what on the host, and the answers as tables.
  private var answerSections: [HTMLPage.Section] {
    guard let answers else { return [] }
    var sections: [HTMLPage.Section] = []
    if let figure = Figure.flame(FlameTree(study.run), title: "What called what, as it was recorded") {
      sections.append(
        HTMLPage.Section(identifier: "flame", heading: "The host's time", markup: HTMLPage.markup(figure)))
    }
    for (index, block) in TraceAnswersReport(answers).blocks.enumerated() {
      guard case .table(let table, let title?, _, let note) = block else { continue }
      let below = note.map { "<p class=\"caption\">\(markupEscaped($0))</p>" } ?? ""
      sections.append(
        HTMLPage.Section(
          identifier: "answer-\(index)", heading: title.prefix(1).uppercased() + title.dropFirst(),
          body: "<div class=\"scroll\" tabindex=\"0\">\(table.html(caption: title))</div>" + below))
    }
    return sections
  }

  private var title: String { study.target == nil ? "The replayed recording" : "The recording on the target" }

  private func data(_ chart: TimelineChart?) -> Record {
    let timelines = chart.map { ["0": .record(TimelineCode(chart: $0).record)] } ?? [:] as Record
    return ["figures": .record([:]), "timelines": .record(timelines)]
  }
}
