import Charts
import JSONText
import Profiles
import Roofline
import Simulation
import Studies
import Workloads

extension SystemReport {
  /// The page, everything within.
  package func html() -> String {
    var library = FigureLibrary()
    for figure in parallelMap(wanted, draw) { library.add(figure) }
    let own = study.ownCase
    return HTMLPage(
      finding: own.map(finding) ?? "Nothing could be simulated.", detail: own.map(detail) ?? "",
      number: own.map { NumberFormat.percent($0.result.frameworkTaxFraction, decimals: 0) } ?? "–",
      numberMeaning: "framework tax: share of the latency in which the device is idle",
      introduction: introduction, sections: sections(library), data: data(library),
      command: command
    ).html
  }

  // MARK: Figures

  /// On which choices a figure depends.
  private func dimensions(_ kind: Figure.Kind) -> [String] {
    switch kind {
    case .latency: ["accelerator", "framework", "precision"]
    case .breakdown, .roofline, .timeline, .sensitivity: ["accelerator", "framework", "precision", "batch"]
    case .projection, .uncertainty, .hindcast: []
    }
  }

  private func key(_ choice: SystemStudy.Choice, _ dimensions: [String]) -> String {
    let values = [
      "accelerator": choice.accelerator, "framework": choice.framework, "precision": choice.precision,
      "batch": choice.batch,
    ]
    return dimensions.map { String(values[$0] ?? 0) }.joined(separator: "-")
  }

  /// The choices in one order.
  private var choices: [SystemStudy.Choice] {
    study.accelerators.indices.flatMap { accelerator in
      study.frameworks.indices.flatMap { framework in
        study.precisions.indices.flatMap { precision in
          study.batchChoices.map {
            SystemStudy.Choice(accelerator: accelerator, framework: framework, precision: precision, batch: $0)
          }
        }
      }
    }
  }

  /// What figures there are, in the order of the page; that of the system itself first of each kind.
  private var wanted: [WantedFigure] {
    Figure.Kind.allCases.flatMap { kind in
      let dimensions = dimensions(kind)
      var seen: Set<String> = []
      return ([study.own] + choices).compactMap { choice -> WantedFigure? in
        let key = key(choice, dimensions)
        guard seen.insert(key).inserted else { return nil }
        return WantedFigure(kind: kind, choice: choice, key: key, isOwn: choice == study.own)
      }
    }
  }

  /// Draws a figure; one without a picture where there is nothing to show.
  @Sendable private func draw(_ wanted: WantedFigure) -> DrawnFigure {
    guard let figure = figure(wanted.kind, wanted.choice) else { return DrawnFigure(wanted: wanted) }
    return DrawnFigure(wanted, figure)
  }

  // MARK: Sections

  private func sections(_ library: FigureLibrary) -> [HTMLPage.Section] {
    let headings: [(Figure.Kind, String)] = [
      (.latency, "Latency by batch size"), (.breakdown, "Where the time goes, generation by generation"),
      (.roofline, "Operators against the roofline"), (.timeline, "One pass on the timeline"),
      (.projection, "Years to come"), (.uncertainty, "What is uncertain about them"),
      (.hindcast, "Such projections, put to the test"), (.sensitivity, "What the latency depends on"),
    ]
    var sections = headings.filter { library.has($0.0) }.map { kind, heading in
      let own = library.own(kind)
      return HTMLPage.Section(
        identifier: kind.rawValue, heading: heading, markup: own.map { library.markups[$0] } ?? "", shown: own,
        isOfKind: true, dimensions: dimensions(kind),
        tools: (kind == .timeline ? Self.timelineTools : "") + (dimensions(kind).isEmpty ? fixedNote : ""))
    }
    if let scenario = study.ownCase?.scenario {
      let note =
        "Every number that the run depends on, each with where it is from: measured, datasheet, derived, assumed, announced."
      let table = Table.inputs(scenario.system).html(caption: "Inputs")
      sections.append(
        HTMLPage.Section(
          identifier: "inputs", heading: "Inputs, every number with its unit and source",
          body: fixedNote
            + "<p class=\"caption\">\(note)</p><details class=\"inputs\"><summary>Show the numbers</summary>"
            + "<div class=\"scroll\" tabindex=\"0\">\(table)</div></details>"))
    }
    return sections
  }

