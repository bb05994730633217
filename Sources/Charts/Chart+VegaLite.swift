import JSONText

extension Chart {
  /// The chart as a Vega-Lite specification, version 5, its data within: what notebooks and web pages render.
  package func vegaLite() -> String {
    var writer = VegaLiteWriter()
    writer.begin()
    writer.member("$schema", "https://vega.github.io/schema/vega-lite/v5.json")
    writer.member("title", title)
    writer.member("description", summary)
    switch content {
    case .cartesian(let chart): chart.write(to: &writer)
    case .bars(let chart): chart.write(to: &writer)
    case .timeline(let chart): chart.write(to: &writer)
    case .flame(let chart): chart.write(to: &writer)
    }
    writer.end()
    return writer.json.text
  }
}

/// Writes the objects of a specification.
struct VegaLiteWriter {
  var json = JSONWriter(layout: .pretty)

  mutating func begin(_ key: String? = nil, onOneLine: Bool = false) {
    if let key { json.key(key) }
    json.beginObject(onOneLine: onOneLine)
  }

  mutating func end() { json.end() }

  mutating func member(_ key: String, _ text: String) {
    json.key(key)
    json.value(text)
  }

  mutating func member(_ key: String, _ number: Double) {
    json.key(key)
    if number.isFinite { json.value(number) } else { json.null() }
  }

  /// The data of a view, one object a row.
  mutating func values(_ rows: [[(String, Value)]]) {
    begin("data")
    json.key("values")
    json.beginArray()
    for row in rows {
      begin(onOneLine: true)
      for (key, value) in row {
        switch value {
        case .text(let text): member(key, text)
        case .number(let number): member(key, number)
        }
      }
      end()
    }
    json.end()
    end()
  }

  enum Value {
    case text(String)
    case number(Double)
  }

  /// A field on a channel of the encoding.
  mutating func channel(_ channel: String, _ field: String, type: String, title: String? = nil, scale: Scale? = nil) {
    begin(channel, onOneLine: true)
    member("field", field)
    member("type", type)
    json.key("title")
    if let title { json.value(title) } else { json.null() }
    if let scale {
      begin("scale")
      member("type", scale.kind == .linear ? "linear" : "log")
      json.key("domain")
      json.beginArray()
      json.value(scale.domain.lowerBound)
      json.value(scale.domain.upperBound)
      json.end()
      json.key("nice")
      json.value(false)
      end()
    }
    end()
  }

  /// The colors of some series, by name.
  mutating func colors(_ series: [(name: String, color: Int)]) {
    begin("color", onOneLine: true)
    member("field", "series")
    member("type", "nominal")
    json.key("title")
    json.null()
    begin("scale")
    json.key("domain")
    json.beginArray()
    for entry in series { json.value(entry.name) }
    json.end()
    json.key("range")
    json.beginArray()
    for entry in series { json.value(ChartStyle.lightSeriesColors[entry.color]) }
    json.end()
    end()
    end()
  }

  /// How some series look on a channel, by name: `color`, `shape` or `strokeDash`.
  ///
  /// - Parameters:
  ///   - channel: The channel.
  ///   - series: The series of the layer.
  ///   - areLines: Whether the layer draws lines; what it does not draw as a line, another layer's legend has.
  ///   - look: What a style is on the channel.
  mutating func styles(
    _ channel: String, of series: [CartesianChart.Series], areLines: Bool, _ look: (SeriesStyle) -> Look
  ) {
    begin(channel, onOneLine: true)
    member("field", "series")
    member("type", "nominal")
    json.key("title")
    json.null()
    legend(of: series.filter { $0.isListed && !$0.name.isEmpty && $0.isJoined == areLines }.map(\.name), areLines)
    begin("scale")
    texts("domain", series.map(\.name))
    json.key("range")
    json.beginArray()
    for entry in series {
      switch look(entry.style) {
      case .text(let text): json.value(text)
      case .lengths(let lengths):
        json.beginArray()
        for length in lengths { json.value(length) }
        json.end()
      }
    }
    json.end()
    end()
    end()
  }

