import Simulation
import Studies

/// The points of a sweep as a table to read.
public struct SweepReport: Sendable {
  /// What was simulated.
  public let plan: SweepPlan
  /// Which of its points.
  public let points: Range<Int>
  /// A result for each of them.
  public let results: [SweepResult]

  /// A report.
  public init(plan: SweepPlan, points: Range<Int>, results: [SweepResult]) {
    self.plan = plan
    self.points = points
    self.results = results
  }

  /// What was varied, and the result beside it.
  public func text(styled: Bool) -> String {
    var columns = plan.axes.map { axis in
      TextTable.Column(axis.subject.column, alignment: axis.subject.takesNames ? .text : .number)
    }
    columns += [
      TextTable.Column("latency", unit: "us", alignment: .number),
      TextTable.Column("busy", unit: "us", alignment: .number),
      TextTable.Column("tax", unit: "%", alignment: .number), TextTable.Column("bound"),
    ]
    var table = TextTable(columns: columns)
    for (offset, result) in results.enumerated() {
      let values = plan.values(of: points.lowerBound + offset)
      var cells = values.map { TextTable.Cell($0.text) }
      cells += [
        TextTable.Cell(NumberFormat.fixed(Double(result.latency) / 1e6, decimals: 1, grouping: .comma), style: .bold),
        TextTable.Cell(NumberFormat.fixed(Double(result.deviceBusy) / 1e6, decimals: 1, grouping: .comma)),
        TextTable.Cell(
          NumberFormat.fixed(result.frameworkTaxFraction * 100, decimals: 1),
          style: result.bound == .framework ? .yellow : nil),
        TextTable.Cell(result.bound.rawValue),
      ]
      table.append(cells)
    }
    return table.text(styled: styled)
  }
}
