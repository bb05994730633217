import JSONText

/// What sort of event it is, as far as a replay has a use for it.
enum EventCategory {
  case frameworkOperator
  case call
  case kernel
  case copy
  case set
  case annotation
  /// A function of Python, of which modules alone are kept.
  case pythonFunction
  case wait
  case other
}

/// Where something stands in the text: half of what a range takes, for an event has two dozen of them.
struct TextRange {
  private let start: UInt32
  private let end: UInt32

  /// Nowhere: what stands at the first byte is an event, and no part of one.
  static let missing = TextRange(0, 0)

  init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  var isMissing: Bool { start == 0 }

  /// The bytes.
  var range: Range<Int> { Int(start)..<Int(end) }

  /// The range, if it is one.
  var found: Range<Int>? { isMissing ? nil : range }

  /// The range of a number, if it is one.
  var number: JSONNumberRange? { isMissing ? nil : JSONNumberRange(start: Int(start), end: Int(end)) }
}

/// The fields of an event that a replay may need, as ranges of the text: nothing is converted before it is wanted.
struct RawEvent {
  /// What the event says of a time: all of it, its begin, its end, or something else.
  enum Phase {
    case complete
    case begin
    case end
    case other
  }

  var phase = Phase.other
  var category = EventCategory.other
  var hasCategory = false
  var nameHasEscapes = false
  /// Where it stands itself, its braces included.
  var extent = TextRange.missing
  var name = TextRange.missing
  /// The numbers or texts by which the process and thread are told.
  var process = TextRange.missing
  var thread = TextRange.missing
  var start = Value()
  var duration = Value()
  var correlation = TextRange.missing
  var external = TextRange.missing
  var bytes = TextRange.missing
  /// What an operator and its backward one have in common.
  var autogradNumber = TextRange.missing
  var shapes = TextRange.missing
  var types = TextRange.missing
  var values = TextRange.missing
  var stream = TextRange.missing
  var device = TextRange.missing
  var waitsForStream = TextRange.missing
  var recordCorrelation = TextRange.missing
  var collective = Collective()

  /// What a collective was given.
  struct Collective {
    var name = TextRange.missing
    var group = TextRange.missing
    var elementType = TextRange.missing
    var elements = TextRange.missing
    var elementsReceived = TextRange.missing
    var ranks = TextRange.missing
    var sequence = TextRange.missing

    /// Whether the event is one of a collective.
    var isRecorded: Bool { !name.isMissing || !elements.isMissing }
  }

  /// A value that should be a number.
  struct Value {
    var isGiven = false
    /// Where the number stands; missing for one that is not given, or is something else.
    var number = TextRange.missing
  }

  /// Where its name stands; nil without one.
  var nameRange: JSONStringRange? {
    name.found.map { JSONStringRange(start: $0.lowerBound, end: $0.upperBound, hasEscapes: nameHasEscapes) }
  }

  /// Whether nothing that follows can make the event one that is kept.
  private var isOfNoUse: Bool { hasCategory && (category == .other || category == .pythonFunction) }
}

// MARK: Reading

extension RawEvent {
  /// Reads an event behind its opening brace, whatever its keys and their order; of a key that stands twice, the last.
  ///
  /// - Throws: What is not JSON.
  static func read(_ parser: inout JSONPullParser) throws(JSONFault) -> RawEvent {
    let depth = parser.depth - 1
    var scanner = JSONScanner(parser.bytes, from: parser.tokenOffset, depthLimit: parser.depthLimit)
    var event = RawEvent()
    if event.scan(&scanner, depth: depth) {
      parser.resume(at: scanner.offset, depth: depth)
    } else {
      try parser.skipRest()
    }
    return event
  }

  /// Reads an event from its opening brace.
  ///
  /// - Parameters:
  ///   - scanner: The text.
  ///   - depth: How many objects and arrays the event stands in.
  /// - Returns: Whether it is one that is JSON.
  mutating func scan(_ scanner: inout JSONScanner, depth: Int) -> Bool {
    let first = scanner.offset
    guard scanner.members(depth: depth, { scanner, key in scanMember(key, &scanner, depth + 1) }) else { return false }
    extent = TextRange(first, scanner.offset)
    return true
  }

