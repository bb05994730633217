import JSONText

extension TraceFormat {
  /// Recordings of `torch.profiler` in Chrome's format.
  ///
  /// It takes whatever begins as no other format does, and says what is wrong with it.
  static let profiler = TraceFormat(
    recognizes: { _ in true }, read: { input throws(TraceFault) in try ProfilerReader.read(input) })
}

/// Reads recordings of `torch.profiler` as they stream by.
///
/// Memory grows with the events that are kept, not with the file: of the text, one event and what is read ahead are in
/// memory at a time. What the reader has no use for (Python functions, flows, counters) is checked to be JSON and dropped.
struct ProfilerReader: ~Copyable {
  var window: TextWindow
  var builder: TraceBuilder
  private let file: String
  /// The bytes that may be kept before it is looked up again how much of a compressed file was read.
  private var allowance: Int
  private let freeBytes: Int
  /// Whether the events have begun, and not ended.
  private var isInEvents = false
  /// How many events are still expected to need mending.
  private var mendingLeft = 0
  /// Who reads events ahead, where there are cores for it.
  private let pieces: EventPieces
  /// How often pieces were read in vain, since events look as if they ended within others, or are no JSON.
  private var vainReadings = 0

  /// Reads a recording; if it breaks off, up to the break.
  ///
  /// A file in which more lies before the step than is kept is read twice.
  static func read(_ input: TraceInput) throws(TraceFault) -> Trace {
    var reader = try ProfilerReader(input, builder: TraceBuilder(step: input.step))
    let excess: TraceFault
    do throws(TraceFault) { return try reader.read() } catch {
      guard case .tooMuch = error, input.step != nil, reader.builder.stepRange == nil, input.source.isRegularFile
      else { throw error }
      excess = error
    }
    // The step lies behind more than is kept: it is looked for, and what lies before it is not kept then.
    let range = try range(ofStep: input.step ?? 0, try input.again())
    var second = try ProfilerReader(try input.again(), builder: TraceBuilder(step: input.step, range: range))
    do throws(TraceFault) { return try second.read() } catch {
      if case .tooMuch = error { throw excess }
      throw error
    }
  }

  /// When a step is, of a recording of which nothing is kept.
  static func range(ofStep step: Int64, _ input: TraceInput) throws(TraceFault) -> ClosedRange<Int64> {
    var search = try ProfilerReader(input, builder: TraceBuilder(step: step, looksForStepOnly: true))
    let rest = try search.read()
    guard let range = search.builder.stepRange else { throw .noStep(file: rest.file, step: step, known: []) }
    return range
  }

  private init(_ input: TraceInput, builder: TraceBuilder) throws(TraceFault) {
    file = input.source.name
    window = try TextWindow(input.source, capacity: input.windowSize)
    self.builder = builder
    freeBytes = input.freeBytes
    allowance = input.freeBytes
    pieces = EventPieces(helpers: input.helpers)
  }

  private mutating func read() throws(TraceFault) -> Trace {
    var isRecording = false
    do throws(TraceFault) {
      try readDocument(&isRecording)
    } catch {
      if window.isDamaged, !isRecording { throw window.damage }
      guard isRecording, case .text = error else { throw error }
      if let truncation = truncation(error) {
        builder.trace.truncation = truncation
      } else if isInEvents, case .text(let fault, let offset) = error {
        // Nothing behind it could be made out as an event.
        builder.trace.truncation = Truncation(line: fault.position.line, byteOffset: offset)
      } else {
        // The events are there; what is wrong with the rest of the text does not concern them.
        builder.noteMalformed(line: window.line)
      }
    }
    builder.trace.isDamaged = window.isDamaged
    builder.trace.unreadFiles = window.otherFiles
    builder.trace.hasTrailingBytes = window.hasTrailingBytes
    guard isRecording else { throw .notARecording(file: file) }
    return try builder.finish(file: file)
  }

