/// Horizontal bars: parts of a whole one behind the other, or changes to both sides of zero.
package struct BarChart: Sendable {
  /// A part of a bar.
  package struct Segment: Sendable, Equatable {
    /// Which series it belongs to.
    package var series: Int
    /// Where it begins.
    package var start: Double
    /// Where it ends.
    package var end: Double
    /// What a pointer over it shows.
    package var hover: String
    /// What is written in it if it is wide enough; nil for nothing.
    package var label: String?

    /// A segment.
    package init(series: Int, start: Double, end: Double, hover: String, label: String? = nil) {
      self.series = series
      self.start = start
      self.end = end
      self.hover = hover
      self.label = label
    }
  }

  /// A bar.
  package struct Row: Sendable, Equatable {
    /// What it is of.
    package var label: String
    /// What stands at its end; empty for nothing.
    package var value: String
    /// Its parts.
    package var segments: [Segment]
    /// Whether it stands out: the system that was asked for.
    package var isMarked: Bool
    /// A thin bar under it, for a part that overlaps with it; nil for none.
    package var under: Segment?

    /// A bar.
    package init(label: String, value: String, segments: [Segment], isMarked: Bool = false, under: Segment? = nil) {
      self.under = under
      self.label = label
      self.value = value
      self.segments = segments
      self.isMarked = isMarked
    }
  }

  /// What the parts are called, and how they look.
  package struct Series: Sendable, Equatable {
    /// What it is called.
    package var name: String
    /// Its color.
    package var style: SeriesStyle

    /// A series.
    package init(name: String, style: SeriesStyle) {
      self.name = name
      self.style = style
    }
  }

  /// What the bars measure.
  package var axis: Axis
  /// What the parts are.
  package var series: [Series]
  /// The bars, from the top.
  package var rows: [Row]

  /// A chart.
  package init(axis: Axis, series: [Series], rows: [Row]) {
    self.axis = axis
    self.series = series
    self.rows = rows
  }
}
