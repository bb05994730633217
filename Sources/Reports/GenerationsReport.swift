import Profiles
import Simulation
import Studies

/// The headline study as tables and one line that says what they show.
public struct GenerationsReport: Sendable {
  /// What is shown.
  public let study: GenerationsStudy

  /// A report.
  public init(study: GenerationsStudy) {
    self.study = study
  }

  /// The tables, the finding, and what to try next.
  public func text(styled: Bool) -> String {
    var text =
      "How much of the latency is the machine, and how much is the framework feeding it?\n"
      + "\(study.framework.title), \(study.precision.rawValue), one host (\(study.host.title)), steady state\n"
    var workloads: [String] = []
    for row in study.rows where !workloads.contains(row.workload) { workloads.append(row.workload) }
    for workload in workloads { text += "\n\(heading(workload))\n" + table(workload).text(styled: styled) }
    if let finding = study.finding { text += "\n" + sentence(finding) + "\n" }
    text += "\n" + Self.nextCommands
    return text
  }

  private func heading(_ workload: String) -> String { workload }

  private func table(_ workload: String) -> TextTable {
    var columns = [TextTable.Column("accelerator"), TextTable.Column("year", alignment: .number)]
    for batch in study.batches {
      columns += [
        TextTable.Column("busy", unit: "ms, b\(batch)", alignment: .number),
        TextTable.Column("latency", unit: "ms, b\(batch)", alignment: .number),
        TextTable.Column("tax", unit: "%", alignment: .number), TextTable.Column("waits for"),
      ]
    }
    columns.append(TextTable.Column("knee", unit: "batch", alignment: .number))
    var table = TextTable(columns: columns)
    for row in study.rows where row.workload == workload { table.append(cells(row)) }
    return table
  }

  private func cells(_ row: GenerationsStudy.Row) -> [TextTable.Cell] {
    let title = row.accelerator.title.replacingPrefix("NVIDIA ", with: "")
    var cells = [
      TextTable.Cell(row.accelerator.isAnnounced ? title + " *" : title),
      TextTable.Cell(String(row.accelerator.released.prefix(4))),
    ]
    for result in row.results {
      let isTaxed = result.bound == .framework
      cells += [
        TextTable.Cell(milliseconds(result.deviceBusy)), TextTable.Cell(milliseconds(result.latency), style: .bold),
        TextTable.Cell(
          NumberFormat.fixed(result.frameworkTaxFraction * 100, decimals: 0), style: isTaxed ? .yellow : nil),
        TextTable.Cell(waitsFor(result.bound)),
      ]
    }
    cells.append(TextTable.Cell(knee(row.knee)))
    return cells
  }

  private func milliseconds(_ picoseconds: Int64) -> String {
    NumberFormat.fixed(Double(picoseconds) / 1e9, decimals: 2)
  }

  private func waitsFor(_ bound: LatencyBound) -> String {
    switch bound {
    case .framework: "framework"
    case .compute: "compute"
    case .memory: "memory"
    }
  }

  private func knee(_ knee: Knee) -> String {
    switch knee {
    case .batch(let batch): String(batch)
    case .none(let limit): "> \(limit)"
    }
  }

  private func sentence(_ finding: GenerationsStudy.Finding) -> String {
    let device = NumberFormat.significant(finding.deviceSpeedup, digits: 2)
    let latency = NumberFormat.significant(finding.latencySpeedup, digits: 2)
    return "From \(finding.oldest) to \(finding.newest) the device became \(device) times faster on "
      + "\(finding.workload) at batch \(study.batches.first ?? 1),\n"
      + "the latency \(latency) times: the framework tax rose from "
      + "\(NumberFormat.percent(finding.oldestTax, decimals: 0)) to "
      + "\(NumberFormat.percent(finding.newestTax, decimals: 0)) of it."
  }

  private static let nextCommands = """
    Try next:
      simulate run bert-base h100-sxm --batch 1                           one system in detail
      simulate run bert-base h100-sxm --framework cuda-graph              the same without the tax
      simulate run bert-base h100-sxm --set host.single_thread_speed=2    a host twice as fast
      simulate roofline resnet50 v100                                     its kernels against the roofline
      simulate profiles list                                              what can be simulated

    """
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}
