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
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled.
  ///   - width: The columns of the terminal; what a table leaves free shows the tax at the smallest batch as bars.
  /// - Returns: Lines, each ended by a line break.
  public func text(styled: Bool, width: Int = 100) -> String {
    var text =
      "How much of the latency is the machine, and how much is the framework feeding it?\n"
      + "\(study.framework.title), \(study.precision.rawValue), one host (\(study.host.title)), steady state\n"
    var workloads: [String] = []
    for row in study.rows where !workloads.contains(row.workload) { workloads.append(row.workload) }
    for workload in workloads {
      text += "\n\(workload)\n" + table(workload).text(styled: styled, width: width, bars: bars(workload))
    }
    text += "\n" + legend
    if let finding = study.finding { text += "\n" + sentence(finding) }
    text += "\n" + Self.nextCommands
    return text
  }

  private func bars(_ workload: String) -> TableBars {
    let rows = study.rows.filter { $0.workload == workload }
    return TableBars(
      title: "tax, b\(study.batches.first ?? 1)", values: rows.map { $0.results.first?.frameworkTaxFraction }, most: 1)
  }

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
    var cells = [
      TextTable.Cell(shortName(row.accelerator) + (row.accelerator.isAnnounced ? " *" : "")),
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
    cells.append(TextTable.Cell(row.knee.text))
    return cells
  }

  /// The name without its vendor, as a command takes it.
  private func shortName(_ accelerator: AcceleratorProfile) -> String {
    let vendor = accelerator.vendor.lowercased() + "-"
    return accelerator.name.hasPrefix(vendor) ? String(accelerator.name.dropFirst(vendor.count)) : accelerator.name
  }

  private func milliseconds(_ picoseconds: Int64) -> String {
    NumberFormat.fixed(Double(picoseconds) / 1e9, decimals: 2)
  }

  private func waitsFor(_ bound: LatencyBound) -> String {
    switch bound {
    case .framework: "framework"
    case .compute: "compute"
    case .memory: "memory"
    case .overhead: "overhead"
    case .communication: "communication"
    }
  }

  /// What the columns mean.
  private var legend: String {
    let batches = study.batches.map { "b\($0)" }.joined(separator: ", ")
    let stars = study.rows.contains { $0.accelerator.isAnnounced } ? "; *: announced, not shipping" : ""
    return "busy: the device works; tax: share of the latency in which it does not; \(batches): batch size\n"
      + "knee: the batch from which on the device, not the host, sets the latency\(stars)\n"
  }

  private func sentence(_ finding: GenerationsStudy.Finding) -> String {
    let device = NumberFormat.significant(finding.deviceSpeedup, digits: 2)
    let tax =
      finding.newestTax > finding.oldestTax ? "rises" : finding.newestTax < finding.oldestTax ? "falls" : "stays"
    var text =
      "\(finding.workload) at batch \(study.batches.first ?? 1), from \(finding.oldest) to \(finding.newest): "
      + "the device needs \(device) times less time, and \(latencyText(finding)). "
      + "The framework tax \(tax) from \(NumberFormat.percent(finding.oldestTax, decimals: 0)) to "
      + "\(NumberFormat.percent(finding.newestTax, decimals: 0)) of the latency."
    if finding.newestTax > 0.5 {
      text += " A faster accelerator cannot lower it; a larger batch, CUDA graphs or a faster host can."
    }
    return paragraph(text)
  }

  private func latencyText(_ finding: GenerationsStudy.Finding) -> String {
    if finding.latencySpeedup < 1.05 { return "the latency stays where it is" }
    return "the latency falls only \(NumberFormat.significant(finding.latencySpeedup, digits: 2)) times"
  }

  private static let nextCommands = """
    Try next:
      simulate run bert-base h100-sxm                                     one system in detail
      simulate run bert-base h100-sxm --framework cuda-graph              captured into a CUDA graph
      simulate run bert-base h100-sxm --set host.single_thread_speed=2    a host twice as fast
      simulate sweep bert-base h100-sxm --over batch=1..256:log9          as the batch grows
      simulate project bert-base --year 2032                              on hardware to come
      simulate roofline resnet50 v100                                     kernels against the roofline
      simulate profiles list                                              what can be simulated

    """
}
