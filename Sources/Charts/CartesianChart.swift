/// An axis: what it measures, in which unit, on which scale.
package struct Axis: Sendable, Equatable {
  /// What is measured, with its unit: `latency, ms per pass`.
  package var title: String
  /// How values become positions.
  package var scale: Scale
  /// The values that are marked; nil for round ones.
  package var ticks: [Tick]?

  /// An axis.
  package init(title: String, scale: Scale, ticks: [Tick]? = nil) {
    self.title = title
    self.scale = scale
    self.ticks = ticks
  }

  /// The title, with what a reader must know of the scale.
  var fullTitle: String { scale.kind == .logarithmic ? title + " (log scale)" : title }
}

/// Lines, bands and points between two axes.
package struct CartesianChart: Sendable {
  /// A point.
  package struct Point: Sendable, Equatable {
    /// Along the horizontal axis.
    package var x: Double
    /// Along the vertical axis.
    package var y: Double
    /// What a pointer over it shows.
    package var hover: String
    /// The area of its sign, relative to others of the chart, from 0 to 1; 0 for the usual size.
    package var weight: Double
    /// What is written beside it if there is room; nil for nothing.
    package var label: String?
    /// Whether its sign is an outline: a point that is no real possibility.
    package var isHollow: Bool

    /// A point.
    package init(
      x: Double, y: Double, hover: String, weight: Double = 0, label: String? = nil, isHollow: Bool = false
    ) {
      self.x = x
      self.y = y
      self.hover = hover
      self.weight = weight
      self.label = label
      self.isHollow = isHollow
    }
  }

  /// The room between two curves.
  package struct Band: Sendable, Equatable {
    /// Along the horizontal axis, rising.
    package var x: [Double]
    /// The lower curve.
    package var low: [Double]
    /// The upper curve.
    package var high: [Double]
    /// What it is: `90 % of the samples`.
    package var name: String

    /// A band.
    package init(x: [Double], low: [Double], high: [Double], name: String) {
      self.x = x
      self.low = low
      self.high = high
      self.name = name
    }
  }

  /// Points that belong together.
  package struct Series: Sendable, Equatable {
    /// What they are.
    package var name: String
    /// How they look.
    package var style: SeriesStyle
    /// Whether a line joins them.
    package var isJoined: Bool
    /// The points, in the order of the line.
    package var points: [Point]
    /// The bands around the line, the widest first.
    package var bands: [Band]
    /// Whether the legend has it; one without points is an entry of the legend and nothing else.
    package var isListed: Bool

    /// A series.
    package init(
      name: String, style: SeriesStyle, isJoined: Bool = true, points: [Point], bands: [Band] = [],
      isListed: Bool = true
    ) {
      self.name = name
      self.style = style
      self.isJoined = isJoined
      self.points = points
      self.bands = bands
      self.isListed = isListed
    }
  }

  /// A vertical line at a value, and what it marks.
  package struct Rule: Sendable, Equatable {
    /// Along the horizontal axis.
    package var x: Double
    /// What it marks.
    package var label: String

    /// A rule.
    package init(x: Double, label: String) {
      self.x = x
      self.label = label
    }
  }

  /// The horizontal axis.
  package var x: Axis
  /// The vertical axis.
  package var y: Axis
  /// What is drawn, the last on top.
  package var series: [Series]
  /// Vertical lines.
  package var rules: [Rule]

  /// A chart.
  package init(x: Axis, y: Axis, series: [Series], rules: [Rule] = []) {
    self.x = x
    self.y = y
    self.series = series
    self.rules = rules
  }
}

extension [CartesianChart.Series] {
  /// Where their points stand along the horizontal axis.
  package var xs: [Double] { flatMap { $0.points.map(\.x) } }

  /// Where their points, and the edges of their bands, stand along the vertical axis.
  package var ys: [Double] { flatMap { $0.points.map(\.y) + $0.bands.flatMap { $0.low + $0.high } } }
}

extension Tick {
  /// Marks of whole numbers.
  package static func whole(_ numbers: some Sequence<Int>) -> [Tick] {
    numbers.map { Tick(value: Double($0), label: String($0)) }
  }
}
