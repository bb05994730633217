import JSONText
import Profiles

/// One measured point, or one that is only to be predicted.
package struct Measurement: Sendable {
  /// What a row is for.
  package enum Role: String, Sendable, CaseIterable {
    /// The host's speed may be fitted to it.
    case anchor
    /// It is predicted only.
    case test
  }

  /// The run that the row belongs to: one host, whose speed is fitted once.
  package var testbed: String
  /// The accelerator's name; `none` for a processor.
  package var accelerator: String
  /// The host's name, where the row has one.
  package var host: String?
  /// The framework's name.
  package var framework: String
  /// The format of floating-point tensors.
  package var precision: Precision
  /// The workload's name.
  package var workload: String
  /// How the program lays its images out.
  package var layout = TensorLayout.channelsFirst
  /// The workload's parameters that the file gives.
  package var parameters: [String: Int64]
  /// Seconds; nil for a blank field.
  package var latency: Double?
  /// What the row is for.
  package var role: Role?
  /// The row of the table, from 0.
  package var row: Int

  /// A row from its parts.
  package init(
    testbed: String, accelerator: String, host: String?, framework: String, precision: Precision, workload: String,
    parameters: [String: Int64], latency: Double?, role: Role?, row: Int
  ) {
    self.testbed = testbed
    self.accelerator = accelerator
    self.host = host
    self.framework = framework
    self.precision = precision
    self.workload = workload
    self.parameters = parameters
    self.latency = latency
    self.role = role
    self.row = row
  }
}

extension Measurement {
  /// Reads the measurements of a CSV file.
  ///
  /// Columns: `testbed`, `accelerator` or `host`, `framework`, `precision`, `workload`, `batch`, `latency_ms`; optional
  /// `sequence_length`, `image_size`, `context`, `layout`, `role`. Other columns are kept out of the way.
  ///
  /// - Throws: ``CSVFault`` with the place of the first field that is wrong.
  package static func read(_ table: CSVText) throws(CSVFault) -> [Measurement] {
    let reader = try MeasurementReader(table)
    var measurements: [Measurement] = []
    measurements.reserveCapacity(table.rows.count)
    // Rows of the same parameters and names share their memory.
    var known: Set<[String: Int64]> = []
    var names: Set<String> = []
    func share(_ name: inout String) { name = names.insert(name).memberAfterInsert }
    for index in table.rows.indices {
      var measurement = try reader.measurement(index)
      measurement.parameters = known.insert(measurement.parameters).memberAfterInsert
      share(&measurement.testbed)
      share(&measurement.accelerator)
      share(&measurement.framework)
      share(&measurement.workload)
      if var host = measurement.host {
        share(&host)
        measurement.host = host
      }
      measurements.append(measurement)
    }
    return measurements
  }
}

/// The latencies that can be measured, milliseconds: from a nanosecond to twice what the simulated clock counts.
private let latencyLimits = 1e-6...1e10

/// Reads rows by the names of their columns.
private struct MeasurementReader {
  let table: CSVText
  let parameterColumns: [(name: String, index: Int)]

  init(_ table: CSVText) throws(CSVFault) {
    self.table = table
    for name in ["framework", "precision", "workload", "batch", "latency_ms"] {
      guard table.column(name) == nil else { continue }
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(name, suggestion: nearestName(to: name, among: table.header.map(\.text))))
    }
    guard table.column("accelerator") != nil || table.column("host") != nil else {
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(
          "accelerator", suggestion: nearestName(to: "accelerator", among: table.header.map(\.text))))
    }
    parameterColumns = ["batch", "sequence_length", "image_size", "context"].compactMap { name in
      table.column(name).map { (name, $0) }
    }
  }

  func measurement(_ row: Int) throws(CSVFault) -> Measurement {
    func text(_ column: String) -> String { table.column(column).map { table.rows[row].text($0) } ?? "" }
    func wrong(_ column: String, _ expected: String) -> CSVFault {
      let position = table.column(column).map { table.rows[row][$0].position } ?? JSONPosition(line: 1, column: 1)
      return CSVFault(
        file: table.file, position: position,
        fact: .wrongField(column: column, text: text(column), expected: expected))
    }
    guard let precision = Precision(rawValue: text("precision")), Precision.selectable.contains(precision) else {
      throw wrong("precision", "one of " + Precision.selectable.map(\.rawValue).joined(separator: ", "))
    }
    var parameters: [String: Int64] = [:]
    for (name, index) in parameterColumns {
      let field = table.rows[row].text(index)
      if field.isEmpty { continue }
      guard let value = Int64(field), (1...1_000_000_000).contains(value) else {
        throw wrong(name, "a whole number of at least 1")
      }
      parameters[name] = value
    }
    var latency: Double?
    if !text("latency_ms").isEmpty {
      guard let value = decimalNumber(text("latency_ms")), latencyLimits.contains(value) else {
        let isPositive = decimalNumber(text("latency_ms")).map { $0 > 0 } ?? false
        throw wrong(
          "latency_ms", isPositive ? "between 0.000001 and 10000000000 ms" : "blank or a number greater than 0")
      }
      latency = value / 1e3
    }
    var role: Measurement.Role?
    if !text("role").isEmpty {
      guard let value = Measurement.Role(rawValue: text("role")) else { throw wrong("role", "anchor or test") }
      role = value
    }
    var layout = TensorLayout.channelsFirst
    if !text("layout").isEmpty {
      guard let named = TensorLayout(named: text("layout")) else {
        throw wrong("layout", "blank or one of " + TensorLayout.words.joined(separator: ", "))
      }
      layout = named
    }
    let accelerator = text("accelerator")
    var measurement = Measurement(
      testbed: text("testbed"), accelerator: accelerator.isEmpty ? "none" : accelerator,
      host: text("host").isEmpty ? nil : text("host"), framework: text("framework"), precision: precision,
      workload: text("workload"), parameters: parameters, latency: latency, role: role, row: row)
    measurement.layout = layout
    return measurement
  }
}
