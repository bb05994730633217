/// A place in a text, as an editor shows it.
public struct JSONPosition: Sendable, Equatable, CustomStringConvertible {
  /// The line, counted from 1; a line ends with a line feed.
  public var line: Int

  /// The column, counted from 1 in Unicode scalars; a byte order mark has no column.
  public var column: Int

  /// Names a place by its line and column, both counted from 1.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The place as `line:column`, as compilers print it.
  public var description: String { "\(line):\(column)" }

  /// Finds the place of a byte by scanning what stands before it.
  ///
  /// Nothing remembers lines while a text is read: a position is asked for once, when something is wrong.
  ///
  /// - Complexity: O(`offset`).
  init(ofByte offset: Int, in bytes: UnsafeRawBufferPointer) {
    let end = min(max(offset, 0), bytes.count)
    var line = 1
    var lineStart = byteOrderMarkLength(bytes)
    for index in lineStart..<max(end, lineStart) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    var column = 1
    for index in lineStart..<max(end, lineStart) where bytes[index] & 0b1100_0000 != 0b1000_0000 {
      column += 1
    }
    self.init(line: line, column: column)
  }
}

/// The number of bytes that a UTF-8 byte order mark takes at the start of a text: 3 or 0.
func byteOrderMarkLength(_ bytes: UnsafeRawBufferPointer) -> Int {
  bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
}
