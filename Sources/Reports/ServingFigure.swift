import Charts
import JSONText
import Roofline
import Serving
import Simulation
import Studies

extension Figure {
  private static let colors = [6, 3, 0, 7, 1, 5, 4, 2]

  /// How the share of requests grows with the time to their first token.
  static func servingDistributions(_ runs: [(name: String, result: ServingResult)]) -> Figure? {
    var all: [CartesianChart.Series] = []
    for (index, run) in runs.enumerated() {
      let kinds = [("first token", run.result.timeToFirstToken), ("next token", run.result.timePerOutputToken)]
      for (kind, (words, times)) in kinds.enumerated() {
        let points = times.curve().filter { $0.milliseconds > 0 }
        guard !points.isEmpty else { continue }
        let name = run.name.isEmpty ? words : "\(run.name), \(words)"
        all.append(
          CartesianChart.Series(
            name: name, style: SeriesStyle(color: colors[index % 8], isDashed: kind == 1),
            points: points.map { point in
              CartesianChart.Point(
                x: point.milliseconds, y: point.share * 100,
                hover: "\(name): \(NumberFormat.percent(point.share)) within \(shortNumber(point.milliseconds)) ms")
            }))
      }
    }
    guard !all.isEmpty else { return nil }
    let chart = CartesianChart(
      x: Axis(title: "milliseconds", scale: .logarithmic(covering: all.xs)),
      y: Axis(title: "requests, %", scale: .linear(from: 0, to: 100)), series: all)
    let rows = runs.flatMap { run in
      [("first token", run.result.timeToFirstToken), ("next token", run.result.timePerOutputToken)].map {
        (run: run.name, kind: $0.0, times: $0.1)
      }
    }
    let table = Table(
      rows,
      [
        Column("run") { .text($0.run) }, Column("time") { .text($0.kind) },
        Column("mean", unit: "ms", .short) { .number($0.times.mean) },
        Column("p50", unit: "ms", .short) { .number($0.times.quantile(0.5)) },
        Column("p90", unit: "ms", .short) { .number($0.times.quantile(0.9)) },
        Column("p99", unit: "ms", .short) { .number($0.times.quantile(0.99)) },
      ])
    return Figure(
      "How long requests wait",
      caption: "The share of requests whose first token, and whose further ones in the mean, came within a time.",
      .cartesian(chart), table)
  }

  /// Requests and cache over time.
  static func servingSeries(_ result: ServingResult) -> Figure? {
    let means = result.series.means(until: result.duration)
    guard means.count > 1 else { return nil }
    func series(_ name: String, _ style: SeriesStyle, _ value: (ServingSeries.Interval) -> Double)
      -> CartesianChart.Series
    {
      CartesianChart.Series(
        name: name, style: style,
        points: means.map { point in
          CartesianChart.Point(
            x: point.seconds, y: value(point.interval),
            hover: "\(shortNumber(point.seconds)) s: \(shortNumber(value(point.interval))) \(name)")
        })
    }
    let all = [
      series("requests worked on", SeriesStyle(color: 6)) { $0.running },
      series("requests waiting", SeriesStyle(color: 0)) { $0.waiting },
      series("% of the cache", SeriesStyle(color: 3, isDashed: true)) { $0.cache * 100 },
    ]
    let chart = CartesianChart(
      x: Axis(title: "seconds", scale: .linear(from: 0, to: all.xs.max() ?? 1)),
      y: Axis(title: "requests; % of the cache", scale: .linear(covering: all.ys)), series: all)
    let table = Table(
      means,
      [
        Column("time", unit: "s", .short) { .number($0.seconds) },
        Column("worked on", .short) { .number($0.interval.running) },
        Column("waiting", .short) { .number($0.interval.waiting) },
        Column("cache", unit: "%", .percent(1)) { .number($0.interval.cache) },
      ])
    return Figure(
      "Batch, queue and cache over time",
      caption: "Means over intervals of \(shortNumber(result.series.width.seconds)) s.",
      .cartesian(chart), table)
  }

  /// What host and device do in a stretch of time.
  static func servingWindow(_ result: ServingResult, of name: String) -> Figure? {
    guard let timeline = result.timeline, let start = timeline.spans.map(\.start).min() else { return nil }
    let title = name.isEmpty ? "Host and device" : "Host and device: \(name)"
    let from = NumberFormat.significant(start.seconds, digits: 4)
    return .timeline(
      timeline, title: title,
      caption: "Steps from \(from) s on: the loop's stages on the host, and each step on the device. Blank is idle.")
  }

  /// Times against the rate of arrivals; the knee is where the 99th percentile of the first token has doubled.
  static func servingLatency(_ runs: [(name: String, rate: Double, result: ServingResult)]) -> Figure? {
    let names = unique(runs.map(\.name))
    var all: [CartesianChart.Series] = []
    var rules: [CartesianChart.Rule] = []
    for (index, name) in names.enumerated() {
      let own = runs.filter { $0.name == name }.sorted { $0.rate < $1.rate }
      func series(_ words: String, isDashed: Bool, _ value: (ServingResult) -> Double?) -> CartesianChart.Series {
        let title = name.isEmpty ? words : "\(name), \(words)"
        return CartesianChart.Series(
          name: title, style: SeriesStyle(color: colors[index % 8], shape: .circle, isDashed: isDashed),
          points: own.compactMap { run in
            value(run.result).map { time in
              CartesianChart.Point(
                x: run.rate, y: time, hover: "\(shortNumber(run.rate)) requests/s: \(title) \(shortNumber(time)) ms",
                isHollow: run.result.isOverloaded)
            }
          })
      }
      all += [
        series("first token, p99", isDashed: false) { $0.timeToFirstToken.quantile(0.99) },
        series("next token, mean", isDashed: true) { $0.timePerOutputToken.mean },
      ]
      let tails = own.map { (rate: $0.rate, time: $0.result.timeToFirstToken.quantile(0.99) ?? 0) }
      if let least = tails.first?.time, let knee = tails.first(where: { $0.time > 2 * least }) {
        rules.append(
          CartesianChart.Rule(x: knee.rate, label: name.isEmpty ? "knee" : "knee: \(name)"))
      }
    }
    guard all.xs.count > 1 else { return nil }
    let chart = CartesianChart(
      x: Axis(title: "requests per second", scale: .logarithmic(covering: all.xs, margin: 1.1)),
      y: Axis(title: "milliseconds", scale: .logarithmic(covering: all.ys)), series: all, rules: rules)
    let table = Table(
      runs,
      [
        Column("run") { .text($0.name) }, Column("rate", unit: "/s", .short) { .number($0.rate) },
        Column("first p50", unit: "ms", .short) { .number($0.result.timeToFirstToken.quantile(0.5)) },
        Column("first p99", unit: "ms", .short) { .number($0.result.timeToFirstToken.quantile(0.99)) },
        Column("next", unit: "ms", .short) { .number($0.result.timePerOutputToken.mean) },
        Column("tokens/s", .short) { .number($0.result.tokensPerSecond) },
        Column("device", unit: "%", .percent(0)) { .number($0.result.deviceBusyFraction) },
      ])
    return Figure(
      "Latency against rate",
      caption:
        "The knee is the first rate at which the 99th percentile of the first token is twice that of the smallest "
        + "rate; hollow points are of queues that grow without end.",
      .cartesian(chart), table)
  }
}
