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
  ///
  /// - Parameters:
  ///   - styled: Whether cells are styled.
  ///   - width: The columns of the terminal; what the table leaves free shows the tax as bars.
  /// - Returns: Lines, each ended by a line break.
  public func text(styled: Bool, width: Int = 100) -> String {
    var columns = plan.axes.map { axis in
      TextTable.Column(axis.subject.column, alignment: axis.subject.takesNames ? .text : .number)
    }
    columns += [
      TextTable.Column("latency", unit: "us", alignment: .number),
      TextTable.Column("busy", unit: "us", alignment: .number),
      TextTable.Column("tax", unit: "%", alignment: .number), TextTable.Column("bound"),
      TextTable.Column("fits"),
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
        TextTable.Cell(result.fits ? "yes" : "no", style: result.fits ? nil : .yellow),
      ]
      table.append(cells)
    }
    let bars = TableBars(title: "tax, 0 to 100 %", values: results.map(\.frameworkTaxFraction), most: 1)
    return table.text(styled: styled, width: width, bars: bars)
  }
}
