import JSONText
import Profiles
import Studies
import Workloads

/// A file of measurements, read for `validate` and `calibrate`.
struct MeasurementFile {
  let table: CSVText
  let rows: [Measurement]

  /// Reads a file and looks every name up, so that a wrong one is reported where it stands.
  init(_ path: String, _ library: Library) throws(Failure) {
    let table = try CSVText(path: path)
    let rows = try checking { try Measurement.read(table) }
    self.table = table
    self.rows = rows
    var names = TableNames(table)
    for row in rows {
      try names.check("accelerator", row.accelerator, row.row, library.accelerator)
      if let host = row.host { try names.check("host", host, row.row, library.host) }
      try names.check("framework", row.framework, row.row, library.framework)
      try names.check("workload", row.workload, row.row, library.workload)
    }
  }
}

/// A file of operators that were timed alone, read for `validate --kernels` and as a kernel model.
struct KernelMeasurementFile {
  let table: CSVText
  let rows: [KernelMeasurement]

  /// Reads a file and looks every accelerator up, so that a wrong one is reported where it stands.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - library: Where accelerators are found.
  ///   - others: Names of accelerators that are known beside it.
  /// - Throws: ``Failure`` with the place of what is wrong.
  init(_ path: String, _ library: Library, others: [String] = []) throws(Failure) {
    let table = try CSVText(path: path)
    let rows = try checking { try KernelMeasurement.read(table) }
    self.table = table
    self.rows = rows
    var names = TableNames(table)
    for row in rows where !others.contains(row.accelerator) {
      try names.check("accelerator", row.accelerator, row.row, library.accelerator)
      guard let call = row.collective else { continue }
      if let interconnect = call.interconnect {
        try names.check("interconnect", interconnect, row.row, library.interconnect)
      }
      // One fault for each accelerator, interconnect and number of ranks.
      let ranks = row.operation.attribute("ranks")?.first ?? 1
      let group = [row.accelerator, call.interconnect ?? "", "\(ranks)"].joined(separator: "\n")
      try names.check("devices", group, row.row) { (_) throws(Failure) in
        let connection = try Self.connection(of: call, on: row.accelerator, library)
        guard !connection.joins(Double(ranks)) else { return }
        throw .input(ParallelOptions.tooMany(ranks, for: connection) + "; leave such rows out")
      }
    }
  }

  /// What connects the ranks of a measured collective: what is named, else what the accelerator has.
  private static func connection(
    of call: CollectiveCall, on accelerator: String, _ library: Library
  ) throws(Failure) -> DeviceConnection {
    if let name = call.interconnect { return try ParallelOptions.connection(name, library) }
    let own = try ParallelOptions.interconnect(
      of: library.accelerator(accelerator), advice: "name it in the column interconnect")
    return try ParallelOptions.connection(own, library)
  }
}

/// The names in a table, each looked up where it first stands.
struct TableNames {
  private let table: CSVText
  private var seen: [String: Set<String>] = [:]

  init(_ table: CSVText) { self.table = table }

  mutating func check<Found>(
    _ column: String, _ name: String, _ row: Int, _ find: (String) throws(Failure) -> Found
  ) throws(Failure) {
    guard seen[column, default: []].insert(name).inserted else { return }
    do { _ = try find(name) } catch {
      throw Failure(table.nameFault(column, row: row, FaultWords(error.problem.text)), causes: error.causes)
    }
  }
}
