import JSONText
import Profiles
import Roofline
import Serving
import Simulation

/// Several generations side by side, each with its ratio to one of them.
package struct GenerationComparison: Report {
  /// The generations in their order, each with what its latency is to that of the one that it is compared to.
  private var runs: [(report: GenerationReport, ratio: Double?)]
  private let varied: [String]

  /// A comparison of at least one generation.
  ///
  /// - Parameters:
  ///   - reports: The generations.
  ///   - varied: In which of their inputs they differ, by key.
  ///   - request: Which of them the others are compared to, and in which order they stand.
  /// - Throws: ``ComparisonFault`` where no generation, or no column, is called as the request says.
  package init(
    _ reports: [GenerationReport], varied: [String], as request: ComparisonRequest = ComparisonRequest()
  ) throws(ComparisonFault) {
    self.varied = varied
    let baselines = try request.baselines(
      of: reports.map { report in varied.map { Self.input($0, of: report).text } }, keys: varied)
    let ratios = request.ratios(of: reports.map(\.latencyUS), baselines)
    runs = zip(reports, ratios).map { ($0, $1) }
    runs = try request.order(in: tables + [table]).map { [runs] in runs[$0] }
  }

  /// What a run has for a key; how many devices there are does not tell how they share the model.
  private static func input(_ key: String, of report: GenerationReport) -> Value {
    let shown = key == "devices" ? "parallelism" : key
    return report.inputs.members.first { $0.key == shown }?.value ?? .text(nil)
  }

  /// All numbers of each, and what its latency is to the first's.
  package var record: Record {
    ["runs": .list(runs.map { .record($0.report.record + ["ratio": .number($0.ratio)]) }, onOneLine: false)]
  }

  /// A row for each.
  package var tables: [Table] { [Table(runs.map { $0.report.row + ["ratio": .number($0.ratio)] })] }

  /// What tells them apart: what is varied, and the hosts where each accelerator has its own.
  private var keys: [String] { HostsApart.keys(varied, hosts: runs.map { $0.report.served.decode.host.name }) }

  private var table: Table {
    typealias Run = (report: GenerationReport, ratio: Double?)
    let names = keys.map { key in Column<Run>(key, key: key) { Cell(Self.input(key, of: $0.report)) } }
    // Said where some do not; `memory` says how much.
    let fits = Column<Run>("fits", isStatedOnce: true) { run in
      let fits = run.report.generation.memory.fits
      return .flag(fits, fits ? nil : .yellow)
    }
    let isTold = runs.contains { !$0.report.generation.memory.fits }
    return Table(
      runs,
      names + [
        Column("first token", unit: "ms", .fixed(2)) { .number($0.report.generation.timeToFirstToken.milliseconds) },
        Column("next", unit: "ms", .fixed(3)) { .number($0.report.timePerOutputTokenUS / 1e3, .bold) },
        Column("all", unit: "s", key: "latency_us", .fixed(3), rank: .supporting) {
          .number($0.report.latencyUS / 1e6)
        },
        Column("tokens/s", .fixed(1)) { .number($0.report.tokensPerSecond) },
        Column("tax", unit: "%", .percent(1)) { .number($0.report.generation.decode.frameworkTaxFraction) },
        Column("bound", rank: .supporting, isStatedOnce: true) {
          .text($0.report.generation.decode.steps == 0 ? nil : $0.report.generation.decode.bound.rawValue)
        },
        Column("memory", unit: "GB", .fixed(1), rank: .supporting) {
          .number($0.report.generation.memory.requiredBytes / 1e9)
        },
      ] + (isTold ? [fits] : []) + [Column("ratio", .fixed(2)) { .number($0.ratio) }])
  }

  /// The shortest and the longest step, and what the host costs of it.
  package var finding: String? {
    let sums = runs.map { isDecoding ? $0.report.generation.decode : $0.report.generation.prefill }
    return Finding.extremes(times, words: isDecoding ? "A step over next tokens takes" : "The prompt takes").map {
      "\($0); the host costs \(Finding.range(sums.map(\.frameworkTaxFraction))) of it"
        + Finding.misfits(runs.map { $0.report.generation.memory.fits }) + "."
    }
  }

  /// What is the same for all, and what differs with what it comes to.
  package var blocks: [ReportBlock] {
    [.paragraphs([sharedText] + HostsApart.note(varied, keys), indent: 0), .table(table)]
  }

  /// What is the same for all: inputs by key and value.
  private var sharedText: String {
    Record.shared(
      by: runs.map { $0.report.inputs },
      ["decoder", "accelerator", "engine", "host", "precision", "weights", "batch", "prompt", "tokens"])
  }

  /// Whether any generates more than a first token.
  private var isDecoding: Bool { runs.contains { $0.report.generation.decode.steps > 0 } }

  /// The steps of the generations as a chart has them.
  private var times: [ComparedTime] {
    let keys = keys.isEmpty ? ["accelerator"] : keys
    return runs.map { run in
      let (report, decode) = (run.report, run.report.generation.decode)
      let isDecoding = decode.steps > 0
      let sum = isDecoding ? decode : report.generation.prefill
      let count = isDecoding ? Double(decode.steps) * 1e3 : 1e3
      return ComparedTime(
        names: keys.map { ($0, Self.input($0, of: report).text) },
        milliseconds: sum.latency.microseconds / count,
        parts: CostCategory.allCases.map { ($0.title, $0.style, sum.time(in: $0).microseconds / count) },
        busyMilliseconds: sum.deviceBusy.microseconds / count,
        note: report.generation.memory.fits ? "" : ", does not fit")
    }
  }

  /// The steps of the generations as a chart.
  package var figures: [Figure] { [try? figure()].compactMap { $0 } }

  /// The steps of the generations as a chart.
  ///
  /// - Throws: ``FigureFault`` where there are more than a reader can tell apart.
  package func figure() throws(FigureFault) -> Figure {
    let shared = Record.shared(by: runs.map { $0.report.inputs }, ["decoder", "accelerator", "engine", "batch"])
    return try .comparison(
      times, title: (isDecoding ? "A step over next tokens" : "The prompt") + (shared.isEmpty ? "" : ": \(shared)"),
      words: isDecoding ? "milliseconds per step" : "milliseconds", table)
  }
}
