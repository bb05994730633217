/// A value of a row of an SQLite database.
enum SQLiteValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The value as an integer, as far as it is one.
  var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int64(exactly: value.rounded())
    case .text(let text): Int64(text)
    case .null, .blob: nil
    }
  }

  /// The value as text; nil where there is none.
  var text: String? {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    case .null, .real, .blob: nil
    }
  }
}

/// A row, of which the wanted columns are read: by their place in the list that was asked for.
struct SQLiteRow {
  let values: [SQLiteValue]

  /// The integer in a column; nil where there is none.
  func integer(_ column: Int) -> Int64? { values[column].integer }

  /// The text in a column; nil where there is none.
  func text(_ column: Int) -> String? { values[column].text }
}
