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
      Column("phase") { .text($0.entry.step.isDecode ? "decode" : "prefill") },
      .latency(style: .bold) { $0.entry.summary }, .busy { $0.entry.summary }, .tax(marks: true) { $0.entry.summary },
      .bound { $0.entry.summary }, Column("launches") { .count($0.entry.launches) },
      Column("fits") { .flag($0.entry.memory.fits, $0.entry.memory.fits ? nil : .yellow) },
    ]
    return Table(named: "steps", rows, columns + times)
  }

  /// All steps with all names.
  package var tables: [Table] { [table(names: rows[0].names.map(\.key))] }

  /// The steps, with what was varied.
  package var blocks: [ReportBlock] {
    [
      .table(
        table(names: varied),
        bars: TableBars(
          title: "tax, 0 to 100 %", values: rows.map { $0.entry.summary.frameworkTaxFraction }, most: 1))
    ]
  }
}
