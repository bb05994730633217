import JSONText

/// Puts a recording together from its events, one at a time.
struct TraceBuilder {
  var trace = Trace()

  let step: Int64?
  /// When the step is, as soon as it is known.
  private(set) var stepRange: ClosedRange<Int64>?
  /// Whether nothing is kept but the step's annotation.
  private let looksForStepOnly: Bool
  private var unit: StampUnit?
  private var names = Interner()
  private var threads = PairTable()
  private var streams = PairTable()
  /// By the number of a name, whether it is an annotation's, and which step it marks: old recordings have them among the
  /// operators.
  private var marks: [Int32: AnnotationMark] = [:]

  /// A recording without events.
  ///
  /// - Parameters:
  ///   - step: The step that matters.
  ///   - range: When it is, where that is known already.
  ///   - looksForStepOnly: Whether only that is to be found out.
  init(step: Int64?, range: ClosedRange<Int64>? = nil, looksForStepOnly: Bool = false) {
    self.step = step
    stepRange = range
    self.looksForStepOnly = looksForStepOnly
  }

  /// What is wrong with a value of an event.
  struct Problem {
    var key: String
    var offset: Int
    var fact: JSONFact
  }

  // MARK: What is kept

  /// Events of all sorts that are kept.
  private var keptEvents: Int {
    trace.hostEvents.count + trace.deviceEvents.count + trace.annotations.count + trace.waits.count
      + trace.collectives.count
  }

  private var textBytes: Int { names.byteCount + threads.byteCount + streams.byteCount }

  /// What is kept, in bytes of memory, roughly.
  var keptBytes: Int {
    keptEvents * TraceLimits.bytesPerEvent + textBytes + names.count * TraceLimits.bytesPerText
  }

  /// What there is more of than is kept.
  var excess: TraceExcess? {
    if keptEvents > TraceLimits.events { return .events }
    if names.count > TraceLimits.texts { return .texts }
    return textBytes > TraceLimits.textBytes ? .textBytes : nil
  }

  /// What there are more lanes of than are simulated.
  var excessiveLanes: String? {
    if threads.pairs.count > TraceLimits.lanes { return "threads" }
    return streams.pairs.count > TraceLimits.lanes ? "streams" : nil
  }

  // MARK: Events

  /// Adds an event, if it is of use.
  ///
  /// - Parameters:
  ///   - event: The event's fields.
  ///   - parser: The text that they are ranges of.
  /// - Returns: What is wrong with it, if anything is.
  mutating func add(_ event: RawEvent, _ parser: JSONPullParser) -> Problem? {
    guard event.isComplete, event.category != .other else { return nil }
    if looksForStepOnly, event.category != .annotation, event.category != .frameworkOperator { return nil }
    if event.category == .pythonFunction {
      addModule(event, parser)
      return nil
    }
    if event.category == .wait {
      addWait(event, parser)
      return nil
    }
    guard let nameRange = event.name, case .number(let startRange) = event.start else {
      if case .other(let kind, let offset) = event.start { return wrongType("ts", kind, offset) }
      trace.incompleteCount += 1
      return nil
    }
    guard let start = stamp(startRange, parser) else {
      trace.outOfRangeCount += 1
      return nil
    }
    var duration: Int64 = 0
    switch event.duration {
    case .number(let range):
      guard let value = stamp(range, parser), value < TraceLimits.span else {
        trace.outOfRangeCount += 1
        return nil
      }
      // Operators that were not finished when the recording ended have a negative one.
      if value < 0 { trace.unfinishedCount += 1 }
      duration = max(0, value)
    case .other(let kind, let offset): return wrongType("dur", kind, offset)
    case .missing:
      trace.incompleteCount += 1
      return nil
    }
    if looksForStepOnly {
      let mark = AnnotationMark(name: parser.text(of: nameRange))
      if stepRange == nil, let step, mark.step == step { stepRange = start...start + duration }
      return nil
    }
    let name = number(of: nameRange, parser)
    switch event.category {
    case .frameworkOperator, .annotation: addHost(event, name, nameRange, start, duration, parser)
    case .call:
      guard isKept(start, duration) else { return nil }
      trace.hostEvents.append(hostEvent(.call, event, name, start, duration, parser))
    case .kernel, .copy, .set: addDevice(event, name, start, duration, parser)
    case .wait, .other, .pythonFunction: break
    }
    return nil
  }

  /// Keeps a call of a module, which stands among Python's functions; the others are dropped.
  private mutating func addModule(_ event: RawEvent, _ parser: JSONPullParser) {
    let prefix: StaticString = "nn.Module: "
    guard !looksForStepOnly, let name = event.name, name.end - name.start > prefix.utf8CodeUnitCount,
      parser.isEqual(
        JSONStringRange(start: name.start, end: name.start + prefix.utf8CodeUnitCount, hasEscapes: false), to: prefix),
      case .number(let startRange) = event.start, case .number(let durationRange) = event.duration,
      let start = stamp(startRange, parser), let duration = stamp(durationRange, parser), duration >= 0,
      duration < TraceLimits.span, isKept(start, duration)
    else { return }
    trace.annotations.append(
      Annotation(
        name: number(of: name, parser), thread: threads.number(of: event.process, event.thread, parser), start: start,
        duration: duration, step: nil))
  }

