import JSONText
import Profiles

/// What something costs a host, as it was measured in a year: a launch, or an operator of a framework's version.
package struct HistoryCost: Sendable {
  /// What costs: `launch_call`, or a framework's mode and operator.
  package let what: String
  /// The device, or the framework.
  package let name: String
  /// The interface or the framework's version.
  package let version: String
  /// The year of the device, or of the measurement.
  package let year: Int
  /// Microseconds.
  package let microseconds: Double

  /// By how much costs grow each year, as a logarithm: the straight line of least squares; nil for fewer than three.
  package static func yearlyRate(_ costs: [HistoryCost]) -> Double? {
    guard costs.count >= 3 else { return nil }
    let count = Double(costs.count)
    let meanYear = costs.reduce(0) { $0 + Double($1.year) } / count
    let mean = costs.reduce(0) { $0 + $1.microseconds.logarithm } / count
    let spread = costs.reduce(0) { $0 + (Double($1.year) - meanYear) * (Double($1.year) - meanYear) }
    let sum = costs.reduce(0) { $0 + (Double($1.year) - meanYear) * ($1.microseconds.logarithm - mean) }
    return spread > 0 ? sum / spread : nil
  }
}

extension HistoryCost {
  /// Reads the costs of a CSV file: columns `what`, `name`, `version`, `year`, `cost_us`, `host`, `kind`, `source`.
  ///
  /// - Throws: ``CSVFault`` with the place of the first thing that is wrong.
  package static func read(_ table: CSVText) throws(CSVFault) -> [HistoryCost] {
    let names = table.header.map(\.text)
    for name in ["what", "name", "version", "year", "cost_us", "host", "kind", "source"] where !names.contains(name) {
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(name, suggestion: nearestName(to: name, among: names)))
    }
    var costs: [HistoryCost] = []
    for row in table.rows.indices { costs.append(try cost(table, row)) }
    return costs
  }

  private static func cost(_ table: CSVText, _ row: Int) throws(CSVFault) -> HistoryCost {
    func text(_ column: String) -> String { table.column(column).map { table.rows[row].text($0) } ?? "" }
    func wrong(_ column: String, _ expected: String) -> CSVFault {
      CSVFault(
        file: table.file, position: table.rows[row][table.column(column) ?? 0].position,
        fact: .wrongField(column: column, text: text(column), expected: expected))
    }
    for column in ["what", "name", "source"] where text(column).isEmpty { throw wrong(column, "given") }
    guard let year = Int(text("year")), (1990...2100).contains(year) else { throw wrong("year", "a year, as 2017") }
    guard let cost = decimalNumber(text("cost_us")), cost > 0 else {
      throw wrong("cost_us", "a number greater than 0")
    }
    let kinds = SourceKind.allCases.map(\.rawValue)
    guard kinds.contains(text("kind")) else { throw wrong("kind", "one of " + kinds.joined(separator: ", ")) }
    return HistoryCost(
      what: text("what"), name: text("name"), version: text("version"), year: year, microseconds: cost)
  }
}
