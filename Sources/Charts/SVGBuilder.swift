/// Writes SVG, element by element.
struct SVGBuilder {
  /// A place of a text relative to its point.
  enum Anchor: String {
    case start, middle, end
  }

  private(set) var text = ""
  private var open: [String] = []

  /// Begins an element.
  mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<\(name)\(written(attributes))>"
    open.append(name)
  }

  /// Ends the innermost element.
  mutating func end() {
    if let name = open.popLast() { text += "</\(name)>" }
  }

  /// Writes an element without content other than the title that a pointer over it shows.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, hover: String? = nil) {
    if let hover {
      text += "<\(name)\(written(attributes))><title>\(markupEscaped(hover))</title></\(name)>"
    } else {
      text += "<\(name)\(written(attributes))/>"
    }
  }

  /// Writes an element around a text.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String) {
    text += "<\(name)\(written(attributes))>\(markupEscaped(content))</\(name)>"
  }

  /// Writes text that is markup already.
  mutating func raw(_ markup: String) { text += markup }

  /// Writes a label.
  mutating func label(
    _ content: String, x: Double, y: Double, _ anchor: Anchor = .start, class names: String = "t"
  ) {
    text += "<text\(names == "t" ? "" : " class=\"\(names)\"") x=\"\(coordinate(x))\" y=\"\(coordinate(y))\""
    if anchor != .start { text += " text-anchor=\"\(anchor.rawValue)\"" }
    text += ">\(markupEscaped(content))</text>"
  }

  /// Writes a straight line.
  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class names: String) {
    element(
      "line",
      ["class": names, "x1": coordinate(x1), "y1": coordinate(y1), "x2": coordinate(x2), "y2": coordinate(y2)])
  }

  /// Writes a rectangle.
  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, class names: String, hover: String? = nil
  ) {
    element(
      "rect",
      [
        "class": names, "x": coordinate(x), "y": coordinate(y), "width": coordinate(width),
        "height": coordinate(height),
      ], hover: hover)
  }

  private func written(_ attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0)=\"\(markupEscaped($1))\"" }.joined()
  }
}
