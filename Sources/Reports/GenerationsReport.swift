import JSONText
import Profiles
import Simulation
import Studies

/// The headline study: a table for each workload, one line that says what they show, and what to try next.
package struct GenerationsReport: Report {
  /// What is shown.
  package let study: GenerationsStudy
  /// What to try next: command lines with what they show.
  package let nextSteps: [(line: String, shows: String)]

  /// A report.
  package init(study: GenerationsStudy, nextSteps: [(line: String, shows: String)]) {
    self.study = study
    self.nextSteps = nextSteps
  }

  private typealias Row = GenerationsStudy.Row

  /// A row for each workload, accelerator, host and batch.
  package var tables: [Table] {
    [
      Table(
        named: "passes",
        study.rows.flatMap { row in
          passes(row, study.host, row.results, knee: nil) + passes(row, row.ownHost, row.ownResults, knee: row.knee)
        })
    ]
  }

  private func passes(_ row: Row, _ host: HostProfile, _ results: [PassResult], knee: Knee?) -> [Record] {
    var batchOfKnee: Int?
    if case .batch(let batch)? = knee { batchOfKnee = batch }
    return zip(study.batches, results).map { batch, result in
      [
        "workload": .text(row.workload), "batch": .count(batch), "accelerator": .text(row.accelerator.name),
        "released": .text(row.accelerator.released), "is_announced": .flag(row.accelerator.isAnnounced),
        "host": .text(host.name), "is_host_of_its_time": .flag(knee != nil),
        "framework": .text(study.framework.name), "precision": .text(study.precision.rawValue),
      ] + result.times + ["knee_batch": .count(batchOfKnee)]
    }
  }

  /// The tables, the finding, and what to try next; the tax at the smallest batch as bars where there is room.
  package var blocks: [ReportBlock] {
    var blocks: [ReportBlock] = [
      .lines([
        "How much of the latency is the machine, and how much is the framework feeding it?",
        "\(study.framework.title), \(study.precision.rawValue), steady state, batch \(study.batches.first ?? 1)",
      ])
    ]
    for workload in unique(study.rows.map(\.workload)) {
      let rows = study.rows.filter { $0.workload == workload }
      let bars = TableBars(title: "tax", values: rows.map { $0.ownResults.first?.frameworkTaxFraction }, most: 1)
      blocks.append(.table(table(rows), title: workload, bars: bars))
    }
    blocks.append(.lines(legend))
    if let finding = study.finding { blocks.append(.paragraph(sentence(finding))) }
    return nextSteps.isEmpty ? blocks : blocks + [.commands(nextSteps, title: "Try next:")]
  }

  private func table(_ rows: [Row]) -> Table {
    guard !study.batches.isEmpty else { return Table(rows, []) }
    return Table(
      rows,
      [
        Column<Row>("accelerator") { .text($0.accelerator.shortName + ($0.accelerator.isAnnounced ? " *" : "")) },
        Column("year", .plain, rank: .incidental) { .text(String($0.accelerator.released.prefix(4))) },
        .busy("busy", "ms", .milliseconds(2)) { $0.results[0] },
        .latency("ms, 1 host", .milliseconds(2)) { $0.results[0] }.ranked(.supporting),
        .tax(decimals: 0) { $0.results[0] }.ranked(.supporting),
        Column("host of its time", rank: .supporting) { .text($0.ownHost.shortName) },
        .latency("ms", .milliseconds(2), style: .bold) { $0.ownResults[0] },
        .tax(decimals: 0, marks: true) { $0.ownResults[0] },
        Column("waits for", rank: .incidental) { .text($0.ownResults[0].bound.waitsFor) },
        Column("knee", unit: "batch", .plain) { $0.knee.cell },
      ])
  }

  /// What the columns mean.
  private var legend: [String] {
    let stars = study.rows.contains { $0.accelerator.isAnnounced } ? "; *: announced, not shipping" : ""
    return [
      "busy: the device works; tax: share of the latency in which it does not; 1 host: \(study.host.title)",
      "knee: the batch from which on the device sets the latency, not that host\(stars)",
    ]
  }

  private func sentence(_ finding: GenerationsStudy.Finding) -> String {
    let device = NumberFormat.significant(finding.deviceSpeedup, digits: 2)
    let tax =
      finding.newestTax > finding.oldestTax ? "rises" : finding.newestTax < finding.oldestTax ? "falls" : "stays"
    let latency =
      finding.latencySpeedup < 1.05
      ? "the latency stays where it is"
      : "the latency falls only \(NumberFormat.significant(finding.latencySpeedup, digits: 2)) times"
    var text =
      "\(finding.workload) at batch \(study.batches.first ?? 1), from \(finding.oldest) to \(finding.newest), each with the host "
      + "of its time: the device needs \(device) times less time, and \(latency). "
      + "The framework tax \(tax) from \(NumberFormat.percent(finding.oldestTax, decimals: 0)) to "
      + "\(NumberFormat.percent(finding.newestTax, decimals: 0)) of the latency."
    if finding.newestTax > 0.5 {
      text += " A faster accelerator cannot lower it; a larger batch, CUDA graphs or a faster host can."
    }
    return text
  }
}

extension HostProfile {
  /// The name without its vendor and line.
  fileprivate var shortName: String {
    for prefix in ["intel-xeon-platinum-", "intel-xeon-gold-", "intel-", "amd-", "nvidia-"] where name.hasPrefix(prefix)
    {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }
}

extension AcceleratorProfile {
  /// The name without its vendor, as a command takes it.
  fileprivate var shortName: String {
    let vendor = vendor.lowercased() + "-"
    return name.hasPrefix(vendor) ? String(name.dropFirst(vendor.count)) : name
  }
}

extension LatencyBound {
  fileprivate var waitsFor: String {
    switch self {
    case .framework: "framework"
    case .compute: "compute"
    case .memory: "memory"
    case .overhead: "overhead"
    case .communication: "communication"
    }
  }
}
