import JSONText
import Testing

@testable import Charts

/// Charts with names that look like markup, in every sort.
private let hostile = "<script>alert('&')</script>\u{0}\u{1B}"

private func charts() -> [Chart] {
  let style = SeriesStyle(color: 0, shape: .circle)
  let points = [1.0, 10, 100].map { CartesianChart.Point(x: $0, y: 2 * $0, hover: hostile, label: hostile) }
  let axis = Axis(title: hostile, scale: .logarithmic(covering: [1, 200]))
  let band = CartesianChart.Band(x: [1, 10], low: [1, 2], high: [3, 4], name: hostile)
  let cartesian = CartesianChart(
    x: axis, y: axis, series: [.init(name: hostile, style: style, points: points, bands: [band])],
    rules: [.init(x: 10, label: hostile)])
  let segment = BarChart.Segment(series: 0, start: 0, end: 5, hover: hostile, label: hostile)
  let bars = BarChart(
    axis: Axis(title: hostile, scale: .linear(covering: [5])), series: [.init(name: hostile, style: style)],
    rows: [.init(label: hostile, value: hostile, segments: [segment], under: segment)])
  let spans = (0..<100).map {
    TimelineChart.Span(start: $0 * 10, duration: 5, label: 0, category: UInt8($0 % 2))
  }
  let timeline = TimelineChart(
    length: 1000, lanes: [.init(name: hostile, spans: spans)], labels: [hostile],
    categories: [.init(name: hostile, style: style), .init(name: "other", style: SeriesStyle(color: 1))])
  let boxes = (0..<3).map { depth in
    FlameChart.Box(
      name: hostile, hover: hostile, start: 0, width: 1 / Double(depth + 1), depth: depth, category: depth % 2)
  }
  let flame = FlameChart(boxes: boxes, categories: timeline.categories, whole: hostile)
  return [.cartesian(cartesian), .bars(bars), .timeline(timeline), .flame(flame)].map {
    Chart(title: hostile, summary: hostile, content: $0)
  }
}

struct SVGTests {
  @Test("A bar that goes on beyond the axis is cut, and no other")
  func cutBars() {
    func markup(_ ends: [Double]) -> String {
      let bars = BarChart(
        axis: Axis(title: "a", scale: .linear(coveringMost: ends)),
        series: [.init(name: "s", style: SeriesStyle(color: 0))],
        rows: ends.map { .init(label: "r", value: "", segments: [.init(series: 0, start: 0, end: $0, hover: "")]) })
      return Chart(title: "t", summary: "s", content: .bars(bars)).svg(isStandalone: false)
    }
    #expect(markup([94, 22, 12]).split(separator: "class=\"cut\"").count == 3, "two gaps")
    #expect(!markup([60, 22, 12]).contains("class=\"cut\""))
  }

  @Test("Names are text, never markup, at any width", arguments: [280.0, 360, 900, 1400])
  func names(width: Double) {
    for chart in charts() {
      let svg = chart.svg(width: width)
      #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;"))
      #expect(!svg.contains("\u{0}") && !svg.contains("\u{1B}"))
      #expect(opened(svg) == closed(svg), "every element that is opened is closed")
    }
  }

  @Test("A file has its colors in its rules, for those who know no variables")
  func colors() {
    for chart in charts() {
      let svg = chart.svg()
      #expect(!svg.contains("var(") && svg.contains("fill:#0072b2") && svg.contains("prefers-color-scheme:dark"))
    }
  }

  /// Elements that are begun and not empty.
  private func opened(_ svg: String) -> Int {
    svg.split(separator: "<").filter { tag in
      guard let first = tag.first, first.isLetter, let end = tag.firstIndex(of: ">") else { return false }
      return tag[tag.index(before: end)] != "/"
    }.count
  }

  private func closed(_ svg: String) -> Int { svg.split(separator: "<").filter { $0.first == "/" }.count }

