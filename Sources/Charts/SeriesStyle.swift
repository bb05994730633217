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

  /// How a line is broken.
  package enum Dash: Sendable, Equatable, CaseIterable {
    /// Not at all.
    case none
    /// Strokes and gaps.
    case dashed
    /// Dots.
    case dotted
    /// Strokes and dots.
    case dashDotted
    /// Short strokes.
    case shortDashed
    /// Dots that are far apart.
    case sparse
    /// Long strokes.
    case longDashed

    /// The lengths of strokes and gaps, in turns; empty for an unbroken line.
    var lengths: [Int] {
      switch self {
      case .none: []
      case .dashed: [6, 4]
      case .dotted: [1, 3]
      case .dashDotted: [8, 3, 2, 3]
      case .shortDashed: [3, 3]
      case .sparse: [2, 6]
      case .longDashed: [14, 4]
      }
    }

    /// The class of its rule; nil for an unbroken line.
    var className: String? {
      switch self {
      case .none: nil
      case .dashed: "d"
      case .dotted: "dt"
      case .dashDotted: "dd"
      case .shortDashed: "ds"
      case .sparse: "dw"
      case .longDashed: "dl"
      }
    }
  }

  /// Which of the colors of ``ChartStyle``, from 0 to 8.
  package var color: Int
  /// The sign of its points; nil for none.
  package var shape: Shape?
  /// How its line is broken.
  package var dash: Dash
  /// Whether its line is thinner than others.
  package var isThin: Bool

  /// A style.
  package init(color: Int, shape: Shape? = nil, dash: Dash = .none, isThin: Bool = false) {
    self.color = color
    self.shape = shape
    self.dash = dash
    self.isThin = isThin
  }

  /// A style whose line is dashed or not.
  package init(color: Int, shape: Shape? = nil, isDashed: Bool) {
    self.init(color: color, shape: shape, dash: isDashed ? .dashed : .none)
  }

  var fillClass: String { "f\(color)" }
  var strokeClass: String {
    ["c\(color)", dash.className, isThin ? "n" : nil].compactMap { $0 }.joined(separator: " ")
  }

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
