import JSONText
import Roofline
import Studies

/// How things are to stand side by side: which of them the others are compared to, and in which order.
package struct ComparisonRequest: Sendable {
  /// A row's number from 1, or a value that tells rows apart, with its column where it could be another's (`batch=8`); nil
  /// for the first row.
  package var baseline: String?
  /// A column, by its key or its heading, behind a minus for the largest first; nil for the order in which they come.
  package var order: String?

  /// A request.
  ///
  /// - Parameters:
  ///   - baseline: A row's number from 1, or a value that tells rows apart; nil for the first row.
  ///   - order: A column, by its key or its heading, behind a minus for the largest first; nil for the order in which they
  ///     come.
  package init(baseline: String? = nil, order: String? = nil) {
    (self.baseline, self.order) = (baseline, order)
  }

  /// Whether it says anything.
  package var isEmpty: Bool { baseline == nil && order == nil }

  /// The place of the row that each row is compared to.
  ///
  /// A number is of one row. A value of one of the columns is compared to in every row that differs from it in that
  /// column alone; where there is one such column, that is one row as well.
  ///
  /// - Parameters:
  ///   - names: For each row what tells it from others, in order.
  ///   - keys: What these columns are called.
  /// - Returns: A place for each row; nil where no row has the value and else the same.
  /// - Throws: ``ComparisonFault`` for a number or a value that no row has.
  func baselines(of names: [[String]], keys: [String]) throws(ComparisonFault) -> [Int?] {
    guard var baseline else { return names.map { _ in 0 } }
    var place: Int?
    if let sign = baseline.firstIndex(of: "="),
      let column = keys.firstIndex(of: String(baseline[..<sign]).replacing("-", with: "_"))
    {
      let value = String(baseline[baseline.index(after: sign)...])
      guard names.contains(where: { !Self.fitting(value, among: [$0[column]]).isEmpty }) else {
        throw ComparisonFault(
          .unknownBaseline(baseline, rows: names.count, known: unique(names.map { keys[column] + "=" + $0[column] })))
      }
      (baseline, place) = (value, column)
    }
    if place == nil { place = try column(of: baseline, names, keys) }
    if let column = place {
      func rest(_ row: [String]) -> [String] { row.indices.filter { $0 != column }.map { row[$0] } }
      let value = try value(baseline, among: unique(names.map { $0[column] }))
      let places = Dictionary(
        names.indices.filter { names[$0][column] == value }.map { (rest(names[$0]), $0) },
        uniquingKeysWith: { first, _ in first })
      return names.map { places[rest($0)] }
    }
    guard let number = Int(baseline), names.indices.contains(number - 1) else {
      let known = names.flatMap { row in zip(keys, row).map { Int($1) == nil ? $1 : "\($0)=\($1)" } }
      throw ComparisonFault(.unknownBaseline(baseline, rows: names.count, known: unique(known)))
    }
    return names.map { _ in number - 1 }
  }

  /// The column that has a value; nil where none has, as for a row's number.
  private func column(of baseline: String, _ names: [[String]], _ keys: [String]) throws(ComparisonFault) -> Int? {
    let columns = keys.indices.filter { column in
      let values = unique(names.map { $0[column] })
      return Int(baseline) == nil && !Self.fitting(baseline, among: values).isEmpty
    }
    guard columns.count < 2 else {
      throw ComparisonFault(.ambiguousBaseline(baseline, of: columns.map { keys[$0] }))
    }
    return columns.first
  }

  private func value(_ baseline: String, among values: [String]) throws(ComparisonFault) -> String {
    let fitting = Self.fitting(baseline, among: values)
    guard fitting.count == 1 else { throw ComparisonFault(.ambiguousBaseline(baseline, of: fitting)) }
    return fitting[0]
  }

  /// The values that a text means: the one that it is, or those of which it is the beginning of words.
  private static func fitting(_ text: String, among values: [String]) -> [String] {
    let wanted = text.lowercased()
    let whole = values.filter { $0.lowercased() == wanted }
    if !whole.isEmpty { return whole }
    return values.filter { "-\($0.lowercased())-".contains("-\(wanted)-") }
  }

  /// What each row's number is to that of the row that it is compared to; nil where one of them is none, or nothing.
  func ratios(of values: [Double?], _ baselines: [Int?]) -> [Double?] {
    zip(values, baselines).map { value, place in
      guard let value, let place, let base = values[place], base > 0 else { return nil }
      return value / base
    }
  }

  /// The rows in their order.
  ///
  /// - Parameter tables: Tables of all rows, in whose columns the order is looked for.
  /// - Returns: The places of rows, the first first.
  /// - Throws: ``ComparisonFault`` where no table has the column.
  func order(in tables: [Table]) throws(ComparisonFault) -> [Int] {
    guard let order, let first = tables.first else { return Array(0..<(tables.first?.count ?? 0)) }
    let isFalling = order.hasPrefix("-")
    let name = (isFalling ? String(order.dropFirst()) : order).lowercased()
    for isMeant in [{ $0.key == name }, { $0.title.lowercased() == name }, { $0.key.hasPrefix(name + "_") }]
      as [(Field) -> Bool]
    {
      for table in tables {
        guard let place = table.fields.firstIndex(where: isMeant) else { continue }
        let values = (0..<table.count).map { table.cells($0)[place].value }
        return values.indices.sorted { left, right in
          Value.precedes(values[left], values[right], isFalling: isFalling) ?? (left < right)
        }
      }
    }
    throw ComparisonFault(
      .unknownColumn(
        order, suggestion: nearestName(to: name, among: first.fields.map(\.key)), known: first.fields.map(\.key)))
  }
}

