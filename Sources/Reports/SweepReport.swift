import JSONText
import Kernels
import Simulation
import Studies

/// The points of a sweep.
package struct SweepReport: Report {
  /// What was simulated.
  package let plan: SweepPlan
  /// Which of its points.
  package let points: Range<Int>
  /// A result for each of them.
  package let results: [SweepResult]

  /// A report.
  package init(plan: SweepPlan, points: Range<Int>, results: [SweepResult]) {
    self.plan = plan
    self.points = points
    self.results = results
  }

  /// What was varied, and the result beside it: in the columns of ``SweepRows``.
  private var table: Table {
    let rows = results.enumerated().map { SweepPoint(plan, points.lowerBound + $0.offset, $0.element) }
    let madeBy = plan.madeBy.members.map { key, value in Column<SweepPoint>(key, for: .lines) { _ in Cell(value) } }
    return Table(
      named: "points", rows,
      SweepPoint.columns(of: plan) + [
        .latency(style: .bold) { $0.result }, .busy { $0.result }, .tax(marks: true) { $0.result },
        .bound { $0.result }, Column("fits") { .flag($0.result.fits, $0.result.fits ? nil : .yellow) },
        Column("energy", unit: "J", key: "energy_j", .significant(3)) { .number($0.result.joules) },
        Column("power", unit: "W", key: "power_w", .fixed(0)) { .number($0.result.watts) },
      ] + madeBy)
  }

  /// The points.
  package var tables: [Table] { [table] }

  /// The points, and what is the same for all.
  package var record: Record { plan.madeBy + ["points": .table(table)] }

  /// The points, and the tax as bars where the terminal leaves room.
  package var blocks: [ReportBlock] {
    [.table(table, bars: TableBars(title: "tax, 0 to 100 %", values: results.map(\.frameworkTaxFraction), most: 1))]
  }
}

/// The extremes of a sweep.
package struct SweepSummaryReport: Report {
  /// What was simulated.
  package let plan: SweepPlan
  /// What it came to.
  package let summary: SweepSummary

  /// A report.
  package init(plan: SweepPlan, summary: SweepSummary) {
    self.plan = plan
    self.summary = summary
  }

  /// The extremes with what they have on each axis.
  package var tables: [Table] {
    let extremes = [
      ("shortest latency", summary.shortest), ("longest latency", summary.longest), ("least tax", summary.leastTax),
      ("most tax", summary.mostTax),
    ]
    let rows = extremes.compactMap { name, extreme in
      extreme.map { (name: name, point: SweepPoint(plan, $0.point, $0.result)) }
    }
    let axes = SweepPoint.columns(of: plan).map { column in
      Column<(name: String, point: SweepPoint)>(column.field) { column.cell($0.point) }
    }
    return [
      Table(
        named: "extremes", rows,
        [Column("point") { .text($0.name) }] + axes + [
          .latency { $0.point.result }, .busy { $0.point.result }, .tax { $0.point.result },
        ])
    ]
  }

  /// The extremes, and what the points wait for.
  package var blocks: [ReportBlock] {
    let bounds = summary.bounds.map { "\(NumberFormat.integer($0.count)) \($0.bound.rawValue)" }
    return tables.map { .table($0) }
      + [.line("\(NumberFormat.integer(summary.count)) points: " + bounds.joined(separator: ", "))]
  }
}

/// A point with its result.
private struct SweepPoint: Sendable {
  let values: [SweepAxis.Value]
  let result: SweepResult

  init(_ plan: SweepPlan, _ point: Int, _ result: SweepResult) {
    values = plan.values(of: point)
    self.result = result
  }

  /// What was varied.
  static func columns(of plan: SweepPlan) -> [Column<SweepPoint>] {
    plan.axes.enumerated().map { index, axis in
      Column(axis.subject.column, axis.subject.takesNames ? .text : .plain) { point in
        switch point.values[index] {
        case .name(let name): .text(name)
        case .number(let number): .number(number)
        }
      }
    }
  }
}

extension SweepPlan {
  /// Of which kind the latencies are, and by which model they were found.
  fileprivate var madeBy: Record {
    ["latency_kind": .text(latencyKind.rawValue), "kernel_model": .text(kernelModel.name)]
  }
}
