/// Reading a text that is longer than the memory for it: the parser moves over it, part by part.
///
///     let mark = parser.mark
///     // next() throws near the end of the part, since it sees half of a token
///     parser.reset(to: mark)
///     parser.move(to: longer, dropping: mark.offset)  // the bytes from the mark on, and those that follow them
///     token = try parser.next()
///
/// A part may end anywhere: a fault within its last ``uncertainLength`` bytes says only that more are needed, and a number
/// that ends with the part may go on in the next.
extension JSONPullParser {
  /// A place between two tokens to come back to, cheaper than a copy of the parser.
  package struct Mark: Sendable {
    /// The offset in the parser's bytes.
    package let offset: Int
    /// How many objects and arrays are open.
    package let depth: Int
    let expecting: Expecting
  }

  /// The place before the next token.
  package var mark: Mark { Mark(offset: offset, depth: depth, expecting: expecting) }

  /// How close to the end of a part a fault may be due to the end: two escapes make a surrogate pair.
  package static let uncertainLength = 16

  /// The byte at which a fault of this parser stands.
  ///
  /// - Complexity: O(bytes before it); meant for faults.
  package func byteOffset(of position: JSONPosition) -> Int {
    var (line, index) = (1, byteOrderMarkLength(bytes))
    while line < position.line, index < bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { line += 1 }
      index += 1
    }
    var column = 1
    while index < bytes.count {
      if bytes[index] & 0b1100_0000 != 0b1000_0000 {
        if column == position.column { break }
        column += 1
      }
      index += 1
    }
    return index
  }

  /// Goes back to a place, also after a fault.
  ///
  /// - Parameter mark: A place since which no object or array has ended that was open there.
  package mutating func reset(to mark: Mark) {
    offset = mark.offset
    tokenOffset = mark.offset
    expecting = mark.expecting
    open.removeLast(open.count - mark.depth)
  }

  /// Goes on behind a value that somebody else has read.
  ///
  /// - Parameters:
  ///   - offset: The byte behind the value.
  ///   - depth: How many of the objects and arrays that are open remain so; the value is within the last of them.
  package mutating func resume(at offset: Int, depth: Int) {
    open.removeLast(open.count - depth)
    self.offset = offset
    tokenOffset = offset
    expecting = .separator
  }

  /// Goes on with the value of an object's key that somebody else has found.
  ///
  /// - Parameters:
  ///   - offset: The byte behind the colon.
  ///   - depth: How many of the objects and arrays that are open remain so.
  package mutating func resumeBeforeValue(at offset: Int, depth: Int) {
    resume(at: offset, depth: depth)
    expecting = .value
  }

  /// Goes on in other memory, in which the text begins later and may end later.
  ///
  /// - Parameters:
  ///   - bytes: The text from the byte `count` of the present memory on.
  ///   - count: How many bytes are dropped; none that are not read yet.
  /// - Complexity: O(depth).
  package mutating func move(to bytes: UnsafeRawBufferPointer, dropping count: Int) {
    precondition(count <= offset, "bytes that are not read yet cannot be dropped")
    self.bytes = bytes
    offset -= count
    tokenOffset -= count
    for index in open.indices {
      open[index] = OpenContainer(offset: open[index].offset - count, isObject: open[index].isObject)
    }
  }
}
