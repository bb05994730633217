import JSONText
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

  private let rows: [Row]
  private let varied: [String]

  /// A report.
  ///
  /// - Parameters:
  ///   - rows: The steps, at least one, all with the same names.
  ///   - varied: Which names differ: those that people see.
  package init(_ rows: [Row], varied: [String]) {
    self.rows = rows
    self.varied = varied
  }

  private func table(names shown: [String]) -> Table {
    let columns = rows[0].names.indices.filter { shown.contains(rows[0].names[$0].key) }.map { index in
      Column<Row>(rows[0].names[index].key) { row in
        let text = row.names[index].value
        return Int(text).map { .count($0) } ?? .text(text)
      }
    }
    let times: [Column<Row>] = [
      Column("phase", rank: .supporting, isStatedOnce: true) { .text($0.entry.step.isDecode ? "decode" : "prefill") },
      .latency(style: .bold) { $0.entry.summary }, .busy { $0.entry.summary }.ranked(.supporting), .tax(marks: true) { $0.entry.summary },
      .bound { $0.entry.summary }.ranked(.supporting).statedOnce, Column("launches", rank: .incidental) { .count($0.entry.launches) },
      Column("fits", rank: .supporting, isStatedOnce: true) { .flag($0.entry.memory.fits, $0.entry.memory.fits ? nil : .yellow) },
    ]
    return Table(named: "steps", rows, columns + times)
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
    (kneeText.isEmpty ? [] : [.paragraph(kneeText)]) + [
      .table(
        table(names: varied),
        bars: TableBars(
          title: "tax, 0 to 100 %", values: rows.map { $0.entry.summary.frameworkTaxFraction }, most: 1))
    ]
  }
}
