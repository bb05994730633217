import Charts
import JSONText
import Profiles
import Roofline
import Serving

/// Several loads or replicas side by side, each with its ratio to one of them.
package struct ServingComparison: Report {
  /// The runs in their order, each with what it is to the one that it is compared to.
  private var runs: [(report: ServingReport, ratio: Double?)]
  private let varied: [String]

  /// A comparison of at least one report.
  ///
  /// - Parameters:
  ///   - reports: The runs.
  ///   - varied: In which of their inputs they differ, by key.
  ///   - request: Which of them the others are compared to, and in which order they stand.
  /// - Throws: ``ComparisonFault`` where no run, or no column, is called as the request says.
  package init(
    _ reports: [ServingReport], varied: [String], as request: ComparisonRequest = ComparisonRequest()
  ) throws(ComparisonFault) {
    self.varied = varied
    let baselines = try request.baselines(
      of: reports.map { report in varied.map { Self.input($0, of: report).text } }, keys: varied)
    let ratios = request.ratios(of: reports.map(Self.measure), baselines)
    runs = zip(reports, ratios).map { ($0, $1) }
    runs = try request.order(in: tables + [table]).map { [runs] in runs[$0] }
  }

  private var reports: [ServingReport] { runs.map(\.report) }

  /// What is compared: capacity where it was looked for, else the mean latency.
  private static func measure(_ report: ServingReport) -> Double {
    report.capacityPerSecond ?? report.result.latency.mean ?? 0
  }

  /// What a run has for a key; how many devices there are does not tell how they share the model.
  private static func input(_ key: String, of report: ServingReport) -> Value {
    let shown = key == "devices" ? "parallelism" : key
    return report.inputs.members.first { $0.key == shown }?.value ?? .text(nil)
  }

  /// All numbers of each, and what its are to the first's.
  package var record: Record {
    ["runs": .list(runs.map { .record($0.report.record + ["ratio": .number($0.ratio)]) }, onOneLine: false)]
  }

  /// A row for each.
  package var tables: [Table] { [Table(runs.map { $0.report.row + ["ratio": .number($0.ratio)] })] }

  /// What tells them apart: what is varied, and the hosts where each accelerator has its own.
  private var keys: [String] { HostsApart.keys(varied, hosts: reports.map(\.served.decode.host.name)) }

  private var table: Table {
    typealias Run = (report: ServingReport, ratio: Double?)
    var columns = keys.map { key in Column<Run>(key, key: key) { Cell(Self.input(key, of: $0.report)) } }
    if isCapacity {
      columns.append(Column("capacity", unit: "/s", .significant(3)) { .number($0.report.capacityPerSecond, .bold) })
    }
    columns += [
      Column("first p50", unit: "ms", .fixed(1)) { .number($0.report.result.timeToFirstToken.quantile(0.5)) },
      Column("p99", unit: "ms", .fixed(1), rank: .supporting) {
        .number($0.report.result.timeToFirstToken.quantile(0.99))
      },
      Column("next", unit: "ms", .fixed(2)) { .number($0.report.result.timePerOutputToken.mean, .bold) },
      Column("p99", unit: "ms", .fixed(2), rank: .supporting) {
        .number($0.report.result.timePerOutputToken.quantile(0.99))
      },
      Column("tokens/s", .fixed(0)) { .number($0.report.result.tokensPerSecond) },
      Column("device", unit: "%", .percent(0), rank: .incidental) { .number($0.report.result.deviceBusyFraction) },
    ]
    if reports.contains(where: { !$0.limits.isEmpty }) {
      columns.append(Column("goodput", unit: "/s", .significant(3)) { .number($0.report.result.goodput) })
    }
    if reports.contains(where: { $0.result.isOverloaded }) {
      columns.append(Column("overloaded", isStatedOnce: true) { .text($0.report.result.isOverloaded ? "yes" : "no") })
    }
    return Table(runs, columns + [Column("ratio", .fixed(2)) { .number($0.ratio) }])
  }

  /// Whether the largest rate was looked for.
  private var isCapacity: Bool { reports.contains { $0.capacityPerSecond != nil } }

  /// The largest rates, or the least and the greatest latency, and how many are overloaded.
  package var finding: String? {
    let keys = keys.isEmpty ? ["accelerator"] : keys
    if isCapacity {
      let words = "The largest rate within the limits is"
      return Finding.extremes(capacityTimes(keys), words: words, unit: "requests a second").map { $0 + "." }
    }
    let overloaded = reports.count { $0.result.isOverloaded }
    let end = overloaded == 0 ? "." : "; \(overloaded) of \(reports.count) are overloaded."
    return Finding.extremes(latencyTimes(keys), words: "A request takes in the mean").map { $0 + end }
  }

  /// What is the same for all, and what differs with what it comes to.
  package var blocks: [ReportBlock] {
    [.paragraphs([sharedText] + HostsApart.note(varied, keys), indent: 0), .table(table)]
  }

  /// What is the same for all: inputs by key and value.
  private var sharedText: String {
    let keys = [
      "decoder", "accelerator", "engine", "host", "precision", "weights", "rate", "concurrency", "prompt", "tokens",
      "limit_ttft_ms", "limit_tpot_ms",
    ]
    return Record.shared(by: reports.map(\.inputs), keys.filter { !(isCapacity && $0 == "rate") })
  }

  /// How a run is named among the others: by what differs, but for what an axis has.
  private func name(_ report: ServingReport, without axis: String? = nil) -> String {
    varied.filter { $0 != axis }.map { Self.input($0, of: report).text }.joined(separator: ", ")
  }

  /// Latency against rate with its knee, if rates differ, and the distributions.
  package var figures: [Figure] {
    let shown = reports.prefix(4).map { (name($0), $0.result) }
    let figures = [rates] + [.servingDistributions(shown)]
    // Side by side, for two: more lanes are a wall.
    return (figures + reports.prefix(2).map { .servingWindow($0.result, of: name($0)) }).compactMap { $0 }
  }

  /// Latency against rate; nil where rates do not differ.
  private var rates: Figure? {
    guard varied.contains("rate") else { return nil }
    return .servingLatency(
      reports.map { report in
        var rate = 0.0
        if case .rate(let perSecond, _) = report.load.arrivals { rate = perSecond }
        return (name: name(report, without: "rate"), rate: rate, result: report.result)
      })
  }

  private func capacityTimes(_ keys: [String]) -> [ComparedTime] {
    reports.map { report in
      let capacity = report.capacityPerSecond ?? 0
      return ComparedTime(
        names: keys.map { ($0, Self.input($0, of: report).text) }, milliseconds: capacity,
        parts: [("requests a second", SeriesStyle(color: 3), capacity)], busyMilliseconds: nil, note: "")
    }
  }

  private func latencyTimes(_ keys: [String]) -> [ComparedTime] {
    reports.map { report in
      let (first, whole) = (report.result.timeToFirstToken.mean ?? 0, report.result.latency.mean ?? 0)
      return ComparedTime(
        names: keys.map { ($0, Self.input($0, of: report).text) }, milliseconds: whole,
        parts: [
          ("until the first token", SeriesStyle(color: 0), first),
          ("further tokens", SeriesStyle(color: 6), max(0, whole - first)),
        ], busyMilliseconds: nil, note: report.result.isOverloaded ? ", overloaded" : "")
    }
  }

  /// How many requests a second each keeps within the limits.
  private func capacities(_ keys: [String]) throws(FigureFault) -> Figure {
    let times = capacityTimes(keys)
    let shared = Record.shared(by: reports.map(\.inputs), ["decoder", "accelerator", "engine", "limit_ttft_ms"])
    return try .comparison(
      times, title: "The largest rate" + (shared.isEmpty ? "" : ": \(shared)"), words: "requests a second", unit: "/s",
      table)
  }

  /// The runs as a chart: against the rate where rates differ, else what a request's latency consists of.
  ///
  /// - Throws: ``FigureFault`` where there are more than a reader can tell apart.
  package func figure() throws(FigureFault) -> Figure {
    let keys = keys.isEmpty ? ["accelerator"] : keys
    if isCapacity { return try capacities(keys) }
    if let rates { return rates }
    let times = latencyTimes(keys)
    let shared = Record.shared(by: reports.map(\.inputs), ["decoder", "accelerator", "engine", "rate", "concurrency"])
    return try .comparison(
      times, title: "Latency of a request" + (shared.isEmpty ? "" : ": \(shared)"), words: "milliseconds in the mean",
      table)
  }
}
