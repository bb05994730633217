import JSONText

/// The columns of a file of operators that were timed alone, found by name, and their texts.
struct KernelMeasurementFields {
  /// A column that is read.
  enum Column: String, CaseIterable {
    case accelerator, precision, `operator`, inputs, attributes, devices, interconnect
    case time = "time_us"

    /// Whether every file has it.
    var isNeeded: Bool {
      switch self {
      case .accelerator, .precision, .operator, .inputs: true
      case .attributes, .devices, .interconnect, .time: false
      }
    }
  }

  private let table: CSVText
  private let places: [Column: Int]

  /// Finds the columns.
  ///
  /// - Throws: ``CSVFault`` for one that is missing; also for an optional one that seems to be there and misspelled, or what
  ///   it says would be dropped without a word.
  init(_ table: CSVText) throws(CSVFault) {
    self.table = table
    var places: [Column: Int] = [:]
    let read = Set(Column.allCases.map(\.rawValue))
    let others = table.header.map(\.text).filter { !read.contains($0) }
    for column in Column.allCases {
      places[column] = table.column(column.rawValue)
      let suggestion = nearestName(to: column.rawValue, among: others)
      guard places[column] == nil, column.isNeeded || suggestion != nil else { continue }
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(column.rawValue, suggestion: suggestion))
    }
    self.places = places
  }

  /// The text of a field; empty where there is no such column.
  func text(_ column: Column, _ row: Int) -> String { places[column].map { table.rows[row].text($0) } ?? "" }

  /// A fault at a field.
  func fault(_ column: Column, _ row: Int, _ fact: CSVFault.Fact) -> CSVFault {
    CSVFault(file: table.file, position: table.rows[row][places[column] ?? 0].position, fact: fact)
  }

  /// The fault of a field that is not what its column holds.
  func wrong(_ column: Column, _ row: Int, _ expected: String) -> CSVFault {
    fault(column, row, .wrongField(column: column.rawValue, text: text(column, row), expected: expected))
  }
}
