/// The record format of SQLite: a header of serial types, and the values behind it.
///
/// Source: https://www.sqlite.org/fileformat2.html, section 2.1.
struct SQLiteRecord {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The values of columns.
  ///
  /// - Parameters:
  ///   - selection: The wanted columns.
  ///   - rowNumber: The number of the row.
  /// - Returns: A value for each wanted column, null for one that the record or the table lacks; nil where the record is
  ///   damaged.
  func values(_ selection: SQLiteSelection, rowNumber: Int64) -> [SQLiteValue]? {
    var offset = 0
    guard let headerSize = sqliteVariable(bytes, &offset), headerSize >= Int64(offset), headerSize <= Int64(bytes.count)
    else { return nil }
    let headerEnd = Int(headerSize)
    var values = [SQLiteValue](repeating: .null, count: selection.count)
    var body = headerEnd
    var column = 0
    // What stands behind the last wanted column is not looked at.
    while offset < headerEnd, column < selection.places.count {
      guard let type = sqliteVariable(bytes, &offset), offset <= headerEnd, let size = Self.size(of: type),
        size <= bytes.count - body
      else { return nil }
      let place = selection.places[column]
      if place >= 0 { values[place] = value(type, body..<body + size) }
      body += size
      column += 1
    }
    if let place = selection.rowNumberPlace, values[place] == .null { values[place] = .integer(rowNumber) }
    return values
  }

  /// Bytes that a value of a serial type takes; nil for a type that is none.
  private static func size(of type: Int64) -> Int? {
    switch type {
    case 0, 8, 9: 0
    case 1...4: Int(type)
    case 5: 6
    case 6, 7: 8
    case 12...Int64(Int32.max): Int((type - 12) / 2)
    default: nil
    }
  }

  private func value(_ type: Int64, _ range: Range<Int>) -> SQLiteValue {
    switch type {
    case 1...6: return .integer(integer(range))
    case 7: return .real(Double(bitPattern: UInt64(bitPattern: integer(range))))
    case 8: return .integer(0)
    case 9: return .integer(1)
    case 12...: return type % 2 == 0 ? .blob(Array(bytes[range])) : .text(String(decoding: bytes[range], as: UTF8.self))
    default: return .null
    }
  }

  /// A big-endian two's complement number.
  private func integer(_ range: Range<Int>) -> Int64 {
    var value: Int64 = range.isEmpty || bytes[range.lowerBound] < 0x80 ? 0 : -1
    for index in range { value = value << 8 | Int64(bytes[index]) }
    return value
  }
}

/// Which columns of a table are wanted.
struct SQLiteSelection {
  /// For each column up to the last wanted one, its place among these; -1 for one that is not wanted.
  let places: [Int]
  /// How many are wanted.
  let count: Int
  /// The place of the column that is the number of the row; nil where it is not wanted.
  let rowNumberPlace: Int?

  /// - Parameters:
  ///   - columns: For each wanted one, its place in the table; -1 for one that the table lacks.
  ///   - rowNumberColumn: The column that is the number of the row; -1 for none.
  init(columns: [Int], rowNumberColumn: Int) {
    var places = [Int](repeating: -1, count: (columns.max() ?? -1) + 1)
    for (place, column) in columns.enumerated() where column >= 0 { places[column] = place }
    self.places = places
    count = columns.count
    rowNumberPlace = rowNumberColumn < 0 ? nil : columns.firstIndex(of: rowNumberColumn)
  }
}

/// Reads a number of up to nine bytes of seven bits each, the ninth of eight, and moves behind it; nil at the end.
func sqliteVariable(_ bytes: [UInt8], _ offset: inout Int) -> Int64? {
  var value: UInt64 = 0
  for place in 0..<9 {
    guard offset < bytes.count else { return nil }
    let byte = bytes[offset]
    offset += 1
    if place == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
    value = value << 7 | UInt64(byte & 0x7F)
    if byte < 0x80 { return Int64(bitPattern: value) }
  }
  return nil
}
