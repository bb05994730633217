import JSONText
import Roofline
import Testing

/// The one object that `simulate run --format json` prints, its times as exact integers.
struct RunJSON {
  let root: JSONObjectCursor

  init(_ text: String) throws {
    root = try JSONDocument(bytes: Array(text.utf8), file: "output.json").cursor.object()
  }

  func value(_ key: String) throws -> JSONCursor {
    var root = root
    return try root.required(key)
  }

  /// A time in picoseconds: its decimal digits are read as they stand, never as a `Double`.
  func picoseconds(_ key: String) throws -> Int64 { try Self.picoseconds(value(key)) }

  static func picoseconds(_ cursor: JSONCursor) throws -> Int64 {
    guard case .number(let number) = cursor.value.content else {
      Issue.record("\(cursor.path) is no number")
      return 0
    }
    let parts = number.text.split(separator: ".", omittingEmptySubsequences: false)
    let decimals = parts.count > 1 ? String(parts[1]) : ""
    try #require(parts.count <= 2 && decimals.count <= 6, "\(number.text) has at most six decimals")
    let padded = decimals + String(repeating: "0", count: 6 - decimals.count)
    let digits = String(parts[0]) + padded
    return try #require(Int64(digits), "\(number.text) is plain digits")
  }

  /// The parts of the latency, by name.
  func breakdown() throws -> [(key: String, picoseconds: Int64)] {
    try value("breakdown_us").object().members.map { ($0.key, try Self.picoseconds($0.value)) }
  }
}