extension Value {
  /// Whether one stands before the other in an order; nil where they are equal.
  ///
  /// What is missing stands last.
  fileprivate static func precedes(_ left: Value, _ right: Value, isFalling: Bool) -> Bool? {
    if left.isMissing || right.isMissing { return left.isMissing == right.isMissing ? nil : right.isMissing }
    if let left = left.measure, let right = right.measure {
      return left == right ? nil : isFalling ? left > right : left < right
    }
    return left.text == right.text ? nil : isFalling ? left.text > right.text : left.text < right.text
  }

  /// The value as a number, times too.
  private var measure: Double? {
    if case .time(let time?) = self { return Double(time.count) }
    return number
  }
}

/// Why things cannot stand side by side as was asked for.
package struct ComparisonFault: Fault, Equatable {
  /// What is wrong.
  package enum Fact: Sendable, Equatable {
    /// No row has this number or value.
    case unknownBaseline(String, rows: Int, known: [String])
    /// Several columns, or several values, could be meant.
    case ambiguousBaseline(String, of: [String])
    /// No column is called so.
    case unknownColumn(String, suggestion: String?, known: [String])
  }

  /// What is wrong.
  package let fact: Fact

  /// A fault.
  package init(_ fact: Fact) { self.fact = fact }

  /// What is wrong, and what would be right.
  package var words: FaultWords {
    switch fact {
    case .unknownBaseline(let name, let rows, let known):
      let names: FaultWords = known.isEmpty ? "" : ", or one of \(known.joined(separator: ", "))"
      return "\(option: "baseline") '\(name)' is no row: give a number from 1 to \(rows)" + names
    case .ambiguousBaseline(let name, let several):
      return
        "\(option: "baseline") '\(name)' could mean several: \(several.joined(separator: ", ")); give a row's number"
    case .unknownColumn(let name, let suggestion, let known):
      let nearest: FaultWords = suggestion.map { "; did you mean '\($0)'?" } ?? ""
      return "\(option: "sort") '\(name)' is no column" + nearest + "; the columns are \(known.joined(separator: ", "))"
    }
  }
}
