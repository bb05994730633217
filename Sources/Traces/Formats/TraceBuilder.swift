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

  /// Events that have begun and not ended, by thread: the text of each, or nothing for one that is of no use.
  private var begun: [Int32: [[UInt8]]] = [:]
  /// Bytes of these texts.
  private var begunBytes = 0

  // MARK: What is kept

  /// Events of all sorts that are kept.
  private var keptEvents: Int {
    trace.hostEvents.count + trace.deviceEvents.count + trace.annotations.count + trace.waits.count
      + trace.collectives.count
  }

  private var textBytes: Int { names.byteCount + threads.byteCount + streams.byteCount }

  /// What is kept, in bytes of memory, roughly.
  var keptBytes: Int {
    keptEvents * TraceLimits.bytesPerEvent + textBytes + names.count * TraceLimits.bytesPerText + begunBytes
  }

  /// What there is more of than is kept.
  var excess: TraceExcess? {
    if keptEvents > TraceLimits.events { return .events }
    if names.count > TraceLimits.texts { return .texts }
    return textBytes + begunBytes > TraceLimits.textBytes ? .textBytes : nil
  }

  /// What there are more lanes of than are simulated.
  var excessiveLanes: String? {
    if threads.pairs.count > TraceLimits.lanes { return "threads" }
    return streams.pairs.count > TraceLimits.lanes ? "streams" : nil
  }

  // MARK: Events

  /// Notes that something was left out that is no event.
  mutating func noteMalformed(line: @autoclosure () -> Int) {
    trace.malformedCount += 1
    if trace.firstMalformedLine == nil { trace.firstMalformedLine = line() }
  }

  /// Notes that an event was mended.
  mutating func noteRepaired(line: Int) {
    trace.repairedCount += 1
    if trace.firstMalformedLine == nil { trace.firstMalformedLine = line }
  }

  /// Adds an event, if it is of use.
  ///
  /// - Parameters:
  ///   - event: The event's fields.
  ///   - parser: The text that they are ranges of.
  mutating func add(_ event: RawEvent, _ parser: JSONPullParser) {
    switch event.phase {
    case .complete: addWhole(event, parser, end: nil)
    case .begin: begin(event, parser)
    case .end: end(event, parser)
    case .other: break
    }
  }

  /// Adds an event with its time; `end` is when it ended, where its duration does not tell.
  private mutating func addWhole(_ event: RawEvent, _ parser: JSONPullParser, end: Int64?) {
    guard event.category != .other else { return }
    if looksForStepOnly, event.category != .annotation, event.category != .frameworkOperator { return }
    if event.category == .pythonFunction { return addModule(event, parser, end: end) }
    if event.category == .wait { return addWait(event, parser) }
    guard let nameRange = event.nameRange, let (start, duration) = time(of: event, parser, end: end) else {
      if event.name.isMissing { trace.incompleteCount += 1 }
      return
    }
    if looksForStepOnly {
      let mark = AnnotationMark(name: parser.text(of: nameRange))
      if stepRange == nil, let step, mark.step == step { stepRange = start...start + duration }
      return
    }
    let name = number(of: nameRange, parser)
    switch event.category {
    case .frameworkOperator, .annotation: addHost(event, name, nameRange, start, duration, parser)
    case .call:
      guard isKept(start, duration) else { return }
      trace.hostEvents.append(hostEvent(.call, event, name, start, duration, parser))
    case .kernel, .copy, .set: addDevice(event, name, start, duration, parser)
    case .wait, .other, .pythonFunction: break
    }
  }

  /// When an event began and how long it took; nil, and counted, where it does not say or cannot be.
  private mutating func time(
    of event: RawEvent, _ parser: JSONPullParser, end: Int64?
  ) -> (start: Int64, duration: Int64)? {
    guard let startRange = event.start.number.number else {
      noteNoTime(event.start, of: event)
      return nil
    }
    guard let start = stamp(startRange, parser) else {
      trace.outOfRangeCount += 1
      return nil
    }
    var duration: Int64 = 0
    if let end {
      duration = end - start
    } else {
      guard let range = event.duration.number.number else {
        noteNoTime(event.duration, of: event)
        return nil
      }
      guard let value = stamp(range, parser) else {
        trace.outOfRangeCount += 1
        return nil
      }
      duration = value
    }
    guard duration < TraceLimits.span else {
      trace.outOfRangeCount += 1
      return nil
    }
    // Operators that were not finished when the recording ended have a negative one.
    if duration < 0 { trace.unfinishedCount += 1 }
    return (start, max(0, duration))
  }

  /// Counts an event that is left out because a time of it is not there, or no number.
  private mutating func noteNoTime(_ value: RawEvent.Value, of event: RawEvent) {
    if value.isGiven { noteMalformed(line: 1) } else if !event.name.isMissing { trace.incompleteCount += 1 }
  }

  // MARK: Events in two parts

  /// Keeps the begin of an event until its end comes.
  private mutating func begin(_ event: RawEvent, _ parser: JSONPullParser) {
    let isOfUse = event.category != .other && event.category != .wait
    let text = isOfUse ? Array(parser.bytes[event.extent.range]) : []
    begunBytes += text.count + 16
    begun[threads.number(of: event.process, event.thread, parser), default: []].append(text)
  }

  /// Adds the event that has begun last on a thread, and ends now.
  private mutating func end(_ event: RawEvent, _ parser: JSONPullParser) {
    let thread = threads.number(of: event.process, event.thread, parser)
    guard let text = begun[thread]?.popLast() else { return }
    begunBytes -= text.count + 16
    guard !text.isEmpty, let range = event.start.number.number else { return }
    guard let end = stamp(range, parser) else {
      trace.outOfRangeCount += 1
      return
    }
    add(begun: text, end: end)
  }

  /// Adds an event whose begin was kept; without an end, as one that takes no time.
  private mutating func add(begun text: [UInt8], end: Int64?) {
    var parser = JSONPullParser(text, file: "")
    guard (try? parser.next()) == .beginObject, let event = try? RawEvent.read(&parser) else { return }
    if let end { return addWhole(event, parser, end: end) }
    guard let range = event.start.number.number, let start = stamp(range, parser) else { return }
    trace.unfinishedCount += 1
    addWhole(event, parser, end: start)
  }

  /// Keeps a call of a module, which stands among Python's functions; the others are dropped.
  private mutating func addModule(_ event: RawEvent, _ parser: JSONPullParser, end: Int64?) {
    let prefix: StaticString = "nn.Module: "
    guard !looksForStepOnly, let name = event.nameRange, name.end - name.start > prefix.utf8CodeUnitCount,
      parser.isEqual(
        JSONStringRange(start: name.start, end: name.start + prefix.utf8CodeUnitCount, hasEscapes: false), to: prefix),
      let range = event.start.number.number, let start = stamp(range, parser)
    else { return }
    var recorded = end.map { $0 - start }
    if let range = event.duration.number.number, recorded == nil { recorded = stamp(range, parser) }
    guard let duration = recorded, (0..<TraceLimits.span).contains(duration), isKept(start, duration) else { return }
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
    host.autogradNumber = integer(event.autogradNumber, parser)
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
        stream: streams.number(
          of: event.process, event.device, event.stream.isMissing ? event.thread : event.stream, parser), name: name,
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
    func stream(_ range: TextRange, _ streams: inout PairTable) -> Int32 {
      guard let found = range.found, parser.bytes[found.lowerBound] != UInt8(ascii: "-") else { return -1 }
      return streams.number(of: event.process, event.device, range, parser)
    }
    let waiting = event.nameRange.map { parser.isEqual($0, to: "Stream Wait Event") } ?? false
    trace.waits.append(
      RecordedWait(
        correlation: correlation, stream: waiting ? stream(event.stream, &streams) : -1,
        recordCorrelation: integer(event.recordCorrelation, parser),
        waitsForStream: stream(
          waiting || !event.waitsForStream.isMissing ? event.waitsForStream : event.stream, &streams)))
  }

  /// Forgets all events: a key that stands twice counts the second time.
  mutating func removeEvents() {
    begun = [:]
    begunBytes = 0
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
    for thread in begun.keys.sorted() {
      for text in begun[thread] ?? [] where !text.isEmpty { add(begun: text, end: nil) }
    }
    begun = [:]
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

  private func integer(_ field: TextRange, _ parser: JSONPullParser) -> Int64 {
    guard let range = field.number else { return -1 }
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

  private mutating func number(of field: TextRange, _ parser: JSONPullParser) -> Int32 {
    guard let range = field.found else { return -1 }
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

  mutating func number(of first: TextRange, _ second: TextRange, _ parser: JSONPullParser) -> Int32 {
    number(of: parts.number(of: Self.text(first, parser)), text: { Self.text(first, parser) }, second, parser)
  }

  /// The number of a device's stream.
  ///
  /// Profilers give the device's number twice, as its process and by itself. Where several ranks were put into one file, only
  /// one of both may still tell their devices apart.
  mutating func number(
    of process: TextRange, _ device: TextRange, _ stream: TextRange, _ parser: JSONPullParser
  ) -> Int32 {
    if device.isMissing { return number(of: process, stream, parser) }
    if process.isMissing { return number(of: device, stream, parser) }
    let (one, two) = (Self.text(process, parser), Self.text(device, parser))
    if one.elementsEqual(two) { return number(of: device, stream, parser) }
    let both = Array(one) + [UInt8(ascii: "/")] + Array(two)
    return both.withUnsafeBytes { text in
      number(of: parts.number(of: text), text: { text }, stream, parser)
    }
  }

  private static func text(_ range: TextRange, _ parser: JSONPullParser) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: parser.bytes[range.range])
  }

  private mutating func number(
    of first: Int32, text: () -> UnsafeRawBufferPointer, _ second: TextRange, _ parser: JSONPullParser
  ) -> Int32 {
    let secondText = Self.text(second, parser)
    let key =
      UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: parts.number(of: secondText)))
    if let last, last.key == key { return last.number }
    let number: Int32
    if let known = numbers[key] {
      number = known
    } else {
      number = Int32(pairs.count)
      // Old recordings name the thread of a device's events "stream 7".
      var name = String(decoding: secondText, as: UTF8.self)
      if name.hasPrefix("stream ") { name = String(name.dropFirst(7)) }
      pairs.append((String(decoding: text(), as: UTF8.self), name))
      numbers[key] = number
    }
    last = (key, number)
    return number
  }
}