  @Test("A bar twice as long is twice as wide, and begins at zero")
  func bars() throws {
    let rows = [2.0, 4].map { end in
      BarChart.Row(label: "a", value: "", segments: [.init(series: 0, start: 0, end: end, hover: "\(end)")])
    }
    let chart = BarChart(
      axis: Axis(title: "ms", scale: .linear(covering: [4])),
      series: [.init(name: "s", style: SeriesStyle(color: 3))], rows: rows)
    let svg = Chart(title: "t", summary: "s", content: .bars(chart)).svg(width: 900)
    let widths = svg.split(separator: "<rect class=\"m b f3\"").dropFirst().compactMap { part in
      part.split(separator: "width=\"").dropFirst().first.flatMap { Double($0.prefix { $0 != "\"" }) }
    }
    try #require(widths.count == 2)
    #expect(abs(widths[1] / widths[0] - 2) < 0.01)
  }

  @Test("Spans with gaps between them leave the gaps blank; spans that touch within a pixel share a piece")
  func spans() {
    func pieces(_ step: Int64, _ duration: Int64, _ count: Int64) -> Int {
      let spans = (0..<count).map {
        TimelineChart.Span(start: $0 * step, duration: duration, label: 0, category: 0)
      }
      let chart = TimelineChart(
        length: step * count, lanes: [.init(name: "lane", spans: spans)], labels: ["kernel"],
        categories: [.init(name: "compute", style: SeriesStyle(color: 3))])
      let svg = Chart(title: "t", summary: "s", content: .timeline(chart)).svg(width: 900)
      return svg.split(separator: "class=\"m f3\"").count - 1
    }
    #expect(pieces(1000, 500, 10) == 10)
    #expect(pieces(1000, 1000, 100_000) < 900, "no more pieces than pixels")
    #expect(pieces(1000, 1, 20) == 20, "a short span is still seen")
  }

  @Test("A series that is not listed is drawn, and one without points is an entry of the legend")
  func legend() throws {
    let points = [1.0, 10].map { CartesianChart.Point(x: $0, y: $0, hover: "h") }
    let axis = Axis(title: "t", scale: .logarithmic(covering: [1, 10]))
    let chart = CartesianChart(
      x: axis, y: axis,
      series: [
        .init(name: "entry", style: SeriesStyle(color: 6, dash: .sparse, isThin: true), points: []),
        .init(name: "line", style: SeriesStyle(color: 3, dash: .dashDotted), points: points, isListed: false),
      ])
    let whole = Chart(title: "t", summary: "s", content: .cartesian(chart))
    let svg = whole.svg()
    #expect(svg.contains(">entry</text>") && !svg.contains(">line</text>"))
    #expect(svg.contains("class=\"l c6 dw n\"") && svg.contains("<path class=\"l c3 dd\""))
    let specification = whole.vegaLite()
    #expect(specification.contains("\"values\": [\"entry\"]"), "the legend's")
    #expect(specification.contains("\"domain\": [\"entry\", \"line\"]"))
    #expect(specification.contains("\"range\": [[2, 6], [8, 3, 2, 3]]"), "the dashes'")
    #expect(specification.split(separator: "{ \"series\": ").count - 1 == points.count)
  }

  @Test("Every dash has a rule of its own", arguments: SeriesStyle.Dash.allCases)
  func dashes(dash: SeriesStyle.Dash) throws {
    guard let name = dash.className else { return #expect(dash.lengths.isEmpty) }
    let lengths = dash.lengths.map { String($0) }.joined(separator: " ")
    #expect(ChartStyle.rules.contains("\n.chart .\(name){stroke-dasharray:\(lengths)}"))
    #expect(SeriesStyle.Dash.allCases.count { $0.lengths == dash.lengths || $0.className == name } == 1)
  }

  @Test("Vega-Lite specifications are JSON with the same names")
  func vegaLite() throws {
    for chart in charts() {
      let bytes = Array(chart.vegaLite().utf8)
      var root = try JSONDocument(bytes: bytes, file: "chart.vl.json").cursor.object()
      #expect(try root.required("title").string() == hostile)
      #expect(try root.required("$schema").string() == "https://vega.github.io/schema/vega-lite/v5.json")
    }
  }
}
