import JSONText
import Studies

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
    var seen: Set<[String]> = []
    func check<Found>(
      _ column: String, _ name: String, _ row: Int, _ find: (String) throws(Failure) -> Found
    ) throws(Failure) {
      guard seen.insert([column, name]).inserted else { return }
      do { _ = try find(name) } catch {
        throw Failure(table.nameFault(column, row: row, FaultWords(error.problem.text)), causes: error.causes)
      }
    }
    for row in rows {
      try check("accelerator", row.accelerator, row.row, library.accelerator)
      if let host = row.host { try check("host", host, row.row, library.host) }
      try check("framework", row.framework, row.row, library.framework)
      try check("workload", row.workload, row.row, library.workload)
    }
  }
}
