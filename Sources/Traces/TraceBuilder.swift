import JSONText

/// Puts a recording together from its events, one at a time.
struct TraceBuilder {
  var trace = Trace()

  private let step: Int64?
  private var stepRange: ClosedRange<Int64>?
  private var unit: StampUnit?
  private var names = Interner()
  private var threads = PairTable()
  private var streams = PairTable()
  /// By the number of a name, whether it is an annotation's, and which step it marks: old recordings have them among the
  /// operators.
  private var marks: [Int32: AnnotationMark] = [:]

  init(step: Int64?) { self.step = step }

  /// What is wrong with a value of an event.
  struct Problem {
    var key: String
    var offset: Int
    var fact: JSONFact
  }

  /// The most threads, and the most streams: far more than programs have, and few enough for a simulation that looks at
  /// all of them.
  static let mostLanes = 4096

  /// The longest recording, 30 days of nanoseconds.
  private static let longestSpan: Int64 = 2_592_000_000_000_000

  /// Adds an event, if it is of use.
  ///
  /// - Parameters:
  ///   - event: The event's fields.
  ///   - parser: The text that they are ranges of.
  /// - Returns: What is wrong with it, if anything is.
  mutating func add(_ event: RawEvent, _ parser: JSONPullParser) -> Problem? {
    guard event.isComplete, event.category != .other else { return nil }
    if event.category == .wait {
      addWait(event, parser)
      return nil
    }
    guard let nameRange = event.name, case .number(let startRange) = event.start else {
      if case .other(let kind, let offset) = event.start { return wrongType("ts", kind, offset) }
      trace.incompleteCount += 1
      return nil
    }
    let start: Int64
    switch stamp(startRange, "ts", parser) {
    case .success(let value): start = value
    case .failure(let fault): return fault.problem
    }
    var duration: Int64 = 0
    switch event.duration {
    case .number(let range):
      switch stamp(range, "dur", parser) {
      // Operators that were not finished when the recording ended have a negative one.
      case .success(let value):
        if value < 0 { trace.unfinishedCount += 1 }
        duration = max(0, value)
      case .failure(let fault): return fault.problem
      }
    case .other(let kind, let offset): return wrongType("dur", kind, offset)
    case .missing:
      trace.incompleteCount += 1
      return nil
    }
    let name = number(of: nameRange, parser)
    switch event.category {
    case .frameworkOperator, .annotation: addHost(event, name, nameRange, start, duration, parser)
    case .call:
      guard isKept(start, duration) else { return nil }
      trace.hostEvents.append(hostEvent(.call, event, name, start, duration, parser))
    case .kernel, .copy, .set: addDevice(event, name, start, duration, parser)
    case .wait, .other: break
    }
    return nil
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
      if let step, mark.step == step { keepOnly(start...start + duration) }
      return
    }
    guard isKept(start, duration) else { return }
    var host = hostEvent(.frameworkOperator, event, name, start, duration, parser)
    host.shapes = number(of: event.shapes, parser)
    host.types = number(of: event.types, parser)
    host.values = number(of: event.values, parser)
    trace.hostEvents.append(host)
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
        start: start, duration: duration, correlation: integer(event.correlation, parser),
        external: integer(event.external, parser), bytes: integer(event.bytes, parser)))
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
    trace.eventCount = 0
    trace.incompleteCount = 0
    trace.unfinishedCount = 0
  }

  /// The finished recording, its times counted from the first event.
  ///
  /// - Throws: ``TraceFault/spanTooLong(file:)``, ``TraceFault/tooMany(what:file:count:limit:)``.
  mutating func finish(file: String) throws(TraceFault) -> Trace {
    trace.names = names.texts
    for (what, count) in [("threads", threads.pairs.count), ("streams", streams.pairs.count)]
    where count > Self.mostLanes {
      throw .tooMany(what: what, file: file, count: count, limit: Self.mostLanes)
    }
    trace.threads = threads.pairs.map { RecordedThread(process: $0.0, thread: $0.1) }
    trace.streams = streams.pairs.map { RecordedStream(device: $0.0, stream: $0.1) }
    var (first, last) = (Int64.max, Int64.min)
    var total = 0.0
    func extend(_ start: Int64, _ duration: Int64) {
      first = min(first, start)
      last = max(last, start &+ duration)
      total += Double(duration)
    }
    for event in trace.hostEvents { extend(event.start, event.duration) }
    for event in trace.deviceEvents { extend(event.start, event.duration) }
    guard first <= last else { return trace }
    let (span, overflow) = last.subtractingReportingOverflow(first)
    guard !overflow, span < Self.longestSpan else { throw .spanTooLong(file: file) }
    // Events may overlap. From here on, sums of their durations are integers, which such a total keeps from overflowing.
    guard total < 0x1p60 else { throw .durationsTooLong(file: file) }
    trace.origin = first
    for index in trace.hostEvents.indices { trace.hostEvents[index].start -= first }
    for index in trace.deviceEvents.indices { trace.deviceEvents[index].start -= first }
    // What is marked far away from all events marks none of them, and is no time that can be added to.
    trace.annotations.removeAll { mark in
      let (distance, overflow) = mark.start.subtractingReportingOverflow(first)
      return overflow || distance.magnitude > Self.longestSpan || mark.duration > Self.longestSpan
    }
    for index in trace.annotations.indices { trace.annotations[index].start -= first }
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

  private struct StampFault: Error { let problem: Problem }

  /// A stamp or duration, in the recording's unit.
  private mutating func stamp(
    _ range: JSONNumberRange, _ key: String, _ parser: JSONPullParser
  ) -> Result<Int64, StampFault> {
    let unit = unit ?? StampUnit(firstStamp: (try? parser.double(of: range)) ?? 0)
    self.unit = unit
    // A century and more on either side leaves room for the sum of a stamp and a duration.
    if let value = parser.nanoseconds(range, unit: unit), value.magnitude < 1 << 62 { return .success(value) }
    let fact = JSONFact.described(
      problem: "must be a time in microseconds (it is \(parser.text(of: range)))",
      advice: "no clock of a profiler has counted as far")
    return .failure(StampFault(problem: Problem(key: key, offset: range.start, fact: fact)))
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
    isAnnotation = step != nil || (name.contains("#") && !name.contains("::"))
  }
}

/// Numbers for pairs of texts: a process and its thread, a device and its stream.
private struct PairTable {
  private(set) var pairs: [(String, String)] = []
  private var parts = Interner()
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
