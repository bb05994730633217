import JSONText
import Roofline

/// A value of a report, exact: how programs get it is a format's, how people see it its field's.
///
/// Each sort of value may be missing: blank in CSV, `null` in JSON, a dash in tables.
package enum Value: Sendable {
  /// A text.
  case text(String?)
  /// Whether something is so.
  case flag(Bool?)
  /// How many.
  case count(Int?)
  /// A time, which programs get in microseconds, to the last one.
  case time(Picoseconds?)
  /// A number in the unit that its key ends in.
  case number(Double?)
  /// A number in the unit that its key ends in, of which six decimals are told.
  case decimal(Double?)
  /// A field of a CSV file as it was read: to JSON a number where it is one, and missing where it is blank.
  case field(String)
  /// Several values, in JSON on one line unless said otherwise.
  indirect case list([Value], onOneLine: Bool = true)
  /// Values by key.
  case record(Record)
  /// Rows of values by key.
  case table(Table)

  /// A whole number of 64 bits.
  static func count(_ number: Int64) -> Value { .count(Int(number)) }

  /// The value for programs that read texts: nothing where it is missing, or no value of its own.
  var text: String {
    switch self {
    case .text(let text): text ?? ""
    case .field(let text): text
    case .flag(let flag): flag.map { $0 ? "true" : "false" } ?? ""
    case .count(let count): count.map { String($0) } ?? ""
    case .time(let time): time.map { NumberFormat.microseconds(picoseconds: $0.count) } ?? ""
    case .number(let number): number.flatMap { $0.isFinite ? NumberFormat.shortest($0) : nil } ?? ""
    case .decimal(let number): number.flatMap { $0.isFinite ? NumberFormat.fixed($0, decimals: 6) : nil } ?? ""
    case .list(let values, _): values.map(\.text).joined(separator: " ")
    case .record, .table: ""
    }
  }

  /// Whether there is none.
  var isMissing: Bool {
    switch self {
    case .text(nil), .flag(nil), .count(nil), .time(nil), .number(nil), .decimal(nil): true
    default: false
    }
  }

  /// The value as a number; nil for what is none.
  var number: Double? {
    switch self {
    case .count(let count): count.map { Double($0) }
    case .number(let number), .decimal(let number): number
    case .time, .text, .field, .flag, .list, .record, .table: nil
    }
  }
}