  private mutating func readDocument(_ isRecording: inout Bool) throws(TraceFault) {
    switch try nextToken() {
    case .beginArray:
      // Chrome's own format may be the bare list of events.
      isRecording = true
      try readEvents()
    case .beginObject:
      do throws(TraceFault) { try readRoot(&isRecording) } catch {
        // What stands before the events may be as broken as it likes.
        guard !isRecording, case .text = error, try seekEvents() else { throw error }
        builder.noteMalformed(line: window.line)
        try readEventsOfRoot(&isRecording)
        try readRoot(&isRecording)
      }
    default: throw .notARecording(file: file)
    }
    _ = try nextToken()
  }

  private mutating func readRoot(_ isRecording: inout Bool) throws(TraceFault) {
    while true {
      let key = try window.reading { parser throws(JSONFault) -> String? in
        guard case .key(let range) = try parser.next() else { return nil }
        return parser.text(of: range)
      }
      switch key {
      case nil: return
      case "traceEvents": try readEventsOfRoot(&isRecording)
      case "deviceProperties": try readDevicesOfRoot()
      case "distributedInfo": try readRank()
      default: try skipValue()
      }
    }
  }

  private mutating func readEventsOfRoot(_ isRecording: inout Bool) throws(TraceFault) {
    let token = try nextToken()
    guard token == .beginArray else {
      let fact = JSONFact.wrongType(expected: [.array], found: token.kind)
      throw window.fault(fact, atByte: window.parser.tokenOffset, path: "/traceEvents")
    }
    isRecording = true
    builder.removeEvents()
    try readEvents()
  }

  private mutating func readDevicesOfRoot() throws(TraceFault) {
    do throws(TraceFault) { builder.trace.devices = try readDevices() } catch {
      guard case .text = error, let repaired = try readBrokenValue() else { throw error }
      builder.noteMalformed(line: window.line)
      var parser = JSONPullParser(repaired, file: file)
      builder.trace.devices = (try? RecordedDevice.list(&parser)) ?? []
    }
  }

  private mutating func nextToken() throws(TraceFault) -> JSONToken {
    try window.reading { parser throws(JSONFault) in try parser.next() }
  }

  /// Passes over a value token by token, so that not all of it has to be in memory.
  private mutating func skipValue() throws(TraceFault) {
    let outside = window.parser.depth
    repeat { _ = try nextToken() } while window.parser.depth > outside
  }

  private mutating func readEvents() throws(TraceFault) {
    isInEvents = true
    let depth = window.parser.depth
    var isAtEnd = false
    while !isAtEnd {
      if mendingLeft > 0 {
        mendingLeft -= 1
        // Where one event is no JSON, its neighbors often are none, and to find that out each time takes long.
        if let more = try readBroken(depth: depth) {
          isAtEnd = !more
        } else {
          mendingLeft = 0
          continue
        }
      } else {
        do throws(TraceFault) { isAtEnd = try !readEvent() } catch {
          guard case .text = error, truncation(error) == nil else { throw error }
          guard let more = try readBroken(depth: depth) else { throw error }
          isAtEnd = !more
        }
      }
      if !isAtEnd { builder.trace.eventCount += 1 }
      try checkMemory()
      if !isAtEnd, mendingLeft == 0 { try readUsualEvents(depth: depth) }
    }
    isInEvents = false
  }

  /// Reads the events that follow on one as long as they are as nearly all are: JSON, and in memory as wholes.
  private mutating func readUsualEvents(depth: Int) throws(TraceFault) {
    let parser = window.parser
    if vainReadings < Self.mostVainReadings, pieces.isWorthwhile(parser.bytes.count - parser.offset) {
      let wasWorthIt = try pieces.read(parser.bytes, from: parser.offset, depth: depth) {
        (event, end) throws(TraceFault) in
        try add(event, endingAt: end, of: parser, depth: depth)
      }
      if !wasWorthIt { vainReadings += 1 }
      return
    }
    var scanner = JSONScanner(parser.bytes, from: parser.offset, depthLimit: parser.depthLimit)
    while true {
      var event = RawEvent()
      guard event.scanNext(&scanner, depth: depth) else { return }
      try add(event, endingAt: scanner.offset, of: parser, depth: depth)
    }
  }

  /// So often a window's pieces may be read in vain; from then on, one core reads, so that no file takes many times as long.
  private static let mostVainReadings = 8

