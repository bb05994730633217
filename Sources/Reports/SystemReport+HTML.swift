import Charts
import JSONText
import Profiles
import Simulation
import Studies

extension SystemReport {
  /// The page, everything within.
  public func html() -> String {
    var library = FigureLibrary()
    for kind in Figure.Kind.allCases { register(kind, &library) }
    let own = study.ownCase
    let page = HTMLPage(
      finding: own.map(finding) ?? "Nothing could be simulated.",
      number: own.map { NumberFormat.percent($0.result.frameworkTaxFraction, decimals: 0) } ?? "–",
      numberMeaning: "framework tax: share of the latency in which the device is idle",
      introduction: introduction, sections: sections(library), templates: library.templates, data: data(library),
      command: command)
    return page.html
  }

  // MARK: Figures

  /// On which choices a figure depends.
  private func dimensions(_ kind: Figure.Kind) -> [String] {
    switch kind {
    case .latency: ["accelerator", "framework", "precision"]
    case .breakdown: ["framework", "precision", "batch"]
    case .roofline, .timeline, .sensitivity: ["accelerator", "framework", "precision", "batch"]
    case .projection: []
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

  private func register(_ kind: Figure.Kind, _ library: inout FigureLibrary) {
    let dimensions = dimensions(kind)
    var seen: Set<String> = []
    for choice in [study.own] + choices {
      let key = key(choice, dimensions)
      guard seen.insert(key).inserted, let figure = figure(kind, choice) else { continue }
      library.add(figure, kind, key, isOwn: choice == study.own)
    }
  }

  // MARK: Sections

  private func sections(_ library: FigureLibrary) -> [HTMLPage.Section] {
    let headings: [(Figure.Kind, String)] = [
      (.latency, "Latency by batch size"), (.breakdown, "Where the time goes, generation by generation"),
      (.roofline, "Operators against the roofline"), (.timeline, "One pass on the timeline"),
      (.projection, "Years to come"), (.sensitivity, "What the latency depends on"),
    ]
    var sections: [HTMLPage.Section] = []
    for (kind, heading) in headings where library.has(kind) {
      let keys = dimensions(kind)
      let own = library.own(kind)
      let tools = kind == .timeline ? Self.timelineTools : ""
      let body =
        tools
        + "<div class=\"\(kind.rawValue)\" data-figure=\"\(kind.rawValue)\" data-dimensions=\"\(keys.joined(separator: " "))\""
        + " data-shown=\"\(own.map { String($0) } ?? "undefined")\">\(own.map { library.markups[$0] } ?? "")</div>"
      sections.append(HTMLPage.Section(identifier: kind.rawValue, heading: heading, body: body))
    }
    if let scenario = study.ownCase?.scenario {
      let note =
        "Every number that the run depends on, of the system that the report was made for. "
        + "Kinds: measured, datasheet, derived, assumed, announced."
      let table = InputTable(system: scenario.system).table.html(caption: "Inputs")
      sections.append(
        HTMLPage.Section(
          identifier: "inputs", heading: "Inputs, every number with its unit and source",
          body: "<p class=\"caption\">\(note)</p><details class=\"inputs\"><summary>Show the numbers</summary>"
            + "<div class=\"scroll\" tabindex=\"0\">\(table)</div></details>"))
    }
    return sections
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
    let fields = texts(own)
    func select(_ name: String, _ label: String, _ options: [(value: Int, text: String)], _ chosen: Int) -> String {
      "<label>\(label)<select name=\"\(name)\">"
        + options.map {
          "<option value=\"\($0.value)\"\($0.value == chosen ? " selected" : "")>\(markupEscaped($0.text))</option>"
        }.joined() + "</select></label>"
    }
    func number(_ field: String, _ title: String) -> String {
      let text = fields.first { $0.0 == field }?.1 ?? ""
      return "<div><dt>\(title)</dt><dd data-field=\"\(field)\">\(markupEscaped(text))</dd></div>"
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
    return "<p class=\"system\" data-field=\"system\">\(markupEscaped(fields.first { $0.0 == "system" }?.1 ?? ""))</p>"
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
    let kind = one.scenario.latencyKind == .steadyState ? "steady state" : "synchronized"
    return [
      ("finding", finding(one)), ("number", NumberFormat.percent(result.frameworkTaxFraction, decimals: 0)),
      ("system", "\(one.scenario.workloadText), \(kind), \(one.scenario.systemText)"),
      ("latency", NumberFormat.time(picoseconds: result.latency, digits: 4)),
      ("device_busy", NumberFormat.time(picoseconds: result.deviceBusy, digits: 4)),
      ("framework_tax", NumberFormat.time(picoseconds: result.frameworkTax, digits: 4)),
      ("bound", result.bound.rawValue), ("kernels", NumberFormat.integer(result.kernelCount)),
      ("memory", "\(required)\(capacity) GB" + (result.memory.fits ? "" : ": does not fit")),
    ]
  }

  // MARK: Data

  private func data(_ library: FigureLibrary) -> String {
    var writer = JSONWriter(layout: .compact)
    let all = ["accelerator", "framework", "precision", "batch"]
    writer.beginObject()
    writer.key("dimensions")
    writer.beginArray()
    for name in all { writer.value(name) }
    writer.end()
    writer.key("own")
    writer.beginObject()
    for (name, value) in zip(all, [study.own.accelerator, study.own.framework, study.own.precision, study.own.batch]) {
      writer.key(name)
      writer.value(value)
    }
    writer.end()
    writer.key("cases")
    writer.beginObject()
    for choice in choices {
      guard let one = study.cases[choice] else { continue }
      writer.key(key(choice, all))
      write(one, &writer)
    }
    writer.end()
    library.write(to: &writer)
    writer.end()
    return writer.text
  }

  private func write(_ one: SystemStudy.Case, _ writer: inout JSONWriter) {
    let result = one.result
    writer.beginObject()
    for (name, time) in [
      ("latency_us", result.latency), ("device_busy_us", result.deviceBusy), ("framework_tax_us", result.frameworkTax),
    ] {
      writer.key(name)
      writer.rawNumber(NumberFormat.microseconds(picoseconds: time))
    }
    writer.key("framework_tax_fraction")
    writer.value(result.frameworkTaxFraction)
    writer.key("bound")
    writer.value(result.bound.rawValue)
    writer.key("text")
    writer.beginObject()
    for (name, text) in texts(one) {
      writer.key(name)
      writer.value(text)
    }
    writer.end()
    writer.key("command")
    writer.value(reportCommand(one.scenario))
    writer.end()
  }

  private func reportCommand(_ scenario: Scenario) -> String {
    let parameters = scenario.workload.parameters.map { " --parameter \($0.name)=\($0.value)" }.joined()
    return "simulate report \(scenario.workload.name) \(scenario.system.accelerator?.name ?? "none") --host "
      + "\(scenario.system.host.name) --framework \(scenario.system.framework.name) --precision "
      + "\(scenario.precision.rawValue)\(parameters) --output report.html"
  }
}

/// The figures of a page, each once, found by choice.
private struct FigureLibrary {
  private(set) var markups: [String] = []
  private var numbers: [String: Int] = [:]
  private var timelines: [(number: Int, code: TimelineCode)] = []
  private var keys: [Figure.Kind: [(key: String, number: Int)]] = [:]
  private var ownNumbers: [Figure.Kind: Int] = [:]

  func has(_ kind: Figure.Kind) -> Bool { !(keys[kind] ?? []).isEmpty }

  func own(_ kind: Figure.Kind) -> Int? { ownNumbers[kind] }

  mutating func add(_ figure: Figure, _ kind: Figure.Kind, _ key: String, isOwn: Bool) {
    var figure = figure
    var code: TimelineCode?
    if case .timeline(let chart) = figure.chart.content {
      code = TimelineCode(chart: chart)
      // The script draws the others, and a template of thousands of spans for each would be large.
      if !isOwn {
        var frame = chart
        frame.drawsSpans = false
        figure.chart.content = .timeline(frame)
      }
    }
    let markup = HTMLPage.markup(figure)
    let number: Int
    if code == nil, let known = numbers[markup] {
      number = known
    } else {
      number = markups.count
      numbers[markup] = number
      markups.append(markup)
      if let code { timelines.append((number, code)) }
    }
    keys[kind, default: []].append((key, number))
    if isOwn { ownNumbers[kind] = number }
  }

  /// What the page may show instead of what it shows first.
  var templates: String {
    markups.enumerated().map { "<template id=\"t\($0.offset)\">\($0.element)</template>\n" }.joined()
  }

  func write(to writer: inout JSONWriter) {
    writer.key("figures")
    writer.beginObject()
    for kind in Figure.Kind.allCases {
      guard let entries = keys[kind] else { continue }
      writer.key(kind.rawValue)
      writer.beginObject()
      for entry in entries {
        writer.key(entry.key)
        writer.value(entry.number)
      }
      writer.end()
    }
    writer.end()
    writer.key("timelines")
    writer.beginObject()
    for (number, code) in timelines {
      writer.key(String(number))
      code.write(to: &writer)
    }
    writer.end()
  }
}
