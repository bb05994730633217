import JSONText
import Profiles
import Roofline
import Simulation
import Studies

/// Several passes side by side, each with its ratio to one of them.
package struct RunComparison: Report {
  /// The passes in their order, each with what its latency is to that of the one that it is compared to.
  private var runs: [(report: RunReport, ratio: Double?)]
  private let varied: [String]

  /// A comparison of at least one pass.
  ///
  /// - Parameters:
  ///   - reports: The passes.
  ///   - varied: In which of their inputs they differ, by key.
  ///   - request: Which of them the others are compared to, and in which order they stand.
  /// - Throws: ``ComparisonFault`` where no pass, or no column, is called as the request says.
  package init(
    _ reports: [RunReport], varied: [String], as request: ComparisonRequest = ComparisonRequest()
  ) throws(ComparisonFault) {
    self.varied = varied
    let baselines = try request.baselines(
      of: reports.map { report in varied.map { report.input($0).text } }, keys: varied)
    let ratios = request.ratios(of: reports.map { Double($0.result.latency.count) }, baselines)
    runs = zip(reports, ratios).map { ($0, $1) }
    runs = try request.order(in: tables + [table]).map { [runs] in runs[$0] }
  }

  /// All numbers of each, and what its latency is to the first's.
  package var record: Record {
    ["runs": .list(runs.map { .record($0.report.record + ["ratio": .number($0.ratio)]) }, onOneLine: false)]
  }

  /// A row for each.
  package var tables: [Table] {
    [
      Table(
        uniting: runs.map { $0.report.row + ["fits": .flag($0.report.result.memory.fits), "ratio": .number($0.ratio)] })
    ]
  }

  /// What tells them apart: what is varied, and the hosts where each accelerator has its own.
  private var keys: [String] { HostsApart.keys(varied, hosts: runs.map { $0.report.scenario.system.host.name }) }

  private var table: Table {
    typealias Run = (report: RunReport, ratio: Double?)
    let names = keys.map { key in Column<Run>(key) { Cell($0.report.input(key)) } }
    let areAlike = Set(runs.map { $0.report.result.memory.fits }).count == 1
    let times: [Column<Run>] = [
      .latency(style: .bold) { $0.report.result }, .busy { $0.report.result }.ranked(.supporting),
      .tax(marks: true) { $0.report.result }, .bound { $0.report.result }.ranked(.supporting).statedOnce,
      // Where some do not fit, that is the first thing to know.
      Column("fits", rank: areAlike ? .supporting : .essential, isStatedOnce: true) {
        .flag($0.report.result.memory.fits, $0.report.result.memory.fits ? nil : .yellow)
      },
    ]
    let energy: [Column<Run>] =
      runs.contains { $0.report.energy != nil }
      ? [
        Column("energy", unit: "J", key: "energy_j", .significant(3), rank: .incidental) {
          .number($0.report.energy?.joules)
        }
      ] : []
    return Table(runs, names + times + energy + [Column("ratio", .fixed(2)) { .number($0.ratio) }])
  }

  /// The least and the greatest latency, and the tax.
  package var finding: String? {
    let taxes = runs.map { $0.report.result.frameworkTaxFraction }
    return Finding.extremes(times, words: "A pass takes").map {
      "\($0); the framework tax is \(Finding.range(taxes)) of it"
        + Finding.misfits(runs.map { $0.report.result.memory.fits }) + "."
    }
  }

  /// What is the same for all, and what differs with what it comes to.
  package var blocks: [ReportBlock] {
    let inputs = unique(runs.flatMap { $0.report.inputs.members.map(\.key) })
    let shared = [Record.shared(by: runs.map { $0.report.inputs }, inputs), runs[0].report.scenario.latencyKindText]
    let words = [shared.filter { !$0.isEmpty }.joined(separator: ", ")]
    return [.paragraphs(words + HostsApart.note(varied, keys), indent: 0)] + [
      .table(
        table,
        bars: TableBars(
          title: "tax, 0 to 100 %", values: runs.map { $0.report.result.frameworkTaxFraction }, most: 1))
    ]
  }

  /// The passes as a chart has them.
  private var times: [ComparedTime] {
    let keys = keys.isEmpty ? ["accelerator"] : keys
    return runs.map { run in
      ComparedTime(
        names: keys.map { ($0, run.report.input($0).text) }, pass: run.report.result,
        note: run.report.result.memory.fits ? "" : ", does not fit")
    }
  }

  /// The passes as a chart.
  package var figures: [Figure] { [try? figure()].compactMap { $0 } }

  /// The passes as a chart.
  ///
  /// - Throws: ``FigureFault`` where there are more than a reader can tell apart.
  package func figure() throws(FigureFault) -> Figure {
    let shared = Record.shared(by: runs.map { $0.report.row }, ["workload", "batch", "accelerator", "precision"])
    return try .comparison(
      times, title: shared.isEmpty ? "Latency side by side" : "Latency side by side: \(shared)",
      words: "milliseconds per pass", table)
  }
}

extension Record {
  /// The members of some keys that are the same in all records, in words.
  static func shared(by records: [Record], _ keys: [String]) -> String {
    func text(_ key: String, _ record: Record) -> String { record.members.first { $0.key == key }?.value.text ?? "" }
    return keys.filter { key in
      guard let first = records.first.map({ text(key, $0) }), !first.isEmpty else { return false }
      return records.allSatisfy { text(key, $0) == first }
    }.map { "\($0) \(text($0, records[0]))" }.joined(separator: ", ")
  }
}
