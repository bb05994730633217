import JSONText

/// A parser over a part of the text that moves on: memory for one event and what is read ahead, however long the text.
struct TextWindow: ~Copyable {
  /// Reads the part of the text that is in memory.
  var parser: JSONPullParser

  private let source: ByteSource
  private var memory: UnsafeMutableRawBufferPointer
  private var count = 0
  private(set) var hasEnded = false

  /// What stood before the part in memory.
  private(set) var droppedBytes = 0
  private var droppedLines = 0
  private var droppedColumns = 0

  /// How much is read ahead at least.
  private let margin: Int

  init(_ source: ByteSource, capacity: Int = 1 << 20) throws(TraceFault) {
    self.source = source
    margin = min(capacity / 2, 1 << 16)
    memory = .allocate(byteCount: max(capacity, 64), alignment: 8)
    parser = JSONPullParser(unsafe: UnsafeRawBufferPointer(rebasing: memory[..<0]), file: source.name)
    try fill()
    parser = JSONPullParser(unsafe: UnsafeRawBufferPointer(rebasing: memory[..<count]), file: source.name)
  }

  deinit { memory.deallocate() }

  /// How many bytes there is memory for.
  var capacity: Int { memory.count }

  /// The end of what is in memory, counted from the beginning of the text.
  var endOffset: Int { droppedBytes + count }

  /// Whether gzipped data came to its end too early.
  var isDamaged: Bool { source.isDamaged }

  /// Whether something else follows gzipped data.
  var hasTrailingBytes: Bool { source.hasTrailingBytes }

  /// What is said of damaged data of which nothing can be read.
  var damage: TraceFault { source.damage }

  /// The other files of an archive.
  var otherFiles: [String] { source.otherFiles }

  /// How many bytes of a gzipped file were read so far; nil for one that is not compressed.
  var compressedBytes: Int? { source.compressedBytes }

  /// A file that can be read a second time.
  var isRegularFile: Bool { source.isRegularFile }

  /// The line at which the parser stands, found by counting; meant for faults.
  var line: Int {
    droppedLines + 1 + memory[..<parser.offset].count { $0 == UInt8(ascii: "\n") }
  }

  /// The byte at which the parser stands.
  var byteOffset: Int { droppedBytes + parser.offset }

  /// Whether no text ends between a byte of the whole and its end.
  func endsWithinText(from offset: Int) -> Bool {
    memory[max(0, offset - droppedBytes)..<count].allSatisfy { $0 != UInt8(ascii: "\"") }
  }

  /// Does something with the parser, again with more of the text in memory if it ran into the end of the part.
  ///
  /// - Parameter body: Reads from the parser; what it returned or changed before it failed is given up. It reads nothing
  ///   behind the end of the object or array that is open when it begins.
  /// - Returns: What the body returns.
  /// - Throws: What is not JSON.
  mutating func reading<Result>(
    _ body: (inout JSONPullParser) throws(JSONFault) -> Result
  ) throws(TraceFault) -> Result {
    // Most events fit into what is read ahead, so that running into the end of the part is rare.
    if count - parser.offset < margin, !hasEnded { try readOn(from: parser.offset) }
    while true {
      // Blanks between tokens are passed over for good, however many they are.
      parser.skipBlanks()
      let mark = parser.mark
      do throws(JSONFault) {
        let result = try body(&parser)
        // A number or the text as a whole may go on behind the part; a bracket that closes may not, and is not undone.
        if parser.offset < count || hasEnded || parser.depth < mark.depth { return result }
      } catch {
        let offset = parser.byteOffset(of: error.position)
        if hasEnded || offset + JSONPullParser.uncertainLength < count {
          // Back before what is no JSON, so that somebody else may read it.
          parser.reset(to: mark)
          throw absolute(error, byteOffset: offset)
        }
      }
      parser.reset(to: mark)
      try readOn(from: mark.offset)
    }
  }

  /// What a look at the text has come to.
  enum Look<Result> {
    /// Nothing yet: the text in memory ends too early.
    case needsMore
    /// A result.
    case found(Result)
  }

