import JSONText

/// A table read from comma-separated values (RFC 4180), each field with its place in the file.
///
/// The text is kept as it is, with one number for each field: texts are made when they are asked for, so that a table takes
/// little more memory than its file.
package struct CSVText: Sendable {
  /// A field: its text without quotes, and where it stands.
  package struct Field: Sendable, Equatable {
    /// The text.
    package let text: String
    /// The field's first character.
    package let position: JSONPosition
  }

  /// The most bytes that a file may have, 64 MiB.
  package static let fileSizeLimit = 64 << 20

  /// The most bytes that a line may have, or several that a quoted field joins, 1 MiB.
  package static let lineLimit = 1 << 20

  /// The name of the file, for faults.
  package let file: String
  /// The fields of the first line.
  package let header: [Field]
  /// The fields of the other lines; each has as many as the header.
  package let rows: CSVRows

  /// Reads a file's bytes.
  ///
  /// - Throws: ``CSVFault`` for invalid UTF-8, an unfinished quote, a line of another length, a line or file that is too
  ///   long, a name given twice, or a file without a header.
  package init(bytes: [UInt8], file: String) throws(CSVFault) {
    let start = JSONPosition(line: 1, column: 1)
    guard bytes.count <= Self.fileSizeLimit else {
      throw CSVFault(file: file, position: start, fact: .fileTooLong(limit: Self.fileSizeLimit))
    }
    guard isUTF8(bytes) else { throw CSVFault(file: file, position: start, fact: .notUTF8) }
    var scanner = CSVScanner(bytes)
    do throws(CSVScanner.Problem) { try scanner.scan() } catch {
      throw CSVFault(file: file, position: error.position, fact: error.fact)
    }
    let table = CSVRows(scanner, bytes)
    guard let header = table.first?.fields else { throw CSVFault(file: file, position: start, fact: .empty) }
    var names: Set<String> = []
    for field in header where !names.insert(field.text).inserted {
      throw CSVFault(file: file, position: field.position, fact: .duplicateColumn(field.text))
    }
    if let (line, count) = scanner.oddLine {
      throw CSVFault(
        file: file, position: JSONPosition(line: line, column: 1),
        fact: .wrongFieldCount(expected: header.count, found: count))
    }
    self.file = file
    self.header = header
    rows = table.withoutHeader
  }

  /// A field as it is written: quoted, as RFC 4180 has it, where it holds a comma, a quote or a line feed.
  ///
  /// Its text is as it is, also where a spreadsheet would take it for a formula; but what a terminal would obey instead of
  /// showing is escaped, as in tables.
  package static func field(_ text: String) -> String {
    // Most fields are printable ASCII without anything to quote: a pass over their bytes, where the rest looks at characters.
    var (isPlain, isPrintable) = (true, true)
    for byte in text.utf8 {
      if byte < 0x20 || byte >= 0x7F { isPrintable = false }
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") { isPlain = false }
    }
    if isPrintable { return isPlain ? text : quotedIfNeeded(text) }
    let text = visibleLines(String(text.map { $0 == "\r\n" ? "\n" : $0 }))
    return quotedIfNeeded(text)
  }

  /// A text between quotes, its own quotes doubled, where it holds a comma, a quote or a line feed.
  private static func quotedIfNeeded(_ text: String) -> String {
    let quote = UInt8(ascii: "\"")
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == quote || $0 == UInt8(ascii: "\n") }) else {
      return text
    }
    var bytes: [UInt8] = [quote]
    bytes.reserveCapacity(text.utf8.count + 8)
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The place of a column, or nil where there is none of this name.
  package func column(_ name: String) -> Int? {
    header.firstIndex { $0.text == name }
  }

  /// A fault about a name in a row, at its place.
  ///
  /// - Parameters:
  ///   - column: The column that holds the name; the row's first where there is none.
  ///   - row: The row, from 0.
  ///   - words: What is wrong, as the module says that owns the names.
  /// - Returns: The fault.
  package func nameFault(_ column: String, row: Int, _ words: FaultWords) -> CSVFault {
    CSVFault(
      file: file, position: rows[row][self.column(column) ?? 0].position, fact: .wrongName(words))
  }
}

/// Whether bytes are UTF-8, looked at piece by piece.
private func isUTF8(_ bytes: [UInt8]) -> Bool {
  var start = 0
  while start < bytes.count {
    var end = min(bytes.count, start + 1 << 16)
    // Not between the bytes of a character.
    while end < bytes.count, end > start + 1, bytes[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
    guard String(validating: bytes[start..<end], as: UTF8.self) != nil else { return false }
    start = end
  }
  return true
}

/// What is wrong with a CSV file, and where.
package struct CSVFault: Error, Sendable, Equatable {
  /// What can be wrong.
  package enum Fact: Sendable, Equatable {
    /// Not a text.
    case notUTF8
    /// No header.
    case empty
    /// A quoted field without its end.
    case unfinishedQuote
    /// A column that the header names twice.
    case duplicateColumn(String)
    /// A line with more or fewer fields than the header.
    case wrongFieldCount(expected: Int, found: Int)
    /// A column that is needed.
    case missingColumn(String, suggestion: String?)
    /// A field that is not what its column holds.
    case wrongField(column: String, text: String, expected: String)
    /// A name that leads to nothing that can be used, in the words of the module that owns the names.
    case wrongName(FaultWords)
    /// An operator that is not timed alone.
    case wrongKernel(KernelMeasurementFault)
    /// A line, or several that a quoted field joins, of more bytes than are read.
    case lineTooLong(limit: Int)
    /// A file of more bytes than are read.
    case fileTooLong(limit: Int)
  }

  /// The file.
  package let file: String
  /// The line and column.
  package let position: JSONPosition
  /// What is wrong.
  package let fact: Fact
}

extension CSVFault: Fault {
  /// The file, the line and the column.
  package var place: String? { "\(onePathLine(file)):\(position.line):\(position.column)" }

  /// What is wrong and what is right.
  package var words: FaultWords { fact.words }
}

extension CSVFault.Fact {
  fileprivate var words: FaultWords {
    switch self {
    case .notUTF8: "the file is not UTF-8 text"
    case .empty: "the file is empty; its first line must name the columns"
    case .unfinishedQuote: "a quoted field does not end; close it with \""
    case .duplicateColumn(let name): "the column \(quoted(name)) is named twice"
    case .wrongFieldCount(let expected, let found): "the line has \(found) fields, the header \(expected)"
    case .missingColumn(let name, let suggestion?):
      "a column \"\(name)\" is needed; is \(quoted(suggestion)) meant to be it?"
    case .missingColumn(let name, nil): "a column \"\(name)\" is needed"
    case .wrongField(let column, let text, let expected): "\(column) must be \(expected) (it is \(quoted(text)))"
    case .wrongName(let words): words
    case .wrongKernel(let fault): fault.words
    case .lineTooLong(let limit):
      "the line, with those that its quoted fields join, has more than \(limit >> 20) MiB; is a quote left open?"
    case .fileTooLong(let limit): "the file has more than \(limit >> 20) MiB; split it"
    }
  }
}
