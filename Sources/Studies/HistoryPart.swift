import JSONText
import Profiles

/// A part of the history of hardware, without a profile: when it came, and the numbers that trends are fitted to.
package struct HistoryPart: Sendable {
  /// The series of products that it is a generation of: `nvidia-flagship`.
  package let line: String
  /// What lines compete for: those of one market take their pace from each other.
  package let market: String
  /// Its name.
  package let name: String
  /// The catalog's profile of it; nil where there is none.
  package let profile: String?
  /// The month in which it came: `2017-06`.
  package let released: String
  /// The month in which it was told of.
  package let announced: String
  /// Whether it is only told of.
  package let isAnnounced: Bool
  /// Its numbers, by path.
  package let values: [String: Double]
  /// The row of the table, from 0.
  package let row: Int

  /// The calendar year in which it came.
  package var year: Int { Int(time) }

  /// The middle of the month in which it came, in years.
  package var time: Double { decimalYear(released) ?? 0 }

  /// A part.
  package init(
    line: String, market: String, name: String, profile: String? = nil, released: String, announced: String? = nil,
    isAnnounced: Bool = false, values: [String: Double], row: Int = 0
  ) {
    self.line = line
    self.market = market
    self.name = name
    self.profile = profile
    self.released = released
    self.announced = announced ?? released
    self.isAnnounced = isAnnounced
    self.values = values
    self.row = row
  }
}

extension HistoryPart {
  /// Reads the parts of a CSV file.
  ///
  /// Columns: `line`, `market`, `name`, `released`, `kind`, `source`; optional `profile`, `announced`, `status`, `note`,
  /// `price_usd`, and any number of the profile that the parts are of, by its path in it.
  ///
  /// - Parameters:
  ///   - table: The file.
  ///   - noun: What the parts are: `accelerator` or `host`.
  /// - Returns: The parts, in the order of the file.
  /// - Throws: ``CSVFault`` with the place of the first thing that is wrong.
  package static func read(_ table: CSVText, of noun: String) throws(CSVFault) -> [HistoryPart] {
    let reader = try HistoryReader(table, noun)
    var parts: [HistoryPart] = []
    var names: Set<String> = []
    var markets: [String: String] = [:]
    for row in table.rows.indices {
      let part = try reader.part(row)
      guard names.insert(part.name).inserted else { throw reader.wrong("name", row, "a name of its own") }
      if let market = markets.updateValue(part.market, forKey: part.line), market != part.market {
        throw reader.wrong("market", row, "that of the line's other parts, \(market)")
      }
      parts.append(part)
    }
    return parts
  }
}

/// Reads rows by the names of their columns.
private struct HistoryReader {
  private static let needed = ["line", "market", "name", "released", "kind", "source"]
  private static let optional = ["profile", "announced", "status", "note"] + extras
  /// What is worth knowing and no number of every sort of profile.
  private static let extras = ["price_usd", "watts"]

  private let table: CSVText
  /// The numbers, with the places of their columns.
  private let numbers: [(column: String, number: SystemNumber, place: Int)]

  init(_ table: CSVText, _ noun: String) throws(CSVFault) {
    self.table = table
    let names = table.header.map(\.text)
    for name in Self.needed where !names.contains(name) {
      throw CSVFault(
        file: table.file, position: JSONPosition(line: 1, column: 1),
        fact: .missingColumn(name, suggestion: nearestName(to: name, among: names)))
    }
    var numbers: [(column: String, number: SystemNumber, place: Int)] = []
    for (place, field) in table.header.enumerated() {
      guard let number = SystemNumber(path: noun + "." + field.text) else {
        if (Self.needed + Self.optional).contains(field.text) { continue }
        let known = SystemNumber.all.filter { $0.path.hasPrefix(noun + ".") }.map(\.pathInProfile)
        let suggestion = nearestName(to: field.text, among: Self.needed + Self.optional + known)
        throw CSVFault(
          file: table.file, position: field.position,
          fact: .wrongField(
            column: "a column", text: field.text,
            expected: suggestion.map { "a number of the \(noun)'s, as \($0)" } ?? "a number of the \(noun)'s"))
      }
      numbers.append((field.text, number, place))
    }
    self.numbers = numbers
  }

  private func text(_ column: String, _ row: Int) -> String {
    table.column(column).map { table.rows[row].text($0) } ?? ""
  }

  func wrong(_ column: String, _ row: Int, _ expected: String) -> CSVFault {
    CSVFault(
      file: table.file,
      position: table.column(column).map { table.rows[row][$0].position } ?? JSONPosition(line: 1, column: 1),
      fact: .wrongField(column: column, text: text(column, row), expected: expected))
  }

  func part(_ row: Int) throws(CSVFault) -> HistoryPart {
    for name in ["line", "market", "name", "source"] where text(name, row).isEmpty {
      throw wrong(name, row, "given")
    }
    let kinds = SourceKind.allCases.map(\.rawValue)
    guard kinds.contains(text("kind", row)) else {
      throw wrong("kind", row, "one of " + kinds.joined(separator: ", "))
    }
    let released = try month("released", row)
    let announced = text("announced", row).isEmpty ? released : try month("announced", row)
    let status = text("status", row)
    guard ["", "shipping", "announced"].contains(status) else { throw wrong("status", row, "shipping or announced") }
    for column in Self.extras where !text(column, row).isEmpty { _ = try positive(column, row) }
    let profile = text("profile", row)
    return HistoryPart(
      line: text("line", row), market: text("market", row), name: text("name", row),
      profile: profile.isEmpty ? nil : profile, released: released, announced: announced,
      isAnnounced: status == "announced", values: try values(row), row: row)
  }

  private func month(_ column: String, _ row: Int) throws(CSVFault) -> String {
    let text = text(column, row)
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]), (1970...2100).contains(year),
      parts[1].utf8.count == 2, let month = Int(parts[1]), (1...12).contains(month)
    else { throw wrong(column, row, "a year and a month, as 2017-06") }
    return text
  }

  private func positive(_ column: String, _ row: Int) throws(CSVFault) -> Double {
    guard let value = decimalNumber(text(column, row)), value > 0 else {
      throw wrong(column, row, "blank or a number greater than 0")
    }
    return value
  }

  private func values(_ row: Int) throws(CSVFault) -> [String: Double] {
    var values: [String: Double] = [:]
    for (column, number, place) in numbers where !table.rows[row].text(place).isEmpty {
      let value = try positive(column, row)
      guard number.range.contains(value) else { throw wrong(column, row, number.range.words()) }
      values[number.path] = value
    }
    guard !values.isEmpty else { throw wrong("name", row, "a part with a number of its own") }
    return values
  }
}