  /// Adds an event of the text in memory, and goes on behind it.
  private mutating func add(
    _ event: RawEvent, endingAt end: Int, of parser: JSONPullParser, depth: Int
  ) throws(TraceFault) {
    builder.add(event, parser)
    builder.trace.eventCount += 1
    window.parser.resume(at: end, depth: depth)
    try checkMemory()
  }

  /// Reads an event.
  ///
  /// - Returns: Whether there was one; false at the end of the events.
  private mutating func readEvent() throws(TraceFault) -> Bool {
    let (token, event) = try window.reading { parser throws(JSONFault) -> (JSONToken, RawEvent?) in
      let token = try parser.next()
      return (token, token == .beginObject ? try RawEvent.read(&parser) : nil)
    }
    if let event {
      builder.add(event, window.parser)
    } else {
      if token == .endArray { return false }
      // Whatever is no event does not make the others worse.
      builder.noteMalformed(line: window.line)
      try skipRest(of: token)
    }
    return true
  }

  /// Passes over the rest of an array that stands where an event should.
  private mutating func skipRest(of token: JSONToken) throws(TraceFault) {
    guard token == .beginArray else { return }
    let inside = window.parser.depth
    while window.parser.depth >= inside { _ = try nextToken() }
  }

  /// Reads what stands where an event should and may not be JSON.
  ///
  /// - Returns: Whether more events may follow; nil where the text breaks off within it.
  private mutating func readBroken(depth: Int) throws(TraceFault) -> Bool? {
    let line = builder.trace.firstMalformedLine ?? window.line
    switch try readBrokenElement(depth: depth) {
    case .end: return try nextToken() != .endArray
    case .brokenOff: return nil
    case .dropped: builder.noteMalformed(line: line)
    case .repaired(let text, let isChanged):
      var parser = JSONPullParser(text, file: file)
      if let token = try? parser.next(), token == .beginObject, let raw = try? RawEvent.read(&parser) {
        if isChanged { builder.noteRepaired(line: line) }
        builder.add(raw, parser)
      } else {
        builder.noteMalformed(line: line)
      }
      guard isChanged else { return true }
    }
    mendingLeft = Self.mendedTogether
    return true
  }

  /// How many events behind one that is no JSON are expected to be none either.
  private static let mendedTogether = 256

  /// Refuses a recording of which more would be kept than there is memory for, as soon as it shows.
  private mutating func checkMemory() throws(TraceFault) {
    if let what = builder.excessiveLanes { throw .tooMany(what: what, file: file, limit: TraceLimits.lanes) }
    if let excess = builder.excess { throw tooMuch(excess) }
    let kept = builder.keptBytes
    guard kept > allowance, let compressed = window.compressedBytes else { return }
    allowance = freeBytes + TraceLimits.keptBytesPerFileByte * compressed
    if kept > allowance { throw tooMuch(.compressed(fileBytes: compressed)) }
  }

  private func tooMuch(_ excess: TraceExcess) -> TraceFault {
    .tooMuch(
      excess, file: file, line: window.line, byteOffset: window.byteOffset,
      step: builder.stepRange == nil ? nil : builder.step)
  }

  /// Where the text breaks off, if that is what a fault says.
  private func truncation(_ fault: TraceFault) -> Truncation? {
    guard case .text(let text, let offset) = fault, window.hasEnded else { return nil }
    let end = window.endOffset
    switch text.fact {
    case .unexpectedEnd: break
    // The last character was cut in two: nothing but its beginning is there.
    case .invalidUTF8 where offset + 4 > end && window.endsWithinText(from: offset),
      .loneSurrogate where offset + 12 > end && window.endsWithinText(from: offset):
      break
    default: return nil
    }
    return Truncation(line: text.position.line, byteOffset: end)
  }
}

extension JSONToken {
  /// The kind of value that a token begins.
  var kind: JSONKind {
    switch self {
    case .beginObject, .endObject, .key: .object
    case .beginArray, .endArray: .array
    case .string: .string
    case .number: .number
    case .boolean: .boolean
    case .null, .end: .null
    }
  }
}
