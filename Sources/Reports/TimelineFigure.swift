import Charts
import JSONText
import Roofline
import Simulation

extension Figure {
  /// One pass, the host's lane above the streams; what is blank is idle.
  static func timeline(_ timeline: Timeline, title: String) -> Figure? {
    guard let chart = TimelineChart(timeline) else { return nil }
    let length = NumberFormat.fixed(Double(chart.length) / 1e3, decimals: 1, grouping: .comma)
    return .timeline(
      timeline, title: title,
      caption:
        "One pass from an idle system until its last kernel is done and the host knows: \(length) µs. Blank is idle.")
  }

  /// Spans lane by lane, with words of their own.
  static func timeline(_ timeline: Timeline, title: String, caption: String) -> Figure? {
    guard let chart = TimelineChart(timeline) else { return nil }
    let lanes = chart.lanes.map { "\($0.name) busy \(NumberFormat.percent($0.busyShare(of: chart.length)))" }
    return Figure(
      title, caption: caption, summary: caption + " " + lanes.joined(separator: ", ") + ".", .timeline(chart),
      timelineTable(chart))
  }

  /// What takes the time of each lane, by name: thousands of spans are no table.
  private static func timelineTable(_ chart: TimelineChart) -> Table {
    struct Key: Hashable {
      var label: Int32
      var category: UInt8
    }
    typealias Row = (lane: String, key: Key, sum: (count: Int, total: Int64))
    var rows: [Row] = []
    for lane in chart.lanes {
      var sums: [Key: (count: Int, total: Int64)] = [:]
      for span in lane.spans {
        let key = Key(label: span.label, category: span.category)
        sums[key, default: (0, 0)].count += 1
        sums[key, default: (0, 0)].total += span.duration
      }
      let ordered = sums.sorted {
        ($1.value.total, $0.key.label, $0.key.category) < ($0.value.total, $1.key.label, $1.key.category)
      }
      rows += ordered.prefix(12).map { (lane.name, $0.key, $0.value) }
    }
    let length = Double(max(1, chart.length))
    let (labels, categories) = (chart.labels, chart.categories.map(\.name))
    return Table(
      rows,
      [
        Column("lane") { .text($0.lane) }, Column("what") { .text(labels[Int($0.key.label)]) },
        Column("sort") { .text(categories[Int($0.key.category)]) },
        Column("times", .plain) { .count($0.sum.count) },
        Column("total", unit: "µs", key: "total_us", .microseconds(1)) {
          .time(Picoseconds(nanoseconds: $0.sum.total))
        },
        Column("share of the pass", unit: "%", key: "pass_fraction", .percent(1)) {
          .number(Double($0.sum.total) / length)
        },
      ])
  }
}

extension TimelineChart {
  /// The chart of a simulated timeline, nanoseconds from its first span; nil for one without spans.
  init?(_ timeline: Timeline) {
    guard let origin = timeline.spans.map(\.start).min(), let end = timeline.spans.map(\.end).max(), end > origin else {
      return nil
    }
    func nanoseconds(_ time: Picoseconds) -> Int64 { (time - origin + 500).nanoseconds }
    var lanes: [Place: [Span]] = [:]
    let passLabel = Int32(timeline.labels.count)
    for span in timeline.spans {
      let start = nanoseconds(span.start)
      lanes[Place(lane: span.lane, thread: span.thread), default: []].append(
        Span(
          start: start, duration: nanoseconds(span.end) - start,
          label: timeline.labels.indices.contains(span.label) ? Int32(span.label) : passLabel,
          category: UInt8(span.category.rawValue)))
    }
    let ordered = lanes.keys.sorted { $0.order < $1.order }
    self.init(
      length: nanoseconds(end),
      lanes: ordered.map { lane in
        Lane(name: lane.title, spans: (lanes[lane] ?? []).sorted { $0.start < $1.start })
      }, labels: timeline.labels + ["pass"],
      categories: CostCategory.allCases.map { BarChart.Series(name: $0.title, style: $0.style) })
  }
}

/// A lane of the picture.
private struct Place: Hashable {
  var lane: TimelineLane
  var thread: Int

  /// Host threads above streams, each in its order.
  var order: Int {
    switch lane {
    case .host: thread - 1_000_000
    case .stream(let stream): stream
    }
  }

  var title: String {
    switch lane {
    case .host: thread == 0 ? "host, dispatch thread" : "host, thread \(thread)"
    case .stream(let stream): "device, stream \(stream)"
    }
  }
}
