/// An axis: what it measures, in which unit, on which scale.
public struct Axis: Sendable, Equatable {
  /// What is measured, with its unit: `latency, ms per pass`.
  public var title: String
  /// How values become positions.
  public var scale: Scale
  /// The values that are marked; nil for round ones.
  public var ticks: [Tick]?

  /// An axis.
  public init(title: String, scale: Scale, ticks: [Tick]? = nil) {
    self.title = title
    self.scale = scale
    self.ticks = ticks
  }

  /// The title, with what a reader must know of the scale.
  var fullTitle: String { scale.kind == .logarithmic ? title + " (log scale)" : title }
}

/// Lines, bands and points between two axes.
public struct CartesianChart: Sendable {
  /// A point.
  public struct Point: Sendable, Equatable {
    /// Along the horizontal axis.
    public var x: Double
    /// Along the vertical axis.
    public var y: Double
    /// What a pointer over it shows.
    public var hover: String
    /// The area of its sign, relative to others of the chart, from 0 to 1; 0 for the usual size.
    public var weight: Double
    /// What is written beside it if there is room; nil for nothing.
    public var label: String?
    /// Whether its sign is an outline: a point that is no real possibility.
    public var isHollow: Bool

    /// A point.
    public init(
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
  public struct Band: Sendable, Equatable {
    /// Along the horizontal axis, rising.
    public var x: [Double]
    /// The lower curve.
    public var low: [Double]
    /// The upper curve.
    public var high: [Double]
    /// What it is: `90 % of the samples`.
    public var name: String

    /// A band.
    public init(x: [Double], low: [Double], high: [Double], name: String) {
      self.x = x
      self.low = low
      self.high = high
      self.name = name
    }
  }

  /// Points that belong together.
  public struct Series: Sendable, Equatable {
    /// What they are.
    public var name: String
    /// How they look.
    public var style: SeriesStyle
    /// Whether a line joins them.
    public var isJoined: Bool
    /// The points, in the order of the line.
    public var points: [Point]
    /// The bands around the line, the widest first.
    public var bands: [Band]

    /// A series.
    public init(
      name: String, style: SeriesStyle, isJoined: Bool = true, points: [Point], bands: [Band] = []
    ) {
      self.name = name
      self.style = style
      self.isJoined = isJoined
      self.points = points
      self.bands = bands
    }
  }

  /// A vertical line at a value, and what it marks.
  public struct Rule: Sendable, Equatable {
    /// Along the horizontal axis.
    public var x: Double
    /// What it marks.
    public var label: String

    /// A rule.
    public init(x: Double, label: String) {
      self.x = x
      self.label = label
    }
  }

  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// What is drawn, the last on top.
  public var series: [Series]
  /// Vertical lines.
  public var rules: [Rule]

  /// A chart.
  public init(x: Axis, y: Axis, series: [Series], rules: [Rule] = []) {
    self.x = x
    self.y = y
    self.series = series
    self.rules = rules
  }
}
