import JSONText
import Kernels
import Roofline
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

  /// What the rows are compared to, and in which order they stand.
  private let request: ComparisonRequest
  /// The points in their order.
  private var rows: [SweepPoint]

  /// A report.
  ///
  /// - Parameters:
  ///   - plan: What was simulated.
  ///   - points: Which of its points.
  ///   - results: A result for each of them.
  ///   - request: Which of them the others are compared to, and in which order they stand.
  /// - Throws: ``ComparisonFault`` where no row, or no column, is called as the request says.
  package init(
    plan: SweepPlan, points: Range<Int>, results: [SweepResult], as request: ComparisonRequest = ComparisonRequest()
  ) throws(ComparisonFault) {
    self.plan = plan
    self.points = points
    self.results = results
    self.request = request
    let names = results.indices.map { index in plan.values(of: points.lowerBound + index).map(\.text) }
    let baselines = try request.baselines(of: names, keys: plan.axes.map(\.subject.column))
    let ratios = request.ratios(of: results.map { Double($0.latency.count) }, baselines)
    rows = results.enumerated().map { offset, result in
      SweepPoint(plan, points.lowerBound + offset, result, ratio: ratios[offset])
    }
    rows = try request.order(in: [table]).map { [rows] in rows[$0] }
  }

  /// What was varied, and the result beside it: in the columns of ``SweepRows``, with the ratio where one was asked for.
  private var table: Table {
    let madeBy = plan.madeBy.members.map { key, value in Column<SweepPoint>(key, for: .lines) { _ in Cell(value) } }
    let constants = plan.constantKeys.enumerated().map { index, key in
      Column<SweepPoint>(key, for: .lines) { Cell(Value($0.constants[index])) }
    }
    // Each accelerator may be fed by a host of its own, which the ratio is of, too.
    let hosts = hostPlace.map { place in
      Column<SweepPoint>("host", for: .people, rank: .supporting) { Cell(Value($0.constants[place])) }
    }
    return Table(
      named: "points", rows,
      SweepPoint.columns(of: plan) + [hosts].compactMap { $0 } + [
        .latency(style: .bold) { $0.result }, .busy { $0.result }.ranked(.supporting),
        .tax(marks: true) { $0.result }, .bound { $0.result }.ranked(.supporting).statedOnce,
        Column("fits", rank: .supporting, isStatedOnce: true) {
          .flag($0.result.fits, $0.result.fits ? nil : .yellow)
        },
        Column("energy", unit: "J", key: "energy_j", .significant(3), rank: .incidental, isStatedOnce: true) {
          .number($0.result.joules)
        },
        Column("power", unit: "W", key: "power_w", .fixed(0), rank: .incidental, isStatedOnce: true) {
          .number($0.result.watts)
        },
      ] + madeBy + constants + [
        Column("ratio", .fixed(2), for: request.isEmpty ? .people : .all) { .number($0.ratio) }
      ])
  }

  /// Which of the constants is the host, where it is not the same at all points.
  private var hostPlace: Int? {
    guard let place = plan.constantKeys.firstIndex(of: "host"), let first = rows.first?.constants[place] else {
      return nil
    }
    return rows.allSatisfy { $0.constants[place] == first } ? nil : place
  }

  /// What is the same at all points, in words.
  private var sharedText: String {
    let values = rows.map(\.constants)
    let shared = plan.constantKeys.enumerated().compactMap { index, key -> String? in
      guard let first = values.first?[index], values.allSatisfy({ $0[index] == first }) else { return nil }
      return "\(key) \(first.text)"
    }
    return (shared + [plan.latencyKind == .steadyState ? "steady state" : "synchronized"])
      .joined(separator: ", ")
  }

  /// The points as a chart, if a reader can tell them apart.
  package var figures: [Figure] { [try? figure()].compactMap { $0 } }

  /// The points as a chart.
  ///
  /// - Throws: ``FigureFault`` where there are more than a reader can tell apart.
  package func figure() throws(FigureFault) -> Figure {
    let keys = plan.axes.map(\.subject.column)
    let times = rows.map { row in
      ComparedTime(
        names: Array(zip(keys, row.values.map(\.text))), pass: row.result,
        note: row.result.fits ? "" : ", does not fit")
    }
    return try .comparison(times, title: "Latency: \(sharedText)", words: "milliseconds per pass", table)
  }

  /// The points.
  package var tables: [Table] { [table] }

  /// The points, and what is the same for all.
  package var record: Record { plan.madeBy + ["points": .table(table)] }

  /// The points, and the tax as bars where the terminal leaves room.
  package var blocks: [ReportBlock] {
    [
      .paragraph(sharedText),
      .table(
        table, bars: TableBars(title: "tax, 0 to 100 %", values: rows.map(\.result.frameworkTaxFraction), most: 1)),
    ]
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
  /// What is not varied.
  let constants: [SweepAxis.Value?]
  let result: SweepResult
  /// What its latency is to that of the point that it is compared to.
  let ratio: Double?

  init(_ plan: SweepPlan, _ point: Int, _ result: SweepResult, ratio: Double? = nil) {
    values = plan.values(of: point)
    constants = plan.constants(of: point)
    self.result = result
    self.ratio = ratio
  }

  /// What was varied.
  static func columns(of plan: SweepPlan) -> [Column<SweepPoint>] {
    plan.axes.enumerated().map { index, axis in
      Column(axis.subject.column, axis.subject.takesNames ? .text : .plain) { point in
        Cell(Value(point.values[index]))
      }
    }
  }
}

extension Value {
  /// A value of a sweep; missing where there is none.
  fileprivate init(_ value: SweepAxis.Value?) {
    switch value {
    case .name(let name)?: self = .text(name)
    case .number(let number)?: self = .number(number)
    case nil: self = .text(nil)
    }
  }
}

extension SweepPlan {
  /// Of which kind the latencies are, and by which model they were found.
  fileprivate var madeBy: Record {
    ["latency_kind": .text(latencyKind.rawValue), "kernel_model": .text(kernelModel.name)]
  }
}
