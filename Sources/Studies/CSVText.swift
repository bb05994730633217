import JSONText

/// A table read from comma-separated values (RFC 4180), each field with its place in the file.
public struct CSVText: Sendable {
  /// A field: its text without quotes, and where it stands.
  public struct Field: Sendable, Equatable {
    /// The text.
    public let text: String
    /// The field's first character.
    public let position: JSONPosition
  }

  /// The name of the file, for faults.
  public let file: String
  /// The fields of the first line.
  public let header: [Field]
  /// The fields of the other lines; each has as many as the header.
  public let rows: [[Field]]

  /// Reads a file's bytes.
  ///
  /// - Throws: ``CSVFault`` for invalid UTF-8, an unfinished quote, a line of another length, a name given twice, or a
  ///   file without a header.
  public init(bytes: [UInt8], file: String) throws(CSVFault) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CSVFault(file: file, position: JSONPosition(line: 1, column: 1), fact: .notUTF8)
    }
    var lines = try Self.lines(of: text, file: file)
    guard let header = lines.first else {
      throw CSVFault(file: file, position: JSONPosition(line: 1, column: 1), fact: .empty)
    }
    lines.removeFirst()
    for (index, field) in header.enumerated() where header[..<index].contains(where: { $0.text == field.text }) {
      throw CSVFault(file: file, position: field.position, fact: .duplicateColumn(field.text))
    }
    for line in lines where line.count != header.count {
      throw CSVFault(
        file: file, position: line[0].position, fact: .wrongFieldCount(expected: header.count, found: line.count))
    }
    self.file = file
    self.header = header
    rows = lines
  }

  /// A field as it is written: quoted, as RFC 4180 has it, where it holds a comma, a quote or a line feed.
  ///
  /// Its text is as it is, also where a spreadsheet would take it for a formula; but what a terminal would obey instead of
  /// showing is escaped, as in tables.
  public static func field(_ text: String) -> String {
    let text = visibleLines(String(text.map { $0 == "\r\n" ? "\n" : $0 }))
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") })
    else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The place of a column, or nil where there is none of this name.
  public func column(_ name: String) -> Int? {
    header.firstIndex { $0.text == name }
  }

  /// A fault about a name in a row, at its place.
  ///
  /// - Parameters:
  ///   - column: The column that holds the name; the row's first where there is none.
  ///   - row: The row, from 0.
  ///   - text: What is wrong, as the module says that owns the names; "error: " in front is dropped.
  /// - Returns: The fault.
  public func nameFault(_ column: String, row: Int, _ text: String) -> CSVFault {
    let prefix = "error: "
    let words = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    return CSVFault(
      file: file, position: rows[row][self.column(column) ?? 0].position,
      fact: .unknownName(CSVFault.NameFaultText(text: words)))
  }

  private static func lines(of text: String, file: String) throws(CSVFault) -> [[Field]] {
    var lines: [[Field]] = []
    var fields: [Field] = []
    var field = ""
    var position = JSONPosition(line: 1, column: 1)
    var start = position
    var isQuoted = false
    var wasQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
    func isBlank(_ fields: [Field]) -> Bool { fields.isEmpty && field.isEmpty && !wasQuoted }
    while let scalar = scalars.popFirst() {
      defer {
        position =
          scalar == "\n"
          ? JSONPosition(line: position.line + 1, column: 1)
          : JSONPosition(line: position.line, column: position.column + 1)
      }
      if isQuoted {
        if scalar != "\"" {
          field.unicodeScalars.append(scalar)
        } else if scalars.first == "\"" {
          field.unicodeScalars.append(scalar)
          _ = scalars.popFirst()
          position = JSONPosition(line: position.line, column: position.column + 1)
        } else {
          isQuoted = false
        }
        continue
      }
      switch scalar {
      case "\"" where field.isEmpty && !wasQuoted:
        isQuoted = true
        wasQuoted = true
      case ",", "\n":
        if scalar == "\n", isBlank(fields) {
          start = JSONPosition(line: position.line + 1, column: 1)
          continue
        }
        fields.append(Field(text: field, position: start))
        field = ""
        wasQuoted = false
        start = JSONPosition(line: position.line, column: position.column + 1)
        if scalar == "\n" {
          lines.append(fields)
          fields = []
          start = JSONPosition(line: position.line + 1, column: 1)
        }
      case "\r" where scalars.first == "\n": break
      default: field.unicodeScalars.append(scalar)
      }
    }
    guard !isQuoted else { throw CSVFault(file: file, position: start, fact: .unfinishedQuote) }
    if !isBlank(fields) {
      fields.append(Field(text: field, position: start))
      lines.append(fields)
    }
    return lines
  }
}

/// What is wrong with a CSV file, and where.
public struct CSVFault: Error, Sendable, Equatable {
  /// What can be wrong.
  public enum Fact: Sendable, Equatable {
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
    /// A name that denotes nothing.
    case unknownName(NameFaultText)
  }

  /// A fault's text that was made by the module that owns the names.
  public struct NameFaultText: Sendable, Equatable {
    /// One line, without "error: ".
    public let text: String
  }

  /// The file.
  public let file: String
  /// The place.
  public let position: JSONPosition
  /// What is wrong.
  public let fact: Fact
}

extension CSVFault: CustomStringConvertible {
  /// One line: file, line, column, what is wrong and what is right.
  public var description: String {
    "\(onePathLine(file)):\(position.line):\(position.column): error: \(fact.words)"
  }
}

extension CSVFault.Fact {
  var words: String {
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
    case .unknownName(let fault): visible(fault.text)
    }
  }
}
