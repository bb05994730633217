import JSONText
import Roofline
import Serving
import Simulation

/// Several generations side by side, each with its ratio to the first.
package struct GenerationComparison: Report {
  private let reports: [GenerationReport]
  private let varied: [String]

  /// A comparison of at least one generation.
  ///
  /// - Parameters:
  ///   - reports: The generations, the first of which the others are compared to.
  ///   - varied: In which of their inputs they differ, by key.
  package init(_ reports: [GenerationReport], varied: [String]) {
    self.reports = reports
    self.varied = varied
  }

  private var ratios: [Double] {
    let first = reports[0].latencyUS
    return reports.map { first > 0 ? $0.latencyUS / first : 1 }
  }

  /// All numbers of each, and what the first's latency is to its.
  package var record: Record {
    [
      "runs": .list(
        zip(reports, ratios).map { .record($0.record + ["ratio": .number($1)]) }, onOneLine: false)
    ]
  }

  /// A row for each.
  package var tables: [Table] { [Table(zip(reports, ratios).map { $0.row + ["ratio": .number($1)] })] }

  /// What differs, and what it comes to.
  package var blocks: [ReportBlock] {
    let runs = Array(zip(reports, ratios))
    var columns = varied.map { key in
      Column<(GenerationReport, Double)>(key, key: key) { run in
        // How many devices there are does not tell how they share the model.
        let shown = key == "devices" ? "parallelism" : key
        return Cell(run.0.inputs.members.first { $0.key == shown }?.value ?? .text(nil))
      }
    }
    columns += [
      Column("first token", unit: "ms", .fixed(2)) { .number($0.0.generation.timeToFirstToken.milliseconds) },
      Column("next", unit: "ms", .fixed(3)) { .number($0.0.timePerOutputTokenUS / 1e3, .bold) },
      Column("tokens/s", .fixed(1)) { .number($0.0.tokensPerSecond) },
      Column("tax", unit: "%", .percent(1)) { .number($0.0.generation.decode.frameworkTaxFraction) },
      Column("bound") { .text($0.0.generation.decode.steps == 0 ? nil : $0.0.generation.decode.bound.rawValue) },
      Column("memory", unit: "GB", .fixed(1)) { .number($0.0.generation.memory.requiredBytes / 1e9) },
      Column("ratio", .fixed(2)) { .number($0.1) },
    ]
    return [.paragraph(sharedText), .table(Table(runs, columns))]
  }

  /// What is the same for all: inputs by key and value.
  private var sharedText: String {
    let keys = ["decoder", "accelerator", "engine", "host", "precision", "weights", "batch", "prompt", "tokens"]
    let shared = reports[0].inputs.members.filter { member in
      keys.contains(member.key) && Set(reports.map { Self.text(of: member.key, in: $0) }).count == 1
    }
    return shared.map { "\($0.key) \($0.value.text)" }.joined(separator: ", ")
  }

  private static func text(of key: String, in report: GenerationReport) -> String {
    report.inputs.members.first { $0.key == key }?.value.text ?? ""
  }
}