  /// Reads an event that follows on another one, with the comma between them.
  ///
  /// - Returns: Whether one follows that is JSON, and whole.
  @inline(__always)
  mutating func scanNext(_ scanner: inout JSONScanner, depth: Int) -> Bool {
    scanner.take(UInt8(ascii: ",")) && scanner.next() == UInt8(ascii: "{") && scan(&scanner, depth: depth)
  }

  @inline(__always)
  private mutating func scanMember(_ key: JSONScanner.Text, _ scanner: inout JSONScanner, _ depth: Int) -> Bool {
    switch key.end - key.start {
    case 2 where scanner.isEqual(key, to: "ph"): scanPhase(&scanner, depth)
    case 2 where scanner.isEqual(key, to: "ts"): scanner.number(&start, depth)
    case 3 where scanner.isEqual(key, to: "cat"): scanCategory(&scanner, depth)
    case 3 where scanner.isEqual(key, to: "dur"): scanner.number(&duration, depth)
    case 3 where scanner.isEqual(key, to: "pid"): scanner.scalar(&process, depth)
    case 3 where scanner.isEqual(key, to: "tid"): scanner.scalar(&thread, depth)
    case 4 where scanner.isEqual(key, to: "name"): scanName(&scanner, depth)
    case 4 where !isOfNoUse && scanner.isEqual(key, to: "args"): scanArguments(&scanner, depth)
    default: scanner.value(depth: depth)
    }
  }

  private mutating func scanPhase(_ scanner: inout JSONScanner, _ depth: Int) -> Bool {
    guard scanner.next() == UInt8(ascii: "\"") else { return scanner.value(depth: depth) }
    guard let text = scanner.string() else { return false }
    phase = .other
    if text.end - text.start == 1 {
      switch scanner.byte(at: text.start) {
      case UInt8(ascii: "X"): phase = .complete
      case UInt8(ascii: "B"): phase = .begin
      case UInt8(ascii: "E"): phase = .end
      default: break
      }
    }
    return true
  }

  private mutating func scanCategory(_ scanner: inout JSONScanner, _ depth: Int) -> Bool {
    hasCategory = true
    category = .other
    guard scanner.next() == UInt8(ascii: "\"") else { return scanner.value(depth: depth) }
    guard let text = scanner.string() else { return false }
    category = scanner.category(text)
    return true
  }

  private mutating func scanName(_ scanner: inout JSONScanner, _ depth: Int) -> Bool {
    name = .missing
    guard scanner.next() == UInt8(ascii: "\"") else { return scanner.value(depth: depth) }
    guard let text = scanner.string() else { return false }
    name = TextRange(text.start, text.end)
    nameHasEscapes = text.hasEscapes
    return true
  }

  private mutating func scanArguments(_ scanner: inout JSONScanner, _ depth: Int) -> Bool {
    guard scanner.next() == UInt8(ascii: "{") else { return scanner.value(depth: depth) }
    return scanner.members(depth: depth) { scanner, key in scanArgument(key, &scanner, depth + 1) }
  }

  @inline(__always)
  private mutating func scanArgument(_ key: JSONScanner.Text, _ scanner: inout JSONScanner, _ depth: Int) -> Bool {
    switch key.end - key.start {
    case 3 where scanner.isEqual(key, to: "Seq"): scanner.number(&collective.sequence, depth)
    case 5 where scanner.isEqual(key, to: "bytes"): scanner.number(&bytes, depth)
    case 5 where scanner.isEqual(key, to: "dtype"): scanner.scalar(&collective.elementType, depth)
    case 6 where scanner.isEqual(key, to: "stream"): scanner.scalar(&stream, depth)
    case 6 where scanner.isEqual(key, to: "device"): scanner.scalar(&device, depth)
    case 10 where scanner.isEqual(key, to: "Input Dims"): scanner.extent(&shapes, depth)
    case 10 where scanner.isEqual(key, to: "Input type"): scanner.extent(&types, depth)
    case 10 where scanner.isEqual(key, to: "Group size"): scanner.number(&collective.ranks, depth)
    case 11 where scanner.isEqual(key, to: "correlation"): scanner.number(&correlation, depth)
    case 11 where scanner.isEqual(key, to: "External id") || scanner.isEqual(key, to: "external id"):
      scanner.number(&external, depth)
    case 13 where scanner.isEqual(key, to: "In msg nelems"): scanner.number(&collective.elements, depth)
    case 14 where scanner.isEqual(key, to: "Out msg nelems"): scanner.number(&collective.elementsReceived, depth)
    case 14 where scanner.isEqual(key, to: "wait_on_stream"): scanner.scalar(&waitsForStream, depth)
    case 15 where scanner.isEqual(key, to: "Sequence number"): scanner.number(&autogradNumber, depth)
    case 15 where scanner.isEqual(key, to: "Concrete Inputs"): scanner.extent(&values, depth)
    case 15 where scanner.isEqual(key, to: "Collective name"): scanner.scalar(&collective.name, depth)
    case 18 where scanner.isEqual(key, to: "Process Group Name"): scanner.scalar(&collective.group, depth)
    case 33 where scanner.isEqual(key, to: "wait_on_cuda_event_record_corr_id"):
      scanner.number(&recordCorrelation, depth)
    default: scanner.value(depth: depth)
    }
  }
}