  /// Whose a section is that no choice changes; shown once another system is chosen.
  private var fixedNote: String {
    "<p class=\"fixed\" hidden>Of \(markupEscaped(ownName)), which this page was made for, not of the choice above.</p>"
  }

  /// The buttons of a timeline.
  static let timelineTools = """
    <div class="toolbar" id="timeline-tools" role="group" aria-label="Timeline" hidden>\
    <button type="button" value="in" aria-label="zoom in">+</button>\
    <button type="button" value="out" aria-label="zoom out">−</button>\
    <button type="button" value="left" aria-label="earlier">←</button>\
    <button type="button" value="right" aria-label="later">→</button>\
    <button type="button" value="all">whole pass</button>\
    <span class="caption" id="timeline-range"></span></div>
    """

  private var introduction: String {
    guard let own = study.ownCase else { return "" }
    let fields = Dictionary(uniqueKeysWithValues: texts(own))
    func text(_ field: String) -> String { markupEscaped(fields[field] ?? "") }
    func select(_ name: String, _ label: String, _ options: [(value: Int, text: String)], _ chosen: Int) -> String {
      "<label>\(label)<select name=\"\(name)\">"
        + options.map {
          "<option value=\"\($0.value)\"\($0.value == chosen ? " selected" : "")>\(markupEscaped($0.text))</option>"
        }.joined() + "</select></label>"
    }
    func number(_ field: String, _ title: String) -> String {
      "<div><dt>\(title)</dt><dd data-field=\"\(field)\">\(text(field))</dd></div>"
    }
    let form =
      "<form class=\"choices\" aria-label=\"Choices\" hidden onsubmit=\"return false\">"
      + select(
        "accelerator", "Accelerator",
        study.accelerators.enumerated().map { ($0.offset, $0.element?.title ?? "none") }, study.own.accelerator)
      + select(
        "framework", "Framework", study.frameworks.enumerated().map { ($0.offset, $0.element.title) },
        study.own.framework)
      + select(
        "precision", "Precision", study.precisions.enumerated().map { ($0.offset, $0.element.rawValue) },
        study.own.precision)
      + select("batch", "Batch", study.batchChoices.map { ($0, String(study.batches[$0])) }, study.own.batch)
      + "</form>"
    return "<p class=\"system\" data-field=\"system\">\(text("system"))</p>"
      + form
      + "<dl class=\"numbers\">" + number("latency", "Latency per pass") + number("device_busy", "Device busy")
      + number("framework_tax", "Framework tax") + number("bound", "Waits for") + number("kernels", "Kernels")
      + number("memory", "Memory") + "</dl>"
  }

  /// What the page says of a case, by field.
  private func texts(_ one: SystemStudy.Case) -> [(String, String)] {
    let result = one.result
    let required = NumberFormat.significant(result.memory.requiredBytes / 1e9, digits: 3)
    let capacity = result.memory.capacityBytes.map { " of \(NumberFormat.shortest($0 / 1e9))" } ?? ""
    return [
      ("finding", finding(one)), ("detail", detail(one)),
      ("number", NumberFormat.percent(result.frameworkTaxFraction, decimals: 0)),
      ("system", "\(one.scenario.workloadText), \(one.scenario.latencyKindText), \(one.scenario.systemText)"),
      ("latency", NumberFormat.time(picoseconds: result.latency.count, digits: 4)),
      ("device_busy", NumberFormat.time(picoseconds: result.deviceBusy.count, digits: 4)),
      ("framework_tax", NumberFormat.time(picoseconds: result.frameworkTax.count, digits: 4)),
      ("bound", result.bound.rawValue), ("kernels", NumberFormat.integer(result.kernelCount)),
      ("memory", "\(required)\(capacity) GB" + (result.memory.fits ? "" : ": does not fit")),
    ]
  }

