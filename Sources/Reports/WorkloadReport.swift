import JSONText
import Workloads

/// What a workload is: its parameters with what they are by default, its size, and its operators by name.
package struct WorkloadReport: Report {
  /// Calls of operators of one name.
  private struct Calls {
    let name: String
    var count = 0
  }

  private let name: String
  private let title: String
  private let bound: BoundWorkload
  private let calls: [Calls]

  /// A report.
  ///
  /// - Parameters:
  ///   - title: What people call it, or empty.
  ///   - bound: The workload at the values of its parameters that it has by default.
  package init(title: String, _ bound: BoundWorkload) {
    name = bound.name
    self.title = title
    self.bound = bound
    var calls: [String: Calls] = [:]
    bound.program.forEachLeaf { operator_, times in
      calls[operator_.name, default: Calls(name: operator_.name)].count += times
    }
    self.calls = calls.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }

  private var parameterTable: Table {
    Table(
      named: "parameters", bound.parameters,
      [Column("parameter") { .text($0.name) }, Column("default", .plain) { .count($0.value) }])
  }

  private var operatorTable: Table {
    Table(
      named: "operators", calls,
      [Column("operator") { .text($0.name) }, Column("calls", .integer) { .count($0.count) }])
  }

  /// Parameters and operators.
  package var tables: [Table] { [parameterTable, operatorTable] }

  /// All of it by name.
  package var record: Record {
    [
      "name": .text(name), "title": .text(title), "weights": .count(bound.weightElements.map { Int($0) }),
      "parameters": .table(parameterTable), "operators": .table(operatorTable),
    ]
  }

  /// The size in a line, then the tables.
  package var blocks: [ReportBlock] {
    let weights = bound.weightElements.map {
      ", \(NumberFormat.significant(Double($0) / 1e6, digits: 4)) million weights"
    }
    return [
      .line(title.isEmpty ? name : title),
      .line(
        "\(NumberFormat.integer(bound.operatorCount)) operators a pass\(weights ?? ""); its parameters and their defaults:"
      ),
      .table(parameterTable), .table(operatorTable),
    ]
  }
}
