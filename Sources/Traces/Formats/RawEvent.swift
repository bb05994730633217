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
  var name: JSONStringRange?
  /// The numbers or texts by which the process and thread are told.
  var process: Range<Int>?
  var thread: Range<Int>?
  var start: Value = .missing
  var duration: Value = .missing
  var correlation: JSONNumberRange?
  var external: JSONNumberRange?
  var bytes: JSONNumberRange?
  /// What an operator and its backward one have in common.
  var autogradNumber: JSONNumberRange?
  var shapes: Range<Int>?
  var types: Range<Int>?
  var values: Range<Int>?
  var stream: Range<Int>?
  var device: Range<Int>?
  var waitsForStream: Range<Int>?
  var recordCorrelation: JSONNumberRange?
  var collective = Collective()

  /// What a collective was given.
  struct Collective {
    var name: Range<Int>?
    var group: Range<Int>?
    var elementType: Range<Int>?
    var elements: JSONNumberRange?
    var elementsReceived: JSONNumberRange?
    var ranks: JSONNumberRange?
    var sequence: JSONNumberRange?

    /// Whether the event is one of a collective.
    var isRecorded: Bool { name != nil || elements != nil }
  }

  /// A value that should be a number.
  enum Value {
    case missing
    case number(JSONNumberRange)
    case other(JSONKind, offset: Int)
  }

  /// Whether nothing that follows can make the event one that is kept.
  var isOfNoUse: Bool { hasCategory && (category == .other || category == .pythonFunction) }

  /// Reads an event behind its opening brace, whatever its keys and their order; of a key that stands twice, the last.
  ///
  /// - Throws: What is not JSON.
  static func read(_ parser: inout JSONPullParser) throws(JSONFault) -> RawEvent {
    var event = RawEvent()
    while case .key(let key) = try parser.next() {
      switch key.end - key.start {
      case 2 where parser.isEqual(key, to: "ph"):
        if case .string(let phase) = try parser.value() { event.phase = parser.phase(phase) }
      case 2 where parser.isEqual(key, to: "ts"): event.start = try parser.numberValue()
      case 3 where parser.isEqual(key, to: "cat"):
        event.hasCategory = true
        event.category = .other
        if case .string(let category) = try parser.value() { event.category = parser.category(category) }
      case 3 where parser.isEqual(key, to: "dur"): event.duration = try parser.numberValue()
      case 3 where parser.isEqual(key, to: "pid"): event.process = try parser.scalar()
      case 3 where parser.isEqual(key, to: "tid"): event.thread = try parser.scalar()
      case 4 where parser.isEqual(key, to: "name"):
        if case .string(let name) = try parser.value() { event.name = name } else { event.name = nil }
      case 4 where !event.isOfNoUse && parser.isEqual(key, to: "args"): try event.readArguments(&parser)
      default: try parser.skipValue()
      }
    }
    return event
  }

  private mutating func readArguments(_ parser: inout JSONPullParser) throws(JSONFault) {
    let token = try parser.next()
    guard case .beginObject = token else {
      if token.isBeginning { try parser.skipRest() }
      return
    }
    while case .key(let key) = try parser.next() {
      switch key.end - key.start {
      case 3 where parser.isEqual(key, to: "Seq"): collective.sequence = try parser.number()
      case 5 where parser.isEqual(key, to: "bytes"): bytes = try parser.number()
      case 5 where parser.isEqual(key, to: "dtype"): collective.elementType = try parser.scalar()
      case 6 where parser.isEqual(key, to: "stream"): stream = try parser.scalar()
      case 6 where parser.isEqual(key, to: "device"): device = try parser.scalar()
      case 10 where parser.isEqual(key, to: "Input Dims"): shapes = try parser.extent()
      case 10 where parser.isEqual(key, to: "Input type"): types = try parser.extent()
      case 10 where parser.isEqual(key, to: "Group size"): collective.ranks = try parser.number()
      case 11 where parser.isEqual(key, to: "correlation"): correlation = try parser.number()
      case 11 where parser.isEqual(key, to: "External id") || parser.isEqual(key, to: "external id"):
        external = try parser.number()
      case 13 where parser.isEqual(key, to: "In msg nelems"): collective.elements = try parser.number()
      case 14 where parser.isEqual(key, to: "Out msg nelems"): collective.elementsReceived = try parser.number()
      case 14 where parser.isEqual(key, to: "wait_on_stream"): waitsForStream = try parser.scalar()
      case 15 where parser.isEqual(key, to: "Sequence number"): autogradNumber = try parser.number()
      case 15 where parser.isEqual(key, to: "Concrete Inputs"): values = try parser.extent()
      case 15 where parser.isEqual(key, to: "Collective name"): collective.name = try parser.scalar()
      case 18 where parser.isEqual(key, to: "Process Group Name"): collective.group = try parser.scalar()
      case 33 where parser.isEqual(key, to: "wait_on_cuda_event_record_corr_id"):
        recordCorrelation = try parser.number()
      default: try parser.skipValue()
      }
    }
  }
}