  // MARK: Data

  private func data(_ library: FigureLibrary) -> Record {
    let all = ["accelerator", "framework", "precision", "batch"]
    let own = [study.own.accelerator, study.own.framework, study.own.precision, study.own.batch]
    let cases = choices.compactMap { choice in
      study.cases[choice].map { (key: key(choice, all), value: Value.record(record($0))) }
    }
    return [
      "dimensions": .texts(all), "own": .record(Record(zip(all, own).map { ($0, .count($1)) })),
      "cases": .record(Record(cases)),
    ] + library.record
  }

  private func record(_ one: SystemStudy.Case) -> Record {
    one.result.times + [
      "text": .record(Record(texts(one).map { ($0.0, .text($0.1)) })), "command": .text(otherCommand(one.scenario)),
    ]
  }
}

/// A figure that a page has for a choice.
private struct WantedFigure: Sendable {
  let kind: Figure.Kind
  let choice: SystemStudy.Choice
  /// What the page knows it by.
  let key: String
  /// Whether it is of the system that was asked for.
  let isOwn: Bool
}

/// A figure as a page holds it.
private struct DrawnFigure: Sendable {
  let wanted: WantedFigure
  /// The markup; nil where there is nothing to show.
  var markup: String?
  /// What the script draws a timeline from.
  var timeline: TimelineCode?

  /// Nothing to show.
  init(wanted: WantedFigure) { self.wanted = wanted }

  /// A figure in both widths.
  init(_ wanted: WantedFigure, _ figure: Figure) {
    self.wanted = wanted
    var figure = figure
    if case .timeline(let chart) = figure.chart.content {
      timeline = TimelineCode(chart: chart)
      // The script draws the others, and a template of thousands of spans for each would be large.
      if !wanted.isOwn {
        var frame = chart
        frame.drawsSpans = false
        figure.chart.content = .timeline(frame)
      }
    }
    markup = HTMLPage.markup(figure)
  }
}

/// Markup by its bytes: to compare it as text would look for characters that may be written in several ways.
private struct MarkupKey: Hashable {
  let markup: String

  static func == (first: MarkupKey, second: MarkupKey) -> Bool {
    first.markup.utf8.count == second.markup.utf8.count && first.markup.utf8.elementsEqual(second.markup.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var markup = markup
    markup.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// The figures of a page, each once, found by choice.
private struct FigureLibrary {
  private(set) var markups: [String] = []
  private var numbers: [MarkupKey: Int] = [:]
  private var timelines: [(number: Int, code: TimelineCode)] = []
  private var keys: [Figure.Kind: [(key: String, number: Int)]] = [:]
  private var ownNumbers: [Figure.Kind: Int] = [:]

  func has(_ kind: Figure.Kind) -> Bool { !(keys[kind] ?? []).isEmpty }

  func own(_ kind: Figure.Kind) -> Int? { ownNumbers[kind] }

  mutating func add(_ figure: DrawnFigure) {
    guard let markup = figure.markup else { return }
    let number: Int
    if figure.timeline == nil, let known = numbers[MarkupKey(markup: markup)] {
      number = known
    } else {
      number = markups.count
      numbers[MarkupKey(markup: markup)] = number
      markups.append(markup)
      if let code = figure.timeline { timelines.append((number, code)) }
    }
    keys[figure.wanted.kind, default: []].append((figure.wanted.key, number))
    if figure.wanted.isOwn { ownNumbers[figure.wanted.kind] = number }
  }

  /// What the page may show instead of what it shows first, which figure belongs to which choice, and the timelines.
  var record: Record {
    let figures = Figure.Kind.allCases.compactMap { kind in
      keys[kind].map { entries in
        (key: kind.rawValue, value: Value.record(Record(entries.map { ($0.key, .count($0.number)) })))
      }
    }
    let timelines = timelines.map { (key: String($0.number), value: Value.record($0.code.record)) }
    return [
      "markups": .texts(markups), "figures": .record(Record(figures)), "timelines": .record(Record(timelines)),
    ]
  }
}
