import Simulation
import Studies

/// The extremes of a sweep as a table to read.
public struct SweepSummaryReport: Sendable {
  /// What was simulated.
  public let plan: SweepPlan
  /// What it came to.
  public let summary: SweepSummary

  /// A report.
  public init(plan: SweepPlan, summary: SweepSummary) {
    self.plan = plan
    self.summary = summary
  }

  /// The extremes with what they have on each axis, and what the points wait for.
  public func text(styled: Bool) -> String {
    var columns = [TextTable.Column("point")]
    columns += plan.axes.map { axis in
      TextTable.Column(axis.subject.column, alignment: axis.subject.takesNames ? .text : .number)
    }
    columns += [
      TextTable.Column("latency", unit: "us", alignment: .number),
      TextTable.Column("busy", unit: "us", alignment: .number), TextTable.Column("tax", unit: "%", alignment: .number),
    ]
    var table = TextTable(columns: columns)
    for (name, extreme) in [
      ("shortest latency", summary.shortest), ("longest latency", summary.longest), ("least tax", summary.leastTax),
      ("most tax", summary.mostTax),
    ] {
      guard let extreme else { continue }
      let result = extreme.result
      table.append(
        [TextTable.Cell(name)] + plan.values(of: extreme.point).map { TextTable.Cell($0.text) } + [
          TextTable.Cell(NumberFormat.fixed(Double(result.latency) / 1e6, decimals: 1, grouping: .comma)),
          TextTable.Cell(NumberFormat.fixed(Double(result.deviceBusy) / 1e6, decimals: 1, grouping: .comma)),
          TextTable.Cell(NumberFormat.fixed(result.frameworkTaxFraction * 100, decimals: 1)),
        ])
    }
    let bounds = summary.bounds.map { "\(NumberFormat.integer($0.count)) \($0.bound.rawValue)" }
    return table.text(styled: styled) + "\n\(NumberFormat.integer(summary.count)) points: "
      + bounds.joined(separator: ", ") + "\n"
  }
}
