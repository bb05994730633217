import JSONText
import Profiles
import Roofline
import Studies
import Workloads

/// Claims beside what is right.
package struct RooflineCheckReport: Report {
  /// What was checked.
  package let check: RooflineCheck
  /// The file of the claims.
  package let input: CSVText

  /// A report.
  package init(check: RooflineCheck, input: CSVText) {
    self.check = check
    self.input = input
  }

  // MARK: For programs

  /// The input's columns and rows in order, with what is expected and whether the row holds; they take the place of the
  /// input's where it has them: a result may be checked again.
  private var rows: Table {
    let (rows, expected, holds) = (input.rows, check.expected, check.holds)
    var own: [Column<Int>] = RooflineQuantity.allCases.map { quantity in
      Column("expected_" + quantity.rawValue) { .number(expected[$0].number(quantity)) }
    }
    own.insert(Column("expected_bound") { .text(expected[$0].bound.word) }, at: own.count - 1)
    own.append(Column("ok") { .flag(holds[$0]) })
    let names = Set(own.map(\.field.key))
    let read = input.header.enumerated().filter { !names.contains($0.element.text) }.map { place, head in
      Column<Int>(head.text) { Cell(.field(rows.text($0, place))) }
    }
    return Table(named: "rows", holds.indices, read + own)
  }

  /// The rows.
  package var tables: [Table] { [rows] }

  /// The rows, and what does not hold.
  package var record: Record {
    [
      "claims": .count(check.claimCount), "differing_claims": .count(check.differences.count),
      "ok": .flag(check.differences.isEmpty), "rows": .table(rows),
      "differences": .table(differences(check.differences, named: "differences")),
    ]
  }

  // MARK: For people

  /// How many differences people see.
  private static let shownDifferences = 20

  /// What does not hold, with why; of a file that claims nothing, the first rows.
  package var blocks: [ReportBlock] {
    let (rows, claims) = (NumberFormat.integer(check.claims.count), NumberFormat.integer(check.claimCount))
    let wrong = check.differences.count
    if check.claimCount == 0 {
      return [.line("\(rows) operators, nothing claimed"), .table(predicted, title: "what is right")]
    }
    let heading = "\(rows) operators, \(claims) claims, \(NumberFormat.integer(wrong)) of which do not hold"
    if wrong == 0 { return [.line("\(rows) operators, \(claims) claims, all hold")] }
    let shown = Array(check.differences.prefix(Self.shownDifferences))
    let rest = wrong - shown.count
    return [
      .line(heading),
      .table(
        differences(shown, named: "differences"),
        note: rest > 0 ? "and \(NumberFormat.integer(rest)) more; --format json has all" : nil),
    ]
  }

  private func differences(_ differences: [RooflineCheck.Difference], named name: String) -> Table {
    let (claims, rows) = (check.claims, input.rows)
    let inputs = input.column("inputs") ?? 0
    return Table(
      named: name, differences,
      [
        Column("line", .plain) { .count(rows[$0.row][0].position.line) },
        Column("operator") { .text(claims[$0.row].operation.name) },
        Column("inputs") { .text(rows[$0.row].text(inputs)) },
        Column("claim", key: "column") { .text($0.column) }, Column("claimed") { .text($0.claimed) },
        Column("expected") { .text($0.expected) },
        Column("ratio", .fixed(4)) { .number($0.ratio) }, Column("because", key: "derivation") { .text($0.derivation) },
      ])
  }

  private var predicted: Table {
    let (claims, expected) = (check.claims, check.expected)
    return Table(
      Array(claims.indices.prefix(10)),
      [
        Column("operator") { .text(claims[$0].operation.name) },
        Column("accelerator") { .text(claims[$0].accelerator) },
        Column("precision") { .text(claims[$0].precision.rawValue) },
        Column("flops", .short) { .number(expected[$0].flops.value) },
        Column("bytes", .short) { .number(expected[$0].bytes.value) },
        Column("intensity", unit: "FLOP/B", key: "intensity", .short) { .number(expected[$0].intensity.value) },
        Column("attainable", unit: "TFLOP/s", key: "attainable_tflops", .short) {
          .number(expected[$0].attainable.teraflops)
        },
        Column("bound") { .text(expected[$0].bound.word) },
        Column("time", unit: "us", key: "time_us", .short) { .number(expected[$0].time.microseconds) },
      ])
  }
}

/// The operators of a workload as claims.
package struct RooflineEmissionReport: Report {
  /// What is told.
  package let emission: RooflineEmission

  /// A report.
  package init(emission: RooflineEmission) { self.emission = emission }

  /// A row for each operator.
  package var tables: [Table] {
    let (accelerator, precision) = (emission.accelerator, emission.precision.rawValue)
    let numbers: [Column<RooflineEmission.Row>] = RooflineQuantity.allCases.map { quantity in
      Column(quantity.rawValue) { .number($0.expected.number(quantity)) }
    }
    let bound = Column<RooflineEmission.Row>("bound") { .text($0.expected.bound.word) }
    return [
      Table(
        emission.rows,
        [
          Column("accelerator") { _ in .text(accelerator) }, Column("precision") { _ in .text(precision) },
          Column("operator") { .text($0.operation.name) }, Column("inputs") { .text($0.inputs) },
          Column("attributes") { .text($0.attributes) }, Column("input_types") { .text($0.inputTypes) },
          Column("outputs") { .text($0.outputs) }, Column("output_types") { .text($0.outputTypes) },
        ] + numbers.dropLast() + [bound] + numbers.suffix(1))
    ]
  }

  /// The table.
  package var blocks: [ReportBlock] { tables.map { .table($0) } }
}
