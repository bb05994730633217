import JSONText

/// The lines of comma-separated values as collections of fields.
package struct CSVRows: RandomAccessCollection, Sendable {
  private let bytes: [UInt8]
  private let starts: [UInt32]
  private let ends: [UInt32]
  private let numbers: [UInt32]
  private let columnCount: Int
  /// How many lines at the beginning are not among these.
  private let skipped: Int

  /// All lines that a scanner found.
  init(_ scanner: CSVScanner, _ bytes: [UInt8]) {
    self.init(bytes, scanner.starts, scanner.ends, scanner.numbers, scanner.columnCount, skipped: 0)
  }

  private init(
    _ bytes: [UInt8], _ starts: [UInt32], _ ends: [UInt32], _ numbers: [UInt32], _ columnCount: Int, skipped: Int
  ) {
    self.bytes = bytes
    self.starts = starts
    self.ends = ends
    self.numbers = numbers
    self.columnCount = columnCount
    self.skipped = skipped
  }

  /// All lines but the first.
  var withoutHeader: CSVRows { CSVRows(bytes, starts, ends, numbers, columnCount, skipped: 1) }

  /// The first row's place.
  package var startIndex: Int { 0 }

  /// The place behind the last row.
  package var endIndex: Int { Swift.max(0, ends.count - skipped) }

  /// A row.
  package subscript(position: Int) -> Row {
    precondition(position >= 0 && position < endIndex, "no row \(position)")
    return Row(table: self, number: position + skipped)
  }

  /// The text of a field, without looking at its row first.
  package func text(_ row: Int, _ column: Int) -> String { text(range(of: column, inLine: row + skipped)) }

  /// The fields of one line.
  package struct Row: RandomAccessCollection, Sendable {
    fileprivate let table: CSVRows
    fileprivate let number: Int

    /// The first field's place.
    package var startIndex: Int { 0 }

    /// The place behind the last field.
    package var endIndex: Int { table.columnCount }

    /// A field with its place.
    ///
    /// - Complexity: O(bytes before it in the row), for the place; ``text(_:)`` and ``fields`` are for many.
    package subscript(position: Int) -> CSVText.Field {
      let range = table.range(of: position, inLine: number)
      let start = table.range(of: 0, inLine: number).lowerBound
      return CSVText.Field(
        text: table.text(range),
        position: csvPosition(
          of: range.lowerBound, from: start, at: JSONPosition(line: table.line(number), column: 1), in: table.bytes))
    }

    /// The text of a field.
    package func text(_ position: Int) -> String { table.text(table.range(of: position, inLine: number)) }

    /// All fields.
    ///
    /// - Complexity: O(bytes of the row).
    package var fields: [CSVText.Field] {
      var offset = table.range(of: 0, inLine: number).lowerBound
      var place = JSONPosition(line: table.line(number), column: 1)
      return indices.map { index in
        let range = table.range(of: index, inLine: number)
        place = csvPosition(of: range.lowerBound, from: offset, at: place, in: table.bytes)
        offset = range.lowerBound
        return CSVText.Field(text: table.text(range), position: place)
      }
    }
  }

  private func line(_ number: Int) -> Int { Int(numbers[number]) }

  /// The bytes of a field.
  private func range(of column: Int, inLine number: Int) -> Range<Int> {
    precondition(column >= 0 && column < columnCount, "no column \(column)")
    let place = number * columnCount + column
    let end = column + 1 < columnCount ? Int(starts[place + 1]) - 1 : Int(ends[number])
    return Int(starts[place])..<end
  }

  /// The text of a field without its quotes.
  private func text(_ range: Range<Int>) -> String {
    let quote = UInt8(ascii: "\"")
    guard bytes[range].contains(quote) else { return String(decoding: bytes[range], as: UTF8.self) }
    var text: [UInt8] = []
    var (isQuoted, wasQuoted) = (false, false)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if isQuoted, byte == quote, index + 1 < range.upperBound, bytes[index + 1] == quote {
        text.append(quote)
        index += 1
      } else if isQuoted, byte == quote {
        isQuoted = false
      } else if !isQuoted, byte == quote, text.isEmpty, !wasQuoted {
        (isQuoted, wasQuoted) = (true, true)
      } else {
        text.append(byte)
      }
      index += 1
    }
    return String(decoding: text, as: UTF8.self)
  }
}
