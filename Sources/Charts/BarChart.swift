/// Horizontal bars: parts of a whole one behind the other, or changes to both sides of zero.
public struct BarChart: Sendable {
  /// A part of a bar.
  public struct Segment: Sendable, Equatable {
    /// Which series it belongs to.
    public var series: Int
    /// Where it begins.
    public var start: Double
    /// Where it ends.
    public var end: Double
    /// What a pointer over it shows.
    public var hover: String
    /// What is written in it if it is wide enough; nil for nothing.
    public var label: String?

    /// A segment.
    public init(series: Int, start: Double, end: Double, hover: String, label: String? = nil) {
      self.series = series
      self.start = start
      self.end = end
      self.hover = hover
      self.label = label
    }
  }

  /// A bar.
  public struct Row: Sendable, Equatable {
    /// What it is of.
    public var label: String
    /// What stands at its end; empty for nothing.
    public var value: String
    /// Its parts.
    public var segments: [Segment]
    /// Whether it stands out: the system that was asked for.
    public var isMarked: Bool
    /// A thin bar under it, for a part that overlaps with it; nil for none.
    public var under: Segment?

    /// A bar.
    public init(label: String, value: String, segments: [Segment], isMarked: Bool = false, under: Segment? = nil) {
      self.under = under
      self.label = label
      self.value = value
      self.segments = segments
      self.isMarked = isMarked
    }
  }

  /// What the parts are called, and how they look.
  public struct Series: Sendable, Equatable {
    /// What it is called.
    public var name: String
    /// Its color.
    public var style: SeriesStyle

    /// A series.
    public init(name: String, style: SeriesStyle) {
      self.name = name
      self.style = style
    }
  }

  /// What the bars measure.
  public var axis: Axis
  /// What the parts are.
  public var series: [Series]
  /// The bars, from the top.
  public var rows: [Row]

  /// A chart.
  public init(axis: Axis, series: [Series], rows: [Row]) {
    self.axis = axis
    self.series = series
    self.rows = rows
  }
}
