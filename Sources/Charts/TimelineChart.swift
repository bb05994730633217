/// What happened when, in lanes below one another; where nothing is drawn, nothing happened.
package struct TimelineChart: Sendable {
  /// Something that took time.
  package struct Span: Sendable, Equatable {
    /// When it began, nanoseconds from the left end.
    package var start: Int64
    /// How long it took, nanoseconds.
    package var duration: Int64
    /// What it was, an index into ``TimelineChart/labels``.
    package var label: Int32
    /// What sort of time it is, an index into ``TimelineChart/categories``.
    package var category: UInt8

    /// A span.
    package init(start: Int64, duration: Int64, label: Int32, category: UInt8) {
      self.start = start
      self.duration = duration
      self.label = label
      self.category = category
    }
  }

  /// A lane.
  package struct Lane: Sendable, Equatable {
    /// What it is called.
    package var name: String
    /// What happened in it, by time.
    package var spans: [Span]

    /// A lane.
    package init(name: String, spans: [Span]) {
      self.name = name
      self.spans = spans
    }

    /// The share of a length in which something happened.
    package func busyShare(of length: Int64) -> Double {
      guard length > 0 else { return 0 }
      return Double(spans.reduce(0) { $0 + $1.duration }) / Double(length)
    }
  }

  /// The length of the whole, nanoseconds.
  package var length: Int64
  /// The lanes, from the top.
  package var lanes: [Lane]
  /// What spans are called.
  package var labels: [String]
  /// What sorts of time there are, and how they look.
  package var categories: [BarChart.Series]
  /// Whether spans are drawn: a page's script may do it instead.
  package var drawsSpans = true

  /// A chart.
  package init(length: Int64, lanes: [Lane], labels: [String], categories: [BarChart.Series]) {
    self.length = length
    self.lanes = lanes
    self.labels = labels
    self.categories = categories
  }
}
