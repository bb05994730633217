import JSONText
import Roofline
import Serving

/// Several loads or replicas side by side, each with its ratio to the first.
package struct ServingComparison: Report {
  private let reports: [ServingReport]
  private let varied: [String]

  /// A comparison of at least one report.
  ///
  /// - Parameters:
  ///   - reports: The runs, the first of which the others are compared to.
  ///   - varied: In which of their inputs they differ, by key.
  package init(_ reports: [ServingReport], varied: [String]) {
    self.reports = reports
    self.varied = varied
  }

  /// What is compared: capacity where it was looked for, else the mean latency.
  private func measure(_ report: ServingReport) -> Double {
    report.capacityPerSecond ?? report.result.latency.mean ?? 0
  }

  private var ratios: [Double?] {
    let first = measure(reports[0])
    return reports.map { first > 0 ? measure($0) / first : nil }
  }

  /// All numbers of each, and what its are to the first's.
  package var record: Record {
    ["runs": .list(zip(reports, ratios).map { .record($0.record + ["ratio": .number($1)]) }, onOneLine: false)]
  }

  /// A row for each.
  package var tables: [Table] { [Table(zip(reports, ratios).map { $0.row + ["ratio": .number($1)] })] }

  /// What differs, and what it comes to.
  package var blocks: [ReportBlock] {
    let runs = Array(zip(reports, ratios))
    typealias Run = (ServingReport, Double?)
    var columns = varied.map { key in
      Column<Run>(key, key: key) { run in
        let shown = key == "devices" ? "parallelism" : key
        return Cell(run.0.inputs.members.first { $0.key == shown }?.value ?? .text(nil))
      }
    }
    if reports.contains(where: { $0.capacityPerSecond != nil }) {
      columns.append(Column("capacity", unit: "/s", .significant(3)) { .number($0.0.capacityPerSecond, .bold) })
    }
    columns += [
      Column("first p50", unit: "ms", .fixed(1)) { .number($0.0.result.timeToFirstToken.quantile(0.5)) },
      Column("p99", unit: "ms", .fixed(1)) { .number($0.0.result.timeToFirstToken.quantile(0.99)) },
      Column("next", unit: "ms", .fixed(2)) { .number($0.0.result.timePerOutputToken.mean, .bold) },
      Column("p99", unit: "ms", .fixed(2)) { .number($0.0.result.timePerOutputToken.quantile(0.99)) },
      Column("tokens/s", .fixed(0)) { .number($0.0.result.tokensPerSecond) },
      Column("device", unit: "%", .percent(0)) { .number($0.0.result.deviceBusyFraction) },
    ]
    if reports.contains(where: { !$0.limits.isEmpty }) {
      columns.append(Column("goodput", unit: "/s", .significant(3)) { .number($0.0.result.goodput) })
    }
    if reports.contains(where: { $0.result.isOverloaded }) {
      columns.append(Column("overloaded") { .text($0.0.result.isOverloaded ? "yes" : "no") })
    }
    columns.append(Column("ratio", .fixed(2)) { .number($0.1) })
    return [.paragraph(sharedText), .table(Table(runs, columns))]
  }

  /// What is the same for all: inputs by key and value.
  private var sharedText: String {
    let keys = [
      "decoder", "accelerator", "engine", "host", "precision", "weights", "rate", "concurrency", "prompt", "tokens",
      "limit_ttft_ms", "limit_tpot_ms",
    ]
    let isCapacity = reports.contains { $0.capacityPerSecond != nil }
    let shared = reports[0].inputs.members.filter { member in
      keys.contains(member.key) && !member.value.isMissing && !(isCapacity && member.key == "rate")
        && Set(reports.map { Self.text(of: member.key, in: $0) }).count == 1
    }
    return shared.map { "\($0.key) \($0.value.text)" }.joined(separator: ", ")
  }

  private static func text(of key: String, in report: ServingReport) -> String {
    report.inputs.members.first { $0.key == key }?.value.text ?? ""
  }

  /// How a run is named among the others: by what differs, but for what an axis has.
  private func name(_ report: ServingReport, without axis: String? = nil) -> String {
    varied.filter { $0 != axis }.map { Self.text(of: $0 == "devices" ? "parallelism" : $0, in: report) }
      .joined(separator: ", ")
  }

  /// Latency against rate with its knee, if rates differ, and the distributions.
  package var figures: [Figure] {
    var figures: [Figure] = []
    if varied.contains("rate") {
      let runs = reports.map { report in
        var rate = 0.0
        if case .rate(let perSecond, _) = report.load.arrivals { rate = perSecond }
        return (name: name(report, without: "rate"), rate: rate, result: report.result)
      }
      figures += [.servingLatency(runs)].compactMap { $0 }
    }
    let shown = reports.prefix(4).map { (name($0), $0.result) }
    figures += [.servingDistributions(shown)].compactMap { $0 }
    // Side by side, for two: more lanes are a wall.
    return figures + reports.prefix(2).compactMap { .servingWindow($0.result, of: name($0)) }
  }
}
