/// A picture of some numbers: what is shown, without any size or color.
///
/// One value is rendered to SVG at any width (``svg(width:showsTitle:isStandalone:)``), for a file and for a page alike,
/// and written as a Vega-Lite specification (``vegaLite()``).
package struct Chart: Sendable {
  /// The sorts of picture.
  package enum Content: Sendable {
    /// Lines, bands and points between two axes.
    case cartesian(CartesianChart)
    /// Horizontal bars, stacked or from a line in the middle.
    case bars(BarChart)
    /// What happened when, lane by lane.
    case timeline(TimelineChart)
    /// What called what.
    case flame(FlameChart)
  }

  /// What the chart shows, as a heading.
  package var title: String
  /// What the chart shows, in a sentence, for those who do not see it.
  package var summary: String
  /// The picture.
  package var content: Content

  /// A chart.
  package init(title: String, summary: String, content: Content) {
    self.title = title
    self.summary = summary
    self.content = content
  }
}

extension Chart {
  /// The sizes that everything else follows from.
  struct Layout {
    let width: Double
    let isNarrow: Bool
    let fontSize = 12.0
    let lineHeight = 17.0

    init(width: Double) {
      self.width = width
      isNarrow = width < 560
    }
  }

  /// The chart as an SVG document: text is text, sizes are those of the width, nothing is fetched.
  ///
  /// - Parameters:
  ///   - width: Pixels, from 280.
  ///   - showsTitle: Whether the title stands above; a page that has headings of its own says no.
  ///   - isStandalone: Whether the document carries its styles and colors; inside a page that has
  ///     ``ChartStyle/rules`` it need not.
  ///   - isAdaptive: Whether a document of its own has colors for dark ground, too; what is drawn once is on light.
  /// - Returns: The document, an `svg` element.
  package func svg(
    width: Double = 900, showsTitle: Bool = true, isStandalone: Bool = true, isAdaptive: Bool = true
  ) -> String {
    let layout = Layout(width: max(280, width))
    var body = SVGBuilder()
    var top = 6.0
    if showsTitle {
      for line in wrapped(title, into: layout.width - 16, size: 16.5) {
        body.label(line, x: 8, y: top + 16, class: "h")
        top += 21
      }
      top += 3
    }
    let height: Double
    switch content {
    case .cartesian(let chart): height = chart.draw(into: &body, layout, top: top)
    case .bars(let chart): height = chart.draw(into: &body, layout, top: top)
    case .timeline(let chart): height = chart.draw(into: &body, layout, top: top)
    case .flame(let chart): height = chart.draw(into: &body, layout, top: top)
    }
    let size = "width=\"\(coordinate(layout.width))\" height=\"\(coordinate(height))\""
    let box = "viewBox=\"0 0 \(coordinate(layout.width)) \(coordinate(height))\""
    let styles = isStandalone ? "<style>\(isAdaptive ? ChartStyle.standalone : ChartStyle.onLightGround)</style>" : ""
    let names = isStandalone ? "" : " tabindex=\"0\""
    let ground = isStandalone ? "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>" : ""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" \(size) \(box)\(names)"
      + " aria-label=\"\(markupEscaped(title + ". " + summary))\">\(styles)\(ground)\(body.text)</svg>"
      + (isStandalone ? "\n" : "")
  }
}

/// A text in lines that fit into a width.
func wrapped(_ text: String, into width: Double, size: Double) -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ") {
    let joined = lines.last.map { $0 + " " + word }
    if let joined, textWidth(joined, size: size) <= width {
      lines[lines.count - 1] = joined
    } else {
      lines.append(fitted(String(word), into: width, size: size))
    }
  }
  return lines
}
