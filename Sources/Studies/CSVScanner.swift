import JSONText

/// Finds where the fields of comma-separated values begin and end (RFC 4180).
struct CSVScanner {
  /// What is wrong, and where.
  struct Problem: Error {
    let position: JSONPosition
    let fact: CSVFault.Fact
  }

  /// Where each field begins, line by line.
  private(set) var starts: [UInt32] = []
  /// Where the last field of each line ends.
  private(set) var ends: [UInt32] = []
  /// The number in the file of each line.
  private(set) var numbers: [UInt32] = []
  /// How many fields the first line has.
  private(set) var columnCount = 0
  /// The first line that has another number of fields than the first, with how many.
  private(set) var oddLine: (line: Int, count: Int)?

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")

  /// Goes through the text.
  mutating func scan() throws(Problem) {
    var offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 1
    var fields: [UInt32] = []
    while offset < bytes.count {
      fields.removeAll(keepingCapacity: true)
      let end = try endOfLine(from: offset, line: line, fields: &fields)
      // A line feed may have a carriage return before it, which is none of a field's.
      let isEnded = end < bytes.count
      let last = isEnded && end > offset && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
      if last > offset { add(fields, end: last, line: line) }
      line += 1 + joinedLines
      offset = end + 1
    }
  }

  /// Of the line that was last looked at: how many line feeds its quoted fields hold.
  private var joinedLines = 0

  /// The offset of the line feed that ends a line, or the end of the text.
  private mutating func endOfLine(from start: Int, line: Int, fields: inout [UInt32]) throws(Problem) -> Int {
    var (isQuoted, wasQuoted) = (false, false)
    var fieldStart = start
    fields.append(UInt32(start))
    joinedLines = 0
    var index = start
    // Whether the field has had a character, after which a quote is one like others.
    var hasText = false
    while index < bytes.count {
      guard index - start <= CSVText.lineLimit else {
        throw Problem(
          position: JSONPosition(line: line, column: 1), fact: .lineTooLong(limit: CSVText.lineLimit))
      }
      let byte = bytes[index]
      if isQuoted {
        if byte == Self.quote {
          if index + 1 < bytes.count, bytes[index + 1] == Self.quote {
            hasText = true
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          hasText = true
          if byte == Self.lineFeed { joinedLines += 1 }
        }
      } else if byte == Self.quote, !hasText, !wasQuoted {
        (isQuoted, wasQuoted) = (true, true)
      } else if byte == UInt8(ascii: ",") {
        fields.append(UInt32(index + 1))
        fieldStart = index + 1
        (wasQuoted, hasText) = (false, false)
      } else if byte == Self.lineFeed {
        break
      } else {
        hasText = true
      }
      index += 1
    }
    guard !isQuoted else {
      let place = csvPosition(of: fieldStart, from: start, at: JSONPosition(line: line, column: 1), in: bytes)
      throw Problem(position: place, fact: .unfinishedQuote)
    }
    return index
  }

  private mutating func add(_ fields: [UInt32], end: Int, line: Int) {
    if columnCount == 0 { columnCount = fields.count }
    guard fields.count == columnCount else {
      if oddLine == nil { oddLine = (line, fields.count) }
      return
    }
    starts += fields
    ends.append(UInt32(end))
    numbers.append(UInt32(line))
  }
}

/// The place of a byte in a line of which quoted fields may hold line feeds, counted from a byte whose place is known.
func csvPosition(of offset: Int, from start: Int, at place: JSONPosition, in bytes: [UInt8]) -> JSONPosition {
  var position = place
  for index in start..<offset {
    if bytes[index] == UInt8(ascii: "\n") {
      position = JSONPosition(line: position.line + 1, column: 1)
    } else if bytes[index] & 0b1100_0000 != 0b1000_0000 {
      position.column += 1
    }
  }
  return position
}
