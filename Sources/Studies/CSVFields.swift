import JSONText

/// A column that is read from a table by its name, which is its raw value.
protocol CSVColumn: RawRepresentable<String>, CaseIterable, Hashable {
  /// Whether every file has it.
  var isNeeded: Bool { get }
}

/// The columns of a table, found by name, and their texts.
struct CSVFields<Column: CSVColumn>: Sendable where Column: Sendable {
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
  func text(_ column: Column, _ row: Int) -> String { places[column].map { table.rows.text(row, $0) } ?? "" }

  /// A fault at a field.
  func fault(_ column: Column, _ row: Int, _ fact: CSVFault.Fact) -> CSVFault {
    CSVFault(file: table.file, position: table.rows[row][places[column] ?? 0].position, fact: fact)
  }

  /// The fault of a field that is not what its column holds.
  func wrong(_ column: Column, _ row: Int, _ expected: String) -> CSVFault {
    fault(column, row, .wrongField(column: column.rawValue, text: text(column, row), expected: expected))
  }
}
