import JSONText
import Profiles
import Workloads

/// What `tools/measure.py` has found on one machine: its CSV files, by name.
///
/// Any of them may be missing: without an accelerator the script measures the host's dispatch alone.
package struct MeasuredFolder: Sendable {
  /// The folder.
  package let path: String
  /// The files that are read, by their name without the ending.
  package let tables: [String: CSVText]

  /// The files that are read, where they are there.
  package static let names = [
    "machine", "models", "host_costs", "dispatch", "operator_kernels", "graphs", "launch_latency", "queue_depth",
    "profiles",
  ]

  /// A folder from its tables.
  package init(path: String, tables: [String: CSVText]) {
    self.path = path
    self.tables = tables
  }

  /// A row of one of the files, and what its fields say.
  package struct Row: Sendable {
    let table: CSVText
    let index: Int

    /// A field's text; empty where there is no such column.
    subscript(column: String) -> String { table.column(column).map { table.rows[index].text($0) } ?? "" }

    /// A field as a time or count of at least 0; nil where it is blank.
    ///
    /// - Throws: ``CSVFault`` at what is no such number.
    func number(_ column: String) throws(CSVFault) -> Double? {
      let text = self[column]
      guard !text.isEmpty else { return nil }
      guard let number = decimalNumber(text), (0...1e12).contains(number) else {
        let position = table.column(column).map { table.rows[index][$0].position }
        throw CSVFault(
          file: table.file, position: position ?? JSONPosition(line: 1, column: 1),
          fact: .wrongField(column: column, text: text, expected: "blank or a number from 0 to 1e12"))
      }
      return number
    }
  }

  /// The rows of a file.
  ///
  /// - Parameters:
  ///   - name: The file's name without its ending.
  ///   - columns: What it must have.
  /// - Returns: The rows; none where the file is missing.
  /// - Throws: ``CSVFault`` where it lacks a column.
  func rows(_ name: String, columns: [String]) throws(CSVFault) -> [Row] {
    guard let table = tables[name] else { return [] }
    for column in columns where table.column(column) == nil {
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(column, suggestion: nearestName(to: column, among: table.header.map(\.text))))
    }
    return table.rows.indices.map { Row(table: table, index: $0) }
  }

  /// What machine.csv says of something; nil where it says nothing.
  package func machine(_ key: String) throws(CSVFault) -> String? {
    let row = try rows("machine", columns: ["key", "value"]).first { $0["key"] == key }
    return row.flatMap { $0["value"].isEmpty ? nil : $0["value"] }
  }

  /// The accelerator's name in the catalog; nil where none was measured.
  package func acceleratorName() throws(CSVFault) -> String? { try machine("catalog_name") }
}

extension MeasuredFolder {
  /// The passes of models.csv that can be predicted: undisturbed, of a workload of the catalog, and with nothing captured
  /// that an eager pass does not have.
  ///
  /// - Parameters:
  ///   - host: The host's name; nil for the one that the accelerator is sold with.
  ///   - parameterNames: The names of a workload's parameters; nil where there is no such workload.
  /// - Returns: The passes with their variants, and the names of the models that there is no workload of.
  /// - Throws: ``CSVFault`` at what is wrong.
  package func passes(
    host: String? = nil, parameterNames: (String) -> [String]?
  ) throws(CSVFault) -> (rows: [(measurement: Measurement, variant: String)], unknown: [String]) {
    var passes: [(measurement: Measurement, variant: String)] = []
    var unknown: [String] = []
    let columns = [
      "model", "variant", "accelerator", "framework", "precision", "batch", "length", "guard", "neighbors",
      "latency_us",
    ]
    for row in try rows("models", columns: columns) {
      let isUndisturbed = row["guard"] == "inference_mode" && row["neighbors"] == "0" && !row["accelerator"].isEmpty
      guard isUndisturbed, !row["variant"].contains("bound to"), !row["variant"].contains("capture") else { continue }
      guard let latency = try row.number("latency_us"), latency > 0 else { continue }
      let known = row.workloadNames.first { parameterNames($0) != nil }
      guard let workload = known, let names = parameterNames(workload) else {
        if !unknown.contains(row["model"]) { unknown.append(row["model"]) }
        continue
      }
      guard let precision = Precision(rawValue: row["precision"]), Precision.selectable.contains(precision) else {
        throw row.wrong("precision", "one of " + Precision.selectable.map(\.rawValue).joined(separator: ", "))
      }
      var parameters: [String: Int64] = [:]
      if names.contains("batch") { parameters["batch"] = try row.size("batch") }
      if let length = ["context", "sequence_length"].first(where: names.contains), !row["length"].isEmpty {
        parameters[length] = try row.size("length")
      }
      let measurement = Measurement(
        testbed: path, accelerator: row["accelerator"], host: host, framework: row["framework"], precision: precision,
        workload: workload, parameters: parameters, latency: latency / 1e6, role: .test, row: row.index)
      passes.append((measurement, row["variant"]))
    }
    return (passes, unknown)
  }
}

extension MeasuredFolder.Row {
  /// What the workload of a pass may be called, the closest first: models of today attend in one kernel unless they are told
  /// otherwise, and a library may have code of its own for a model.
  fileprivate var workloadNames: [String] {
    let fused = self["variant"].contains("eager attention") ? [] : [self["model"] + "-sdpa"]
    return fused + [self["model"] + "-" + self["library"], self["model"]]
  }

  /// A fault at a field.
  fileprivate func wrong(_ column: String, _ expected: String) -> CSVFault {
    let position = table.column(column).map { table.rows[index][$0].position } ?? JSONPosition(line: 1, column: 1)
    return CSVFault(
      file: table.file, position: position, fact: .wrongField(column: column, text: self[column], expected: expected))
  }

  /// A field as a size.
  fileprivate func size(_ column: String) throws(CSVFault) -> Int64 {
    guard let size = Int64(self[column]), (1...1_000_000_000).contains(size) else {
      throw wrong(column, "a whole number of at least 1")
    }
    return size
  }
}