  private mutating func addHost(
    _ event: RawEvent, _ name: Int32, _ nameRange: JSONStringRange, _ start: Int64, _ duration: Int64,
    _ parser: JSONPullParser
  ) {
    let mark = marks[name] ?? AnnotationMark(name: parser.text(of: nameRange))
    marks[name] = mark
    if event.category == .annotation || mark.isAnnotation {
      let thread = threads.number(of: event.process, event.thread, parser)
      trace.annotations.append(
        Annotation(name: name, thread: thread, start: start, duration: duration, step: mark.step))
      // Of several annotations with the step's number, the first counts.
      if stepRange == nil, let step, mark.step == step { keepOnly(start...start + duration) }
      return
    }
    guard isKept(start, duration) else { return }
    var host = hostEvent(.frameworkOperator, event, name, start, duration, parser)
    host.inputs = InputTexts(
      shapes: number(of: event.shapes, parser), types: number(of: event.types, parser),
      values: number(of: event.values, parser))
    trace.hostEvents.append(host)
    if host.external >= 0, event.collective.isRecorded {
      trace.collectivesByOperator[host.external] = collective(event.collective, parser)
    }
  }

  private mutating func hostEvent(
    _ kind: HostEventKind, _ event: RawEvent, _ name: Int32, _ start: Int64, _ duration: Int64,
    _ parser: JSONPullParser
  ) -> HostEvent {
    HostEvent(
      kind: kind, thread: threads.number(of: event.process, event.thread, parser), name: name, start: start,
      duration: duration, correlation: integer(event.correlation, parser), external: integer(event.external, parser))
  }

  private mutating func addDevice(
    _ event: RawEvent, _ name: Int32, _ start: Int64, _ duration: Int64, _ parser: JSONPullParser
  ) {
    // What ran before the step began says nothing about it.
    if let stepRange, start + duration <= stepRange.lowerBound { return }
    let kind: DeviceEventKind =
      switch event.category {
      case .copy: .copy
      case .set: .set
      default: .kernel
      }
    trace.deviceEvents.append(
      DeviceEvent(
        kind: kind,
        stream: streams.number(of: event.device ?? event.process, event.stream ?? event.thread, parser), name: name,
        collective: event.collective.isRecorded ? collective(event.collective, parser) : -1, start: start,
        duration: duration, correlation: integer(event.correlation, parser),
        external: integer(event.external, parser), bytes: integer(event.bytes, parser)))
  }

  /// Keeps what was recorded of a collective, and returns its place.
  private mutating func collective(_ raw: RawEvent.Collective, _ parser: JSONPullParser) -> Int32 {
    var collective = RecordedCollective()
    collective.name = number(of: raw.name, parser)
    collective.group = number(of: raw.group, parser)
    collective.elementType = number(of: raw.elementType, parser)
    collective.elements = integer(raw.elements, parser)
    collective.elementsReceived = integer(raw.elementsReceived, parser)
    collective.ranks = integer(raw.ranks, parser)
    collective.sequence = integer(raw.sequence, parser)
    trace.collectives.append(collective)
    return Int32(trace.collectives.count - 1)
  }

  private mutating func addWait(_ event: RawEvent, _ parser: JSONPullParser) {
    let correlation = integer(event.correlation, parser)
    guard correlation >= 0 else { return }
    let device = event.device ?? event.process
    func stream(_ range: Range<Int>?, _ streams: inout PairTable) -> Int32 {
      guard let range, parser.bytes[range.lowerBound] != UInt8(ascii: "-") else { return -1 }
      return streams.number(of: device, range, parser)
    }
    let waiting = event.name.map { parser.isEqual($0, to: "Stream Wait Event") } ?? false
    trace.waits.append(
      RecordedWait(
        correlation: correlation, stream: waiting ? stream(event.stream, &streams) : -1,
        recordCorrelation: integer(event.recordCorrelation, parser),
        waitsForStream: stream(waiting ? event.waitsForStream : event.waitsForStream ?? event.stream, &streams)))
  }

  /// Forgets all events: a key that stands twice counts the second time.
  mutating func removeEvents() {
    trace.hostEvents = []
    trace.deviceEvents = []
    trace.annotations = []
    trace.waits = []
    trace.collectives = []
    trace.collectivesByOperator = [:]
    trace.eventCount = 0
    trace.incompleteCount = 0
    trace.unfinishedCount = 0
    trace.outOfRangeCount = 0
    names = Interner()
    marks = [:]
    threads = PairTable()
    streams = PairTable()
  }