extension JSONPullParser {
  /// Reads on to the end of the object or array that was begun.
  fileprivate mutating func skipRest() throws(JSONFault) {
    let inside = depth
    while depth >= inside { _ = try next() }
  }
}

extension JSONScanner {
  /// Passes over a value, and says where it stands if it is a number.
  fileprivate mutating func number(_ field: inout TextRange, _ depth: Int) -> Bool {
    let first = next()
    let start = offset
    guard value(depth: depth) else { return false }
    let isNumber = isDigit(first) || first == UInt8(ascii: "-")
    field = isNumber ? TextRange(start, offset) : .missing
    return true
  }

  /// Passes over a value that should be a number.
  fileprivate mutating func number(_ field: inout RawEvent.Value, _ depth: Int) -> Bool {
    field.isGiven = true
    guard next() == UInt8(ascii: "\"") else { return number(&field.number, depth) }
    guard let text = string() else { return false }
    // Some exporters write numbers as texts.
    field.number = holdsNumber(text) ? TextRange(text.start, text.end) : .missing
    return true
  }

  /// Whether a text is a number as JSON writes them.
  private func holdsNumber(_ text: Text) -> Bool {
    guard text.end > text.start, text.end - text.start <= 40 else { return false }
    var scanner = self
    scanner.offset = text.start
    return scanner.number() && scanner.offset == text.end
  }

  /// Passes over a value, and says where it stands, without quotes, if it is a number or a text.
  fileprivate mutating func scalar(_ field: inout TextRange, _ depth: Int) -> Bool {
    guard next() == UInt8(ascii: "\"") else { return number(&field, depth) }
    guard let text = string() else { return false }
    field = TextRange(text.start, text.end)
    return true
  }

  /// Passes over a value, and says where it stands.
  fileprivate mutating func extent(_ field: inout TextRange, _ depth: Int) -> Bool {
    _ = next()
    let start = offset
    guard repeatedValue(depth: depth) else { return false }
    field = TextRange(start, offset)
    return true
  }

  /// The sort of event by its category, which PyTorch 1.8 to 1.11 wrote in other words than later versions.
  fileprivate func category(_ range: Text) -> EventCategory {
    switch range.end - range.start {
    case 6 where isEqual(range, to: "cpu_op"): .frameworkOperator
    case 6 where isEqual(range, to: "kernel") || isEqual(range, to: "Kernel"): .kernel
    case 6 where isEqual(range, to: "Memcpy"): .copy
    case 6 where isEqual(range, to: "Memset"): .set
    case 6 where isEqual(range, to: "Driver"): .call
    case 7 where isEqual(range, to: "Runtime"): .call
    case 8 where isEqual(range, to: "Operator"): .frameworkOperator
    case 9 where isEqual(range, to: "cuda_sync"): .wait
    case 10 where isEqual(range, to: "gpu_memcpy"): .copy
    case 10 where isEqual(range, to: "gpu_memset"): .set
    case 10 where isEqual(range, to: "hip_driver"): .call
    case 10 where isEqual(range, to: "xpu_driver"): .call
    case 11 where isEqual(range, to: "cuda_driver") || isEqual(range, to: "hip_runtime"): .call
    case 11 where isEqual(range, to: "xpu_runtime"): .call
    case 12 where isEqual(range, to: "cuda_runtime"): .call
    case 15 where isEqual(range, to: "user_annotation"): .annotation
    case 15 where isEqual(range, to: "python_function"): .pythonFunction
    default: .other
    }
  }
}
