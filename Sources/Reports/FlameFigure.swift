import Charts
import JSONText
import Replay
import Roofline

extension Figure {
  private static let flameStyles = [
    (FlameTree.Sort.range, "modules and ranges", 6), (.operation, "operators", 3), (.call, "calls of the driver", 1),
  ]

  /// The least share of the whole that is drawn, and the most callers above it.
  private static let (leastShare, deepest) = (0.001, 24)

  /// What called what on the host; nil where nothing was called.
  static func flame(_ tree: FlameTree, title: String) -> Figure? {
    guard tree.total > .zero else { return nil }
    let shown = tree.nodes.filter { $0.time.fraction(of: tree.total) >= leastShare && $0.depth < deepest }
    let boxes = shown.map { node in
      let share = node.time.fraction(of: tree.total)
      return FlameChart.Box(
        name: node.name,
        hover: "\(node.name): \(NumberFormat.time(picoseconds: node.time.count)), \(NumberFormat.percent(share)), "
          + "\(NumberFormat.integer(node.count)) times",
        start: node.start.fraction(of: tree.total), width: share, depth: node.depth,
        category: flameStyles.firstIndex { $0.0 == node.sort } ?? 0)
    }
    let chart = FlameChart(
      boxes: boxes, categories: flameStyles.map { BarChart.Series(name: $0.1, style: SeriesStyle(color: $0.2)) },
      whole: "\(NumberFormat.time(picoseconds: tree.total.count)) of the host")
    let table = Table(
      shown.sorted { ($1.time, $0.depth) < ($0.time, $1.depth) },
      [
        Column("what") { .text($0.name) }, Column("callers above", .plain) { .count($0.depth) },
        Column("times", .plain) { .count($0.count) },
        Column("host", unit: "µs", key: "host_us", .microseconds(1)) { .time($0.time) },
        Column("share", unit: "%", key: "host_fraction", .percent(1)) { [total = tree.total] in
          .number($0.time.fraction(of: total))
        },
      ])
    let caption =
      "The recorded host's time, of all threads: each box is as wide as its time, and below what called it. The same calls "
      + "from the same callers are one box; what takes less than a thousandth is left out."
    return Figure(title, caption: caption, .flame(chart), table)
  }
}
