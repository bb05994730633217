import JSONText
import Roofline
import Serving
import Simulation

/// Steps of served decoders, a row for each.
package struct StepTimesReport: Report {
  /// A step, and what tells it from others.
  package struct Row: Sendable {
    /// The values on the axes that were varied, and the names of what is the same for all.
    package let names: [(key: String, value: String)]
    /// The step and what it takes.
    package let entry: StepTimes.Entry

    /// A row.
    package init(names: [(key: String, value: String)], entry: StepTimes.Entry) {
      self.names = names
      self.entry = entry
    }
  }

  /// The steps in their order, each with what its latency is to that of the one that it is compared to.
  private var steps: [(row: Row, ratio: Double?)]
  private let varied: [String]
  private let request: ComparisonRequest

  private var rows: [Row] { steps.map(\.row) }

  /// A report.
  ///
  /// - Parameters:
  ///   - rows: The steps, at least one, all with the same names.
  ///   - varied: Which names differ: those that people see.
  ///   - request: Which of them the others are compared to, and in which order they stand.
  /// - Throws: ``ComparisonFault`` where no row, or no column, is called as the request says.
  package init(
    _ rows: [Row], varied: [String], as request: ComparisonRequest = ComparisonRequest()
  ) throws(ComparisonFault) {
    (self.varied, self.request) = (varied, request)
    let names = rows.map { row in row.names.filter { varied.contains($0.key) } }
    let baselines = try request.baselines(of: names.map { $0.map(\.value) }, keys: names.first?.map(\.key) ?? [])
    let ratios = request.ratios(of: rows.map { Double($0.entry.summary.latency.count) }, baselines)
    steps = zip(rows, ratios).map { ($0, $1) }
    steps = try request.order(in: tables + [table(names: varied)]).map { [steps] in steps[$0] }
  }

  private func table(names shown: [String]) -> Table {
    typealias Step = (row: Row, ratio: Double?)
    let names = steps[0].row.names
    let columns = names.indices.filter { shown.contains(names[$0].key) }.map { index in
      Column<Step>(names[index].key) { step in
        let text = step.row.names[index].value
        return Int(text).map { .count($0) } ?? .text(text)
      }
    }
    let times: [Column<Step>] = [
      Column("phase", rank: .supporting, isStatedOnce: true) {
        .text($0.row.entry.step.isDecode ? "decode" : "prefill")
      },
      .latency(style: .bold) { $0.row.entry.summary }, .busy { $0.row.entry.summary }.ranked(.supporting),
      .tax(marks: true) { $0.row.entry.summary },
      .bound { $0.row.entry.summary }.ranked(.supporting).statedOnce,
      Column("launches", rank: .incidental) { .count($0.row.entry.launches) },
      Column("fits", rank: .supporting, isStatedOnce: true) {
        .flag($0.row.entry.memory.fits, $0.row.entry.memory.fits ? nil : .yellow)
      },
    ]
    let ratio = Column<Step>("ratio", .fixed(2), for: request.isEmpty ? .people : .all) { .number($0.ratio) }
    return Table(named: "steps", steps, columns + times + [ratio])
  }

  /// What is the same for all steps, in words.
  private var sharedText: String {
    let names = rows[0].names.filter { name in
      !varied.contains(name.key) && !name.value.isEmpty
        && rows.allSatisfy { row in row.names.contains { $0.key == name.key && $0.value == name.value } }
    }
    return names.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  /// The steps as a chart.
  ///
  /// - Throws: ``FigureFault`` where there are more than a reader can tell apart.
  package func figure() throws(FigureFault) -> Figure {
    let times = rows.map { row in
      ComparedTime(
        names: row.names.filter { varied.contains($0.key) }, pass: row.entry.summary,
        note: row.entry.memory.fits ? "" : ", does not fit")
    }
    return try .comparison(
      times, title: "Steps: \(sharedText)", words: "milliseconds per step", table(names: varied))
  }

  /// All steps with all names.
  package var tables: [Table] { [table(names: rows[0].names.map(\.key))] }

  /// Where the host ceases to set a step, for those who read; empty where batches do not differ.
  private var kneeText: String {
    let host = rows.filter { $0.entry.summary.bound.isHostBound }
    guard varied.contains("batch"), !rows.isEmpty else { return "" }
    guard let last = host.map(\.entry.step.requests).max() else { return "the device sets every one of these steps" }
    let first = rows.filter { !$0.entry.summary.bound.isHostBound }.map(\.entry.step.requests).min()
    let from = first.map { ", the device from batch \($0) on at the earliest" } ?? ""
    return "the host sets steps up to batch \(last)\(from)"
  }

  /// The steps, with what was varied.
  package var blocks: [ReportBlock] {
    [sharedText, kneeText].filter { !$0.isEmpty }.map { .paragraph($0) } + [
      .table(
        table(names: varied),
        bars: TableBars(
          title: "tax, 0 to 100 %", values: rows.map { $0.entry.summary.frameworkTaxFraction }, most: 1))
    ]
  }
}
