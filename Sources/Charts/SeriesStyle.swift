/// How a series looks: a color that those who confuse red and green tell apart, and a shape or a dash that needs no color.
package struct SeriesStyle: Sendable, Equatable {
  /// The sign of a point.
  package enum Shape: Sendable, Equatable {
    /// A disk.
    case circle
    /// A square.
    case square
    /// A triangle on its base.
    case triangle
    /// A square on its corner.
    case diamond
    /// Two crossing strokes: for what was measured.
    case cross
  }

  /// Which of the colors of ``ChartStyle``, from 0 to 8.
  package var color: Int
  /// The sign of its points; nil for none.
  package var shape: Shape?
  /// Whether its line is dashed.
  package var isDashed: Bool

  /// A style.
  package init(color: Int, shape: Shape? = nil, isDashed: Bool = false) {
    self.color = color
    self.shape = shape
    self.isDashed = isDashed
  }

  var fillClass: String { "f\(color)" }
  var strokeClass: String { "c\(color)" + (isDashed ? " d" : "") }

  /// Draws the sign of a point.
  func draw(
    into body: inout SVGBuilder, x: Double, y: Double, radius: Double, hover: String?, isHollow: Bool = false
  ) {
    let look = shape == .cross ? "l c\(color)" : isHollow ? "p o c\(color)" : "p f\(color)"
    let names = (hover == nil ? "" : "m ") + look
    func path(_ commands: String) { body.element("path", ["class": names, "d": commands], hover: hover) }
    let r = coordinate(radius)
    let at = "M\(coordinate(x)) \(coordinate(y))"
    switch shape ?? .circle {
    case .circle:
      body.element("circle", ["class": names, "cx": coordinate(x), "cy": coordinate(y), "r": r], hover: hover)
    case .square: body.rectangle(x - radius, y - radius, 2 * radius, 2 * radius, class: names, hover: hover)
    case .triangle: path("\(at)m0 -\(r)l\(r) \(coordinate(1.8 * radius))h-\(coordinate(2 * radius))z")
    case .diamond: path("\(at)m0 -\(r)l\(r) \(r)l-\(r) \(r)l-\(r) -\(r)z")
    case .cross:
      let d = coordinate(2 * radius)
      path("\(at)m-\(r) -\(r)l\(d) \(d)m0 -\(d)l-\(d) \(d)")
    }
  }
}
