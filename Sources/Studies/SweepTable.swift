import JSONText

/// The rows of a sweep, read back from its CSV: what was varied, then the results.
package struct SweepTable: Sendable {
  /// A column of what was varied.
  package struct Varied: Sendable {
    /// Its name.
    package let name: String
    /// Its texts, row by row.
    package let texts: [String]
    /// The same as numbers; nil where one of them is none.
    package let numbers: [Double]?

    /// How many different values there are.
    package var distinctCount: Int { Set(texts).count }
  }

  /// What was varied, in the order of the file.
  package let varied: [Varied]
  /// Microseconds per pass.
  package let latencyUS: [Double]
  /// Microseconds in which the device works.
  package let deviceBusyUS: [Double]
  /// The tax as a fraction of the latency.
  package let taxFraction: [Double]
  /// What the latency waits for.
  package let bounds: [String]
  /// Whether the tensors fit the device's memory; nothing in files without the column.
  package let fits: [Bool]

  /// How many rows there are.
  package var count: Int { latencyUS.count }

  private static let results = ["latency_us", "device_busy_us", "framework_tax_fraction", "bound"]

  /// Reads the rows.
  ///
  /// - Throws: ``CSVFault`` without a column of results, or at a result that is no number of at least 0.
  package init(_ table: CSVText) throws(CSVFault) {
    let names = table.header.map(\.text)
    for name in Self.results where table.column(name) == nil {
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(name, suggestion: nearestName(to: name, among: names)))
    }
    guard !table.rows.isEmpty else {
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .wrongField(column: "latency_us", text: "", expected: "in at least one row"))
    }
    latencyUS = try Self.numbers(table, "latency_us")
    deviceBusyUS = try Self.numbers(table, "device_busy_us")
    taxFraction = try Self.numbers(table, "framework_tax_fraction")
    let bound = table.column("bound") ?? 0
    bounds = table.rows.map { $0.text(bound) }
    fits = try table.column("fits").map { (column) throws(CSVFault) in try Self.truths(table, column) } ?? []
    // Behind the results stands what a sweep did not vary. Rows of several sweeps may differ in it.
    let last = names.lastIndex { SweepRows.resultColumns.contains($0) } ?? names.count
    varied = names.indices.filter { !SweepRows.resultColumns.contains(names[$0]) }
      .reduce(into: [Varied]()) { varied, column in
        let texts = table.rows.map { $0.text(column) }
        guard column < last || Self.adds(texts, to: varied) else { return }
        let numbers = texts.compactMap { decimalNumber($0) }
        varied.append(Varied(name: names[column], texts: texts, numbers: numbers.count == texts.count ? numbers : nil))
      }
  }

  /// Whether rows that are the same on all axes differ in a column: one that follows from them tells nothing.
  private static func adds(_ texts: [String], to varied: [Varied]) -> Bool {
    guard let first = texts.first, texts.contains(where: { $0 != first }) else { return false }
    var known: [[String]: String] = [:]
    for (row, text) in texts.enumerated() {
      let other = known.updateValue(text, forKey: varied.map { $0.texts[row] })
      if let other, other != text { return true }
    }
    return false
  }

  private static func truths(_ table: CSVText, _ column: Int) throws(CSVFault) -> [Bool] {
    var truths: [Bool] = []
    truths.reserveCapacity(table.rows.count)
    for row in table.rows {
      guard let truth = Bool(row.text(column)) else {
        throw CSVFault(
          file: table.file, position: row[column].position,
          fact: .wrongField(column: "fits", text: row.text(column), expected: "true or false"))
      }
      truths.append(truth)
    }
    return truths
  }

  private static func numbers(_ table: CSVText, _ name: String) throws(CSVFault) -> [Double] {
    let column = table.column(name) ?? 0
    var numbers: [Double] = []
    numbers.reserveCapacity(table.rows.count)
    for row in table.rows {
      guard let number = decimalNumber(row.text(column)), number >= 0 else {
        throw CSVFault(
          file: table.file, position: row[column].position,
          fact: .wrongField(column: name, text: row.text(column), expected: "a number of at least 0"))
      }
      numbers.append(number)
    }
    return numbers
  }
}