  private mutating func legend(of names: [String], _ areLines: Bool) {
    guard !names.isEmpty else {
      json.key("legend")
      return json.null()
    }
    begin("legend")
    texts("values", names)
    if areLines {
      member("symbolType", "stroke")
      json.key("symbolSize")
      json.value(400)
    }
    json.key("labelLimit")
    json.value(400)
    end()
  }

  /// What a style is on a channel.
  enum Look {
    case text(String)
    case lengths([Int])
  }

  private mutating func texts(_ key: String, _ texts: [String]) {
    json.key(key)
    json.beginArray()
    for text in texts { json.value(text) }
    json.end()
  }

  mutating func tooltip(_ fields: [(field: String, type: String)]) {
    json.key("tooltip")
    json.beginArray(onOneLine: true)
    for (field, type) in fields {
      json.beginObject()
      member("field", field)
      member("type", type)
      json.end()
    }
    json.end()
  }
}

extension CartesianChart {
  fileprivate func write(to writer: inout VegaLiteWriter) {
    writer.member("width", 640)
    writer.member("height", 360)
    // Lines and points have legends of their own.
    writer.begin("resolve", onOneLine: true)
    writer.begin("scale")
    for channel in ["color", "strokeDash", "shape"] { writer.member(channel, "independent") }
    writer.end()
    writer.end()
    writer.json.key("layer")
    writer.json.beginArray()
    for series in series { for band in series.bands { write(band, of: series, to: &writer) } }
    for (mark, layer) in [("line", series.filter(\.isJoined)), ("point", series.filter { $0.style.shape != nil })] {
      if layer.contains(where: { !$0.points.isEmpty }) { writePoints(of: layer, mark, to: &writer) }
    }
    for rule in rules { write(rule, to: &writer) }
    writer.json.end()
  }

  private func axes(_ writer: inout VegaLiteWriter, y field: String = "y") {
    writer.channel("x", "x", type: "quantitative", title: x.title, scale: x.scale)
    writer.channel("y", field, type: "quantitative", title: y.title, scale: y.scale)
  }

  private func write(_ band: Band, of series: Series, to writer: inout VegaLiteWriter) {
    writer.begin()
    writer.values(
      band.x.indices.map {
        [
          ("x", .number(band.x[$0])), ("low", .number(band.low[$0])), ("high", .number(band.high[$0])),
          ("band", .text(band.name)),
        ]
      })
    writer.begin("mark", onOneLine: true)
    writer.member("type", "area")
    writer.member("opacity", 0.25)
    writer.member("color", ChartStyle.lightSeriesColors[series.style.color])
    writer.end()
    writer.begin("encoding")
    axes(&writer, y: "low")
    writer.begin("y2", onOneLine: true)
    writer.member("field", "high")
    writer.end()
    writer.end()
    writer.end()
  }

  private func writePoints(of series: [Series], _ mark: String, to writer: inout VegaLiteWriter) {
    writer.begin()
    writer.values(
      series.flatMap { series in
        series.points.enumerated().map {
          [
            ("series", .text(series.name)), ("order", .number(Double($0))), ("x", .number($1.x)), ("y", .number($1.y)),
            ("weight", .number($1.weight)), ("label", .text($1.hover)),
          ]
        }
      })
    writer.begin("mark", onOneLine: true)
    writer.member("type", mark)
    if mark == "point" {
      writer.json.key("filled")
      writer.json.value(true)
    }
    writer.end()
    writer.begin("encoding")
    axes(&writer)
    writer.styles("color", of: series, areLines: mark == "line") { .text(ChartStyle.lightSeriesColors[$0.color]) }
    if mark == "line" {
      writer.styles("strokeDash", of: series, areLines: true) { .lengths($0.dash.lengths) }
      writer.channel("order", "order", type: "quantitative")
    } else {
      writer.styles("shape", of: series, areLines: false) { .text(($0.shape ?? .circle).vegaLiteName) }
      writer.tooltip([("label", "nominal"), ("x", "quantitative"), ("y", "quantitative")])
      if series.contains(where: { $0.points.contains { $0.weight > 0 } }) {
        writer.begin("size", onOneLine: true)
        writer.member("field", "weight")
        writer.member("type", "quantitative")
        writer.member("title", "time, 1 for the longest")
        writer.begin("scale")
        writer.json.key("range")
        writer.json.beginArray()
        writer.json.value(12)
        writer.json.value(500)
        writer.json.end()
        writer.end()
        writer.end()
      }
    }
    writer.end()
    writer.end()
  }

