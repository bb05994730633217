/// Puts a recording together from events whose fields are known values: what the formats other than Kineto's JSON use.
///
/// Times are nanoseconds of the recording's own clock. What cannot be kept (a time that no clock has counted to, a
/// negative duration) is left out or cut and counted, as the JSON's is.
struct TraceAssembly {
  /// What is there so far, but its texts and lanes.
  var trace = Trace()

  private let file: String
  private var names = Interner()
  private var threads: [String: Int32] = [:]
  private var streams: [String: Int32] = [:]
  /// How many events are kept, at which it is looked up again whether they are too many.
  private var nextCheck = 1 << 16

  /// A recording without events.
  init(file: String) { self.file = file }

  /// When something was, nanoseconds.
  struct Time {
    var start: Int64
    var end: Int64
  }

  // MARK: Lanes and texts

  /// The number of a text.
  mutating func name(_ text: String) -> Int32 { names.number(of: text) }

  /// The number of a thread; the parts are what is written of it.
  mutating func thread(process: String, thread: String) -> Int32 {
    let key = process + "\u{0}" + thread
    if let known = threads[key] { return known }
    let number = Int32(trace.threads.count)
    trace.threads.append(RecordedThread(process: process, thread: thread))
    threads[key] = number
    return number
  }

  /// The number of a stream.
  ///
  /// - Parameters:
  ///   - device: What is written of the device.
  ///   - stream: What is written of the stream.
  ///   - key: What tells it from others, where that is more or less than the two.
  /// - Returns: Its number.
  mutating func stream(device: String, stream: String, key: String? = nil) -> Int32 {
    let key = key ?? device + "\u{0}" + stream
    if let known = streams[key] { return known }
    let number = Int32(trace.streams.count)
    trace.streams.append(RecordedStream(device: device, stream: stream))
    streams[key] = number
    return number
  }

  /// The number of a stream by its key, if it has one.
  func knownStream(_ key: String) -> Int32? { streams[key] }

  // MARK: Events

  /// Adds an operator of the framework.
  mutating func addOperator(
    _ name: String, thread: Int32, _ time: Time, external: Int64 = -1, inputs: InputTexts = InputTexts()
  ) throws(TraceFault) {
    try addHost(.frameworkOperator, name, thread, time, correlation: -1, external: external, inputs: inputs)
  }

  /// Adds a call of the runtime or driver.
  mutating func addCall(
    _ name: String, thread: Int32, _ time: Time, correlation: Int64
  ) throws(TraceFault) {
    try addHost(.call, name, thread, time, correlation: correlation, external: -1, inputs: InputTexts())
  }

  private mutating func addHost(
    _ kind: HostEventKind, _ name: String, _ thread: Int32, _ time: Time, correlation: Int64, external: Int64,
    inputs: InputTexts
  ) throws(TraceFault) {
    guard let (start, duration) = kept(time) else { return }
    var event = HostEvent(kind: kind, thread: thread, name: self.name(name), start: start, duration: duration)
    event.correlation = correlation
    event.external = external
    event.inputs = inputs
    trace.hostEvents.append(event)
    try check()
  }

  /// Adds work of a device.
  mutating func addDevice(
    _ kind: DeviceEventKind, _ name: String, stream: Int32, _ time: Time, correlation: Int64, bytes: Int64 = -1
  ) throws(TraceFault) {
    guard let (start, duration) = kept(time) else { return }
    trace.deviceEvents.append(
      DeviceEvent(
        kind: kind, stream: stream, name: self.name(name), start: start, duration: duration, correlation: correlation,
        bytes: bytes))
    try check()
  }

  /// Adds a range that the program named; one of a step's names is a step.
  mutating func addAnnotation(
    _ name: String, thread: Int32, _ time: Time, step: Int64? = nil
  ) throws(TraceFault) {
    guard let (start, duration) = kept(time) else { return }
    trace.annotations.append(
      Annotation(
        name: self.name(name), thread: thread, start: start, duration: duration, step: step ?? stepNumber(of: name)))
    try check()
  }

  /// A time as it is kept; nil for one that is left out, which is counted.
  private mutating func kept(_ time: Time) -> (start: Int64, duration: Int64)? {
    trace.eventCount += 1
    let (duration, overflows) = time.end.subtractingReportingOverflow(time.start)
    guard !overflows, duration < TraceLimits.span, time.start.magnitude < 1 << 62 - TraceLimits.span.magnitude else {
      trace.outOfRangeCount += 1
      return nil
    }
    if duration < 0 { trace.unfinishedCount += 1 }
    return (time.start, max(0, duration))
  }

  /// Refuses a recording of which more would be kept than there is memory for.
  private mutating func check() throws(TraceFault) {
    let count = trace.hostEvents.count + trace.deviceEvents.count + trace.annotations.count + trace.waits.count
    guard count >= nextCheck else { return }
    nextCheck = count + 1 << 16
    if count > TraceLimits.events { throw excess(.events) }
    if names.count > TraceLimits.texts { throw excess(.texts) }
    if names.byteCount > TraceLimits.textBytes { throw excess(.textBytes) }
    try checkLanes()
  }

  private func checkLanes() throws(TraceFault) {
    if trace.threads.count > TraceLimits.lanes { throw .tooMany(what: "threads", file: file, limit: TraceLimits.lanes) }
    if trace.streams.count > TraceLimits.lanes { throw .tooMany(what: "streams", file: file, limit: TraceLimits.lanes) }
  }

  private func excess(_ excess: TraceExcess) -> TraceFault { .content(.tooMuch(excess), file: file) }

  // MARK: The end

  /// The finished recording, its times counted from the first event.
  ///
  /// - Throws: What ``Trace/settle(file:)`` throws, and too many lanes.
  mutating func finish() throws(TraceFault) -> Trace {
    try checkLanes()
    trace.names = names.texts
    try trace.settle(file: file)
    return trace
  }
}

/// The number of the step that a range's name says: `ProfilerStep#7`, as `torch.profiler` writes it, `iteration 7` or
/// `step_7`, as programs mark theirs for other profilers.
func stepNumber(of name: String) -> Int64? {
  for prefix in ["ProfilerStep#", "iteration", "iter", "step", "Iteration", "Step", "train_step", "batch"] {
    guard name.hasPrefix(prefix) else { continue }
    let rest = name.dropFirst(prefix.count)
    if prefix.hasSuffix("#") { return Int64(rest) }
    guard let separator = rest.first, " _:#".contains(separator) else { continue }
    if let number = Int64(rest.dropFirst().drop { $0 == " " }), number >= 0 { return number }
  }
  return nil
}
