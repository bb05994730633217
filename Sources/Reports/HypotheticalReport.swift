import JSONText
import Roofline
import Simulation
import Studies

/// A hypothetical system beside a real one.
package struct HypotheticalReport: Report {
  /// What is shown.
  package let study: HypotheticalStudy

  /// A report.
  package init(study: HypotheticalStudy) { self.study = study }

  private var hypotheticalName: String {
    study.factors.isEmpty ? study.hypothetical.acceleratorName : "hypothetical"
  }

  /// The hypothetical result at the top, the real one under `base`, and every number that differs.
  package var record: Record {
    let changes = study.changes.map { path, old, new in
      (key: path, value: Value.list([.number(old), .number(new)]))
    }
    return study.hypotheticalResult.times + [
      "base": .record(study.baseResult.times),
      "scale": .record(Record(study.factors.map { ($0.dial.name, .number($0.factor)) }).onOneLine),
      "changes": .record(Record(changes)), "inputs": .record(study.base.inputs),
    ]
  }

  /// A row for each system.
  package var tables: [Table] {
    let systems = [(study.base.acceleratorName, study.baseResult), (hypotheticalName, study.hypotheticalResult)]
    return [
      Table(
        systems.map { name, result in
          ["system": .text(name)] + result.lineTimes + ["bound": .text(result.bound.rawValue)] + study.base.madeBy
        })
    ]
  }

  /// What was changed, and what came of it.
  package var blocks: [ReportBlock] {
    let (old, new) = (study.baseResult, study.hypotheticalResult)
    let factors = study.factors.map { dial, factor in
      "\(dial.name) x \(NumberFormat.shortest(factor)): \(dial.meaning)"
    }
    return [
      .lines([study.base.workloadText, study.base.systemText] + study.base.system.connectionText + factors),
      .table(comparison(old, new)),
      .line(
        old.bound == new.bound ? "\(new.bound.rawValue), both" : "\(old.bound.rawValue) turns \(new.bound.rawValue)"),
    ]
  }

  private func comparison(_ old: SweepResult, _ new: SweepResult) -> Table {
    let times: [(String, (SweepResult) -> Picoseconds)] = [
      ("latency", \.latency), ("device busy", \.deviceBusy), ("framework tax", \.frameworkTax),
    ]
    let rows = times.map { name, time -> [Cell] in
      let (old, new) = (time(old), time(new))
      let ratio = old > 0 ? new.fraction(of: old) : nil
      return [.text(name), "us", .time(old), .time(new, .bold), .number(ratio)]
    }
    func percent(_ result: SweepResult) -> Cell {
      .number(nil, shown: NumberFormat.fixed(result.frameworkTaxFraction * 100, decimals: 1))
    }
    return Table(
      fields: [
        Field("per pass"), Field("unit"), Field(study.base.acceleratorName, .microseconds(1)),
        Field(hypotheticalName, .microseconds(1)), Field("ratio", .fixed(3)),
      ], rows + [["framework tax", "%", percent(old), percent(new), .number(nil, shown: "")]])
  }
}