extension JSONToken {
  /// Whether the token begins an object or array.
  fileprivate var isBeginning: Bool {
    switch self {
    case .beginObject, .beginArray: true
    default: false
    }
  }
}

extension JSONPullParser {
  /// Reads a value; of an object or array, the whole, and its first token is returned.
  fileprivate mutating func value() throws(JSONFault) -> JSONToken {
    let token = try next()
    if token.isBeginning { try skipRest() }
    return token
  }

  /// Reads on to the end of the object or array that was begun.
  fileprivate mutating func skipRest() throws(JSONFault) {
    let inside = depth
    while depth >= inside { _ = try next() }
  }

  /// Reads a value that should be a number.
  fileprivate mutating func numberValue() throws(JSONFault) -> RawEvent.Value {
    let token = try value()
    let offset = tokenOffset
    switch token {
    case .number(let range): return .number(range)
    // Some exporters write numbers as texts.
    case .string(let range) where holdsNumber(range):
      return .number(JSONNumberRange(start: range.start, end: range.end))
    case .string: return .other(.string, offset: offset)
    case .boolean: return .other(.boolean, offset: offset)
    case .null: return .other(.null, offset: offset)
    case .beginArray: return .other(.array, offset: offset)
    default: return .other(.object, offset: offset)
    }
  }

  /// Whether a text is a number as JSON writes them.
  private func holdsNumber(_ range: JSONStringRange) -> Bool {
    guard range.end > range.start, range.end - range.start <= 40, !range.hasEscapes else { return false }
    var parser = JSONPullParser(Array(bytes[range.start..<range.end]), file: "")
    guard case .number(let number)? = try? parser.next() else { return false }
    return number.end - number.start == range.end - range.start
  }

  /// What an event says of a time.
  fileprivate func phase(_ range: JSONStringRange) -> RawEvent.Phase {
    guard range.end - range.start == 1 else { return .other }
    return switch bytes[range.start] {
    case UInt8(ascii: "X"): .complete
    case UInt8(ascii: "B"): .begin
    case UInt8(ascii: "E"): .end
    default: .other
    }
  }

  /// Reads a value, and returns it if it is a number.
  fileprivate mutating func number() throws(JSONFault) -> JSONNumberRange? {
    if case .number(let range) = try value() { return range }
    return nil
  }

  /// Reads a value, and returns the text of it without quotes if it is a number or a string.
  fileprivate mutating func scalar() throws(JSONFault) -> Range<Int>? {
    switch try value() {
    case .number(let range): range.start..<range.end
    case .string(let range): range.start..<range.end
    default: nil
    }
  }

  /// Reads a value and returns where it stands.
  fileprivate mutating func extent() throws(JSONFault) -> Range<Int> {
    let token = try next()
    let start = tokenOffset
    if token.isBeginning { try skipRest() }
    return start..<offset
  }

  /// The sort of event by its category, which PyTorch 1.8 to 1.11 wrote in other words than later versions.
  fileprivate func category(_ range: JSONStringRange) -> EventCategory {
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