  /// The finished recording, its times counted from the first event.
  ///
  /// - Throws: What ``Trace/settle(file:)`` throws.
  mutating func finish(file: String) throws(TraceFault) -> Trace {
    trace.names = names.texts
    trace.threads = threads.pairs.map { RecordedThread(process: $0.0, thread: $0.1) }
    trace.streams = streams.pairs.map { RecordedStream(device: $0.0, stream: $0.1) }
    try trace.settle(file: file)
    return trace
  }

  // MARK: The step that matters

  private func isKept(_ start: Int64, _ duration: Int64) -> Bool {
    guard let stepRange else { return true }
    return start <= stepRange.upperBound && start + duration >= stepRange.lowerBound
  }

  /// From now on and for what is there already: only what may belong to the step.
  private mutating func keepOnly(_ range: ClosedRange<Int64>) {
    stepRange = range
    trace.hostEvents = trace.hostEvents.filter { isKept($0.start, $0.duration) }
    trace.deviceEvents = trace.deviceEvents.filter { $0.end > range.lowerBound }
  }

  // MARK: Values

  private func wrongType(_ key: String, _ kind: JSONKind, _ offset: Int) -> Problem {
    Problem(key: key, offset: offset, fact: .wrongType(expected: [.number], found: kind))
  }

  /// A stamp or duration in nanoseconds; nil for one that no clock of a profiler has counted to.
  private mutating func stamp(_ range: JSONNumberRange, _ parser: JSONPullParser) -> Int64? {
    if unit == nil {
      // A stamp that no clock can show says nothing about the unit of the others.
      guard let first = try? parser.double(of: range), abs(first) < 1e20 else { return nil }
      unit = StampUnit(firstStamp: first)
    }
    let unit = unit ?? .microsecond
    // A century and more on either side leaves room for sums of stamps and durations, and their differences.
    guard let value = parser.nanoseconds(range, unit: unit), value.magnitude < 1 << 62 - TraceLimits.span.magnitude
    else { return nil }
    return value
  }

  private func integer(_ range: JSONNumberRange?, _ parser: JSONPullParser) -> Int64 {
    guard let range else { return -1 }
    // A few plain digits, nearly always.
    if range.end - range.start <= 18 {
      var value: Int64 = 0
      for index in range.start..<range.end {
        let digit = parser.bytes[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return parser.integer(of: range) ?? -1 }
        value = value * 10 + Int64(digit)
      }
      return value
    }
    return parser.integer(of: range) ?? -1
  }

  private mutating func number(of range: JSONStringRange, _ parser: JSONPullParser) -> Int32 {
    if range.hasEscapes { return names.number(of: parser.text(of: range)) }
    return names.number(of: UnsafeRawBufferPointer(rebasing: parser.bytes[range.start..<range.end]))
  }

  private mutating func number(of range: Range<Int>?, _ parser: JSONPullParser) -> Int32 {
    guard let range else { return -1 }
    return names.number(of: UnsafeRawBufferPointer(rebasing: parser.bytes[range]))
  }
}

/// What a name says about an annotation.
private struct AnnotationMark {
  let step: Int64?
  let isAnnotation: Bool

  init(name: String) {
    let prefix = "ProfilerStep#"
    step = name.hasPrefix(prefix) ? Int64(name.dropFirst(prefix.count)) : nil
    // "Optimizer.step#SGD.step", "enumerate(DataLoader)#...": made by record_function inside of PyTorch.
    let bytes = name.utf8
    let isQualified = zip(bytes, bytes.dropFirst()).contains { $0 == (UInt8(ascii: ":"), UInt8(ascii: ":")) }
    isAnnotation = step != nil || (bytes.contains(UInt8(ascii: "#")) && !isQualified)
  }
}

/// Numbers for pairs of texts: a process and its thread, a device and its stream.
private struct PairTable {
  private(set) var pairs: [(String, String)] = []
  private var parts = Interner()
  /// How many bytes the texts have.
  var byteCount: Int { parts.byteCount }
  private var numbers: [UInt64: Int32] = [:]
  private var last: (key: UInt64, number: Int32)?

  mutating func number(of first: Range<Int>?, _ second: Range<Int>?, _ parser: JSONPullParser) -> Int32 {
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    func text(_ range: Range<Int>?) -> UnsafeRawBufferPointer {
      range.map { UnsafeRawBufferPointer(rebasing: parser.bytes[$0]) } ?? empty
    }
    let key =
      UInt64(UInt32(bitPattern: parts.number(of: text(first)))) << 32
      | UInt64(UInt32(bitPattern: parts.number(of: text(second))))
    if let last, last.key == key { return last.number }
    let number: Int32
    if let known = numbers[key] {
      number = known
    } else {
      number = Int32(pairs.count)
      // Old recordings name the thread of a device's events "stream 7".
      var name = String(decoding: text(second), as: UTF8.self)
      if name.hasPrefix("stream ") { name = String(name.dropFirst(7)) }
      pairs.append((String(decoding: text(first), as: UTF8.self), name))
      numbers[key] = number
    }
    last = (key, number)
    return number
  }
}
