/// A table as the schema of an SQLite database describes it.
struct SQLiteTable {
  let name: String
  /// The page at which its tree begins.
  let root: Int
  /// Its columns in the order of its records.
  let columns: [String]
  /// The place of the column that is another name for the number of a row; -1 for none.
  let rowNumberColumn: Int
  /// Whether it has no row numbers, so that its rows stand in a tree of another kind.
  let isWithoutRowNumbers: Bool

  /// A table by the statement that made it.
  init(name: String, root: Int, sql: String) {
    self.name = name
    self.root = root
    var columns: [String] = []
    var rowNumberColumn = -1
    let (definitions, rest) = Self.definitions(sql)
    let constraints: Set<String> = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"]
    for words in definitions {
      guard let first = words.first else { continue }
      if !first.isQuoted, constraints.contains(first.text.uppercased()) {
        // PRIMARY KEY (id) over one column of type INTEGER is its row number too.
        let upper = words.map { $0.text.uppercased() }
        if upper.starts(with: ["PRIMARY", "KEY"]), words.count == 5,
          let place = columns.firstIndex(of: words[3].text), Self.isInteger(definitions[place])
        {
          rowNumberColumn = place
        }
        continue
      }
      let upper = words.dropFirst().map { $0.text.uppercased() }
      if Self.isInteger(words), zip(upper, upper.dropFirst()).contains(where: { $0 == ("PRIMARY", "KEY") }) {
        rowNumberColumn = columns.count
      }
      columns.append(first.text)
    }
    self.columns = columns
    self.rowNumberColumn = rowNumberColumn
    let ending = rest.map { $0.text.uppercased() }
    isWithoutRowNumbers = zip(ending, ending.dropFirst()).contains { $0 == ("WITHOUT", "ROWID") }
  }

  /// The places of columns; -1 for those that it lacks.
  func places(of names: [String]) -> [Int] {
    names.map { name in columns.firstIndex { $0.lowercased() == name.lowercased() } ?? -1 }
  }

  private static func isInteger(_ definition: [Word]) -> Bool {
    definition.count > 1 && definition[1].text.uppercased() == "INTEGER"
  }

  // MARK: The statement

  private struct Word {
    var text: String
    var isQuoted: Bool
  }

  /// The words of each definition between the outermost parentheses, and the words behind these.
  private static func definitions(_ sql: String) -> (definitions: [[Word]], rest: [Word]) {
    var definitions: [[Word]] = []
    var rest: [Word] = []
    var current: [Word] = []
    var depth = 0
    var hasEnded = false
    for word in words(sql) {
      if !word.isQuoted, word.text == "(" {
        depth += 1
        if depth == 1 { continue }
      } else if !word.isQuoted, word.text == ")" {
        depth -= 1
        if depth == 0 {
          definitions.append(current)
          current = []
          hasEnded = true
          continue
        }
      } else if !word.isQuoted, word.text == ",", depth == 1 {
        definitions.append(current)
        current = []
        continue
      }
      if hasEnded { rest.append(word) } else if depth > 0 { current.append(word) }
    }
    return (definitions, rest)
  }

  private static func words(_ sql: String) -> [Word] {
    var words: [Word] = []
    let bytes = Array(sql.utf8)
    var index = 0
    func word(_ range: Range<Int>, isQuoted: Bool) {
      words.append(Word(text: String(decoding: bytes[range], as: UTF8.self), isQuoted: isQuoted))
    }
    while index < bytes.count {
      let start = index
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
      case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","): word(start..<index, isQuoted: false)
      case UInt8(ascii: "-") where index < bytes.count && bytes[index] == UInt8(ascii: "-"):
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      case UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "["):
        let end = byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : byte
        while index < bytes.count, bytes[index] != end { index += 1 }
        word(start + 1..<index, isQuoted: true)
        index += 1
      default:
        while index < bytes.count, !Self.ends(bytes[index]) { index += 1 }
        word(start..<index, isQuoted: false)
      }
    }
    return words
  }

  /// Whether a byte ends a word without quotes.
  private static func ends(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "["):
      true
    default: false
    }
  }
}