  private func write(_ rule: Rule, to writer: inout VegaLiteWriter) {
    writer.begin()
    writer.values([[("x", .number(rule.x)), ("label", .text(rule.label))]])
    writer.begin("mark", onOneLine: true)
    writer.member("type", "rule")
    writer.json.key("strokeDash")
    writer.json.beginArray()
    writer.json.value(2)
    writer.json.value(3)
    writer.json.end()
    writer.end()
    writer.begin("encoding")
    writer.channel("x", "x", type: "quantitative", title: x.title, scale: x.scale)
    writer.tooltip([("label", "nominal")])
    writer.end()
    writer.end()
  }
}

extension SeriesStyle.Shape {
  fileprivate var vegaLiteName: String {
    switch self {
    case .circle: "circle"
    case .square: "square"
    case .triangle: "triangle-up"
    case .diamond: "diamond"
    case .cross: "cross"
    }
  }
}

extension BarChart {
  fileprivate func write(to writer: inout VegaLiteWriter) {
    writer.member("width", 640)
    writer.values(
      rows.flatMap { row in
        (row.segments + (row.under.map { [$0] } ?? [])).map {
          [
            ("row", .text(row.label)), ("series", .text(series[$0.series].name)), ("start", .number($0.start)),
            ("end", .number($0.end)), ("label", .text($0.hover)),
          ]
        }
      })
    writer.begin("mark", onOneLine: true)
    writer.member("type", "bar")
    // A bar may go on beyond the axis.
    writer.json.key("clip")
    writer.json.value(true)
    writer.end()
    writer.begin("encoding")
    writer.begin("y", onOneLine: true)
    writer.member("field", "row")
    writer.member("type", "nominal")
    writer.json.key("title")
    writer.json.null()
    writer.json.key("sort")
    writer.json.null()
    writer.end()
    writer.channel("x", "start", type: "quantitative", title: axis.title, scale: axis.scale)
    writer.begin("x2", onOneLine: true)
    writer.member("field", "end")
    writer.end()
    writer.colors(series.map { ($0.name, $0.style.color) })
    writer.tooltip([("label", "nominal")])
    writer.end()
  }
}

extension TimelineChart {
  fileprivate func write(to writer: inout VegaLiteWriter) {
    writer.member("width", 960)
    writer.values(
      lanes.flatMap { lane in
        lane.spans.map {
          [
            ("lane", .text(lane.name)), ("series", .text(categories[Int($0.category)].name)),
            ("start_us", .number(Double($0.start) / 1e3)), ("end_us", .number(Double($0.start + $0.duration) / 1e3)),
            ("label", .text(labels[Int($0.label)])),
          ]
        }
      })
    writer.member("mark", "bar")
    writer.begin("encoding")
    writer.begin("y", onOneLine: true)
    writer.member("field", "lane")
    writer.member("type", "nominal")
    writer.json.key("title")
    writer.json.null()
    writer.json.key("sort")
    writer.json.null()
    writer.end()
    writer.channel("x", "start_us", type: "quantitative", title: "time, µs")
    writer.begin("x2", onOneLine: true)
    writer.member("field", "end_us")
    writer.end()
    writer.colors(categories.map { ($0.name, $0.style.color) })
    writer.tooltip([("label", "nominal"), ("start_us", "quantitative"), ("end_us", "quantitative")])
    writer.end()
  }
}
