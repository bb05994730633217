import CommandSyntax
import JSONText
import Profiles
import Reports
import Studies
import Workloads

/// What `profiles list` is asked for of what there is: `--where`, `--like` and `--sort`.
struct CatalogSelection {
  static let options: [OptionDefinition] = [
    OptionDefinition(
      "where", value: "CONDITION", help: "Only those for which it holds, as 'bandwidth>3TB/s' or vendor=nvidia",
      longHelp:
        "A number or a text of the profile, one of = != > >= < <= and ~ (holds the text), and a value, which may have a "
        + "unit. Numbers go by their paths in the files or by short names (bandwidth, memory, fp16, power, price, speed); of "
        + "several conditions, all must hold. What a profile leaves out fulfills none.", isRepeatable: true),
    OptionDefinition("like", value: "TEXT", help: "Only those whose name, title or maker holds the text"),
    OptionDefinition(
      "sort", value: "FIELD", help: "Sort by a number, largest first, or by a text",
      longHelp: "FIELD:up has the smallest first."),
  ]

  /// A comparison with a value.
  private struct Condition {
    let field: String
    let comparison: Comparison
    let value: String
  }

  /// How a value is compared; of signs that begin alike, the longer first.
  private enum Comparison: String, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case different = "!="
    case more = ">"
    case less = "<"
    case equal = "="
    case holds = "~"

    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .atLeast: left >= right
      case .atMost: left <= right
      case .different: left != right
      case .more: left > right
      case .less: left < right
      case .equal, .holds: left == right
      }
    }
  }

  private let conditions: [Condition]
  private let like: String?
  private let order: (field: String, rises: Bool)?

  /// Reads the options.
  init(_ command: ParsedCommand) throws(Failure) {
    conditions = try command.values(of: "where").map(Self.condition)
    like = command.value(of: "like").map(Self.plain)
    order = command.value(of: "sort").map { text in
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      return parts.count == 2 && parts[1] == "up" ? (Self.key(parts[0]), true) : (Self.key(text), false)
    }
  }

  /// Whether all is asked for, in the catalog's order.
  var isEverything: Bool { conditions.isEmpty && like == nil && order == nil }

  private static func condition(_ text: String) throws(Failure) -> Condition {
    let signs = text.firstIndex { "<>=!~".contains($0) }
    guard let start = signs, start > text.startIndex,
      let comparison = Comparison.allCases.first(where: { text[start...].hasPrefix($0.rawValue) })
    else {
      throw .usage("--where needs FIELD, one of = != > >= < <= ~ and a value, as 'bandwidth>3TB/s' (it is '\(text)')")
    }
    let value = text[start...].dropFirst(comparison.rawValue.count)
    return Condition(
      field: key(text[..<start]), comparison: comparison, value: String(value.drop { $0 == " " }))
  }

  private static func key(_ text: some StringProtocol) -> String {
    text.split(separator: " ").joined().lowercased().replacing("-", with: "_")
  }

  /// A text by its letters and digits alone.
  private static func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }

  // MARK: Rows

  /// The rows that are asked for, in the order that is asked for.
  ///
  /// - Throws: ``Failure`` for a field that the sort does not have, and a value that is none of the field's.
  func rows<Row: Listed>(of rows: [Row], _ sort: String) throws(Failure) -> [Row] {
    var chosen = rows
    for condition in conditions {
      let field = try field(condition.field, of: Row.self, sort)
      let holds = try test(condition, field)
      chosen = chosen.filter(holds)
    }
    if let like { chosen = chosen.filter { $0.names.contains { Self.plain($0).contains(like) } } }
    guard let order else { return chosen }
    switch try field(order.field, of: Row.self, sort).value {
    case .text(let text): return chosen.sorted { rises((text($0), $0.names[0]), (text($1), $1.names[0]), order.rises) }
    case .number(_, let number):
      return chosen.enumerated().sorted { left, right in
        guard let one = number(left.element) else { return false }
        guard let other = number(right.element) else { return true }
        return one == other ? left.offset < right.offset : (order.rises ? one < other : one > other)
      }.map(\.element)
    }
  }

  private func rises(_ left: (String?, String), _ right: (String?, String), _ isReversed: Bool) -> Bool {
    let (one, other) = (left.0 ?? "", right.0 ?? "")
    if one == other { return left.1 < right.1 }
    return isReversed ? one > other : one < other
  }

  private func test<Row>(
    _ condition: Condition, _ field: CatalogField<Row>
  ) throws(Failure) -> (Row) -> Bool {
    switch field.value {
    case .text(let text):
      let wanted = condition.value.lowercased()
      return { row in
        guard let value = text(row)?.lowercased() else { return false }
        switch condition.comparison {
        case .holds: return value.contains(wanted)
        case .equal: return SweepAxis.matches(value[...], pattern: wanted[...])
        case .different: return !SweepAxis.matches(value[...], pattern: wanted[...])
        default: return condition.comparison.holds(value, wanted)
        }
      }
    case .number(let unit, let number):
      let wanted: Double
      do throws(QuantityFault) { wanted = try unit.number(condition.value) } catch {
        throw .usage("--where \(condition.field): the value \(error.words)")
      }
      return { number($0).map { condition.comparison.holds($0, wanted) } ?? false }
    }
  }

  // MARK: Fields

  /// Whether a sort has every field that is asked for.
  func fits(_ sort: String) -> Bool {
    func fits<Row: Listed>(_ row: Row.Type) -> Bool { fieldNames.allSatisfy { row.field($0) != nil } }
    return fits(Self.listed(sort))
  }

  /// What the fields of some sorts are called, each name once.
  static func fieldNames(of sorts: [String]) -> [String] {
    unique(sorts.flatMap { listed($0).fieldNames })
  }

  /// The sort of thing that a list of its name holds.
  private static func listed(_ sort: String) -> any Listed.Type {
    switch sort {
    case "accelerators": AcceleratorProfile.self
    case "hosts": HostProfile.self
    case "frameworks": FrameworkProfile.self
    case "engines": EngineProfile.self
    case "interconnects": InterconnectProfile.self
    case "decoders": Decoder.self
    default: ListedWorkload.self
    }
  }

  private var fieldNames: [String] { conditions.map(\.field) + (order.map { [$0.field] } ?? []) }

  private func field<Row: Listed>(
    _ name: String, of _: Row.Type, _ sort: String
  ) throws(Failure) -> CatalogField<Row> {
    if let field = Row.field(name) { return field }
    throw Self.unknown(name, known: Row.fieldNames, of: sort)
  }

  /// A field that is none of a sort's, or of no sort's.
  private static func unknown(_ name: String, known: [String], of sort: String) -> Failure {
    let near = nearestName(to: name, among: known) ?? nearestNames(to: name, among: known, limit: 1).first
    let hint: Message = near.map { "; did you mean '\($0)'?" } ?? ""
    // Paths are many, and so are all sorts' names: their own list has them.
    let short = known.filter { !$0.contains(".") && (sort != anySort || !$0.contains("_")) }.joined(separator: ", ")
    return .usage(
      "\(sort) have no field '\(name)'" + hint + "\nknown are \(short), and the paths of 'simulate profiles fields'")
  }

  /// The first field that none of several sorts has.
  func unknownField(known: [String]) -> Failure {
    Self.unknown(fieldNames.first { !known.contains($0) } ?? fieldNames.first ?? "", known: known, of: Self.anySort)
  }

  /// What fields are of where no sort is named.
  private static let anySort = "profiles"

  /// Columns of what was asked for and the table does not have by itself.
  ///
  /// - Parameters:
  ///   - row: What the rows are.
  ///   - shown: The fields that it shows, by their names.
  ///   - forPrograms: Those that only programs get by themselves.
  /// - Returns: The columns; none for a text that every row has, as of `vendor=nvidia`.
  func columns<Row: Listed>(
    of row: Row.Type, besides shown: [String], forPrograms: [String]
  ) -> [Column<Row>] {
    let constant = conditions.filter { $0.comparison == .equal }.map(\.field)
    var seen = Set(shown + ["name", "title", "released", "year"])
    return fieldNames.compactMap { name in
      guard let field = Row.field(name), seen.insert(field.name).inserted else { return nil }
      let readers: Field.Readers = forPrograms.contains(field.name) ? .people : .all
      switch field.value {
      case .text(let text):
        return constant.contains(name) ? nil : Column(name, key: field.name, for: readers) { .text(text($0)) }
      case .number(let unit, let number):
        let symbol = unit.symbol == "1" ? nil : unit.symbol
        return Column(name, unit: symbol, key: field.name, .plain, for: readers) { .number(number($0)) }
      }
    }
  }
}