  /// Lets somebody look at the text from the parser's place on, again with more of it in memory if there is too little.
  ///
  /// - Parameter body: Is given the text, and whether it is all that there is, when it must find something. It may move the
  ///   parser on; places in the text count from the parser's.
  /// - Returns: The result; nil where the text has ended and none was found.
  /// - Throws: ``TraceFault/tooLong(file:line:byteOffset:limit:)``.
  mutating func looking<Result>(
    _ body: (_ text: UnsafeRawBufferPointer, _ isAll: Bool) -> Look<Result>
  ) throws(TraceFault) -> Result? {
    while true {
      let place = parser.offset
      let look = body(UnsafeRawBufferPointer(rebasing: memory[place..<count]), hasEnded)
      if case .found(let result) = look { return result }
      if hasEnded { return nil }
      try readOn(from: place)
    }
  }

  /// A fault about a place in the part, as one about the text.
  func absolute(_ fault: JSONFault, byteOffset: Int) -> TraceFault {
    var fault = fault
    if fault.position.line == 1 { fault.position.column += droppedColumns }
    fault.position.line += droppedLines
    return .text(fault, byteOffset: droppedBytes + byteOffset)
  }

  /// A fault about a value at a byte of the part.
  func fault(_ fact: JSONFact, atByte offset: Int, path: String) -> TraceFault {
    absolute(parser.fault(fact, atByte: offset, path: path), byteOffset: offset)
  }

  /// Drops what is read and appends more of the text.
  private mutating func readOn(from offset: Int) throws(TraceFault) {
    countLines(before: offset)
    droppedBytes += offset
    if offset > 0 {
      memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[offset..<count]))
      count -= offset
    } else if count == memory.count {
      try grow()
    }
    try fill()
    parser.move(to: UnsafeRawBufferPointer(rebasing: memory[..<count]), dropping: offset)
  }

  private mutating func grow() throws(TraceFault) {
    guard memory.count < TraceLimits.eventBytes else {
      throw .tooLong(
        file: source.name, line: droppedLines + 1, byteOffset: droppedBytes + parser.offset,
        limit: TraceLimits.eventBytes)
    }
    let wider = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.count * 2, alignment: 8)
    wider.copyMemory(from: UnsafeRawBufferPointer(memory))
    memory.deallocate()
    memory = wider
  }

  private mutating func fill() throws(TraceFault) {
    while count < memory.count, !hasEnded {
      let received = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
      count += received
      if received == 0 { hasEnded = true }
    }
  }

  private mutating func countLines(before offset: Int) {
    let text = UnsafeRawBufferPointer(rebasing: memory[..<offset])
    let lineEnds = text.count(of: UInt8(ascii: "\n"))
    droppedLines += lineEnds
    var lineStart = 0
    if lineEnds > 0 {
      droppedColumns = 0
      lineStart = offset
      while text[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
    }
    for byte in text[lineStart...] where byte & 0b1100_0000 != 0b1000_0000 { droppedColumns += 1 }
  }
}

extension UnsafeRawBufferPointer {
  /// How often a byte occurs, sixteen at a time: a place counts up to 255 of them before they are added up.
  fileprivate func count(of byte: UInt8) -> Int {
    let wanted = SIMD16<UInt8>(repeating: byte)
    var (total, index) = (0, 0)
    while index &+ 16 <= count {
      var counts = SIMD16<UInt8>(repeating: 0)
      let end = Swift.min(count, index &+ 255 * 16)
      while index &+ 16 <= end {
        let part = loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
        // A place that holds the byte has all bits set, which is one less than zero.
        counts = counts &- unsafeBitCast(part .== wanted, to: SIMD16<UInt8>.self)
        index &+= 16
      }
      for lane in 0..<16 { total += Int(counts[lane]) }
    }
    while index < count {
      if self[index] == byte { total += 1 }
      index &+= 1
    }
    return total
  }
}
