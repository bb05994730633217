import Charts
import Simulation

extension Figure {
  /// One pass, the host's lane above the streams; what is blank is idle.
  static func timeline(_ timeline: Timeline, title: String) -> Figure? {
    guard let chart = TimelineChart(timeline) else { return nil }
    let length = NumberFormat.fixed(Double(chart.length) / 1e3, decimals: 1, grouping: .comma)
    let lanes = chart.lanes.map { "\($0.name) busy \(NumberFormat.percent($0.busyShare(of: chart.length)))" }
    let caption =
      "One pass from an idle system until its last kernel is done and the host knows: \(length) µs. Blank is idle."
    return Figure(
      caption: caption,
      chart: Chart(
        title: title, summary: caption + " " + lanes.joined(separator: ", ") + ".", content: .timeline(chart)),
      table: timelineTable(chart))
  }

  /// What takes the time of each lane, by name: thousands of spans are no table.
  private static func timelineTable(_ chart: TimelineChart) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("lane"), TextTable.Column("what"), TextTable.Column("sort"),
      TextTable.Column("times", alignment: .number),
      TextTable.Column("total", unit: "µs", alignment: .number, key: "total_us"),
      TextTable.Column("share of the pass", unit: "%", alignment: .number, key: "fraction_percent"),
    ])
    struct Key: Hashable {
      var label: Int32
      var category: UInt8
    }
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
      for (key, sum) in ordered.prefix(12) {
        table.append([
          TextTable.Cell(lane.name), TextTable.Cell(chart.labels[Int(key.label)]),
          TextTable.Cell(chart.categories[Int(key.category)].name), TextTable.Cell(String(sum.count)),
          TextTable.Cell(
            NumberFormat.fixed(Double(sum.total) / 1e3, decimals: 1, grouping: .comma),
            data: NumberFormat.shortest(Double(sum.total) / 1e3)),
          TextTable.Cell(NumberFormat.fixed(100 * Double(sum.total) / Double(max(1, chart.length)), decimals: 1)),
        ])
      }
    }
    return table
  }
}

extension TimelineChart {
  /// The chart of a simulated timeline, nanoseconds from its first span; nil for one without spans.
  init?(_ timeline: Timeline) {
    guard let origin = timeline.spans.map(\.start).min(), let end = timeline.spans.map(\.end).max(), end > origin else {
      return nil
    }
    func nanoseconds(_ time: Int64) -> Int64 { (time - origin + 500) / 1000 }
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
