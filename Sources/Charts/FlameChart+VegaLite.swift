extension FlameChart {
  /// Writes the data, the mark and the encoding of a specification.
  func write(to writer: inout VegaLiteWriter) {
    writer.member("width", 960)
    writer.values(
      boxes.map {
        [
          ("label", .text($0.name)), ("series", .text(categories[$0.category].name)),
          ("depth", .number(Double($0.depth))), ("start", .number($0.start)), ("end", .number($0.start + $0.width)),
        ]
      })
    writer.member("mark", "bar")
    writer.begin("encoding")
    writer.begin("y", onOneLine: true)
    writer.member("field", "depth")
    writer.member("type", "ordinal")
    writer.member("title", "callers above")
    writer.end()
    writer.channel("x", "start", type: "quantitative", title: "share of " + whole)
    writer.begin("x2", onOneLine: true)
    writer.member("field", "end")
    writer.end()
    writer.colors(categories.map { ($0.name, $0.style.color) })
    writer.tooltip([("label", "nominal"), ("start", "quantitative"), ("end", "quantitative")])
    writer.end()
  }
}
