import JSONText

/// What Nsight Systems records, whichever way it is exported.
enum NsightEvent {
  /// A call of the runtime or driver, by the number of its name.
  case call(name: Int64, thread: Int64, TraceAssembly.Time, correlation: Int64)
  /// A kernel by the number of its name, a copy, a set, or a graph as a whole.
  case work(NsightWork)
  /// A range of NVTX: its text, or the text's number.
  case range(text: String?, number: Int64?, thread: Int64, TraceAssembly.Time)
  /// A wait of the host, or of a stream; `event` is nil where it is for all of the stream.
  case wait(NsightLane, event: NsightCUDAEvent?, correlation: Int64)
  /// The recording of an event.
  case record(NsightLane, event: NsightCUDAEvent, correlation: Int64)
}

/// Where something is in line on a device.
struct NsightLane {
  var process: Int64
  var device: Int64
  var context: Int64
  var stream: Int64

  /// What tells the stream from others: waits have no device of their own, or a wrong one.
  var key: String { "\(process) \(context) \(stream)" }
}

/// An event of CUDA, which programs use again and again.
struct NsightCUDAEvent: Hashable {
  var number: Int64
  /// Counts its uses; -1 where the version of the tool does not.
  var use: Int64
}

/// Work of a device.
struct NsightWork {
  var kind: DeviceEventKind
  /// What it is called where it has no name of its own.
  var title: String
  /// The number of its name; nil for ``title``.
  var name: Int64?
  var lane: NsightLane
  var time: TraceAssembly.Time
  var correlation: Int64
  var bytes: Int64 = -1
}

/// Puts a recording together from what Nsight Systems recorded.
struct NsightAssembly {
  var assembly: TraceAssembly
  /// The texts by their numbers.
  var names: [Int64: String] = [:]
  /// Whether all names are there, so that nothing has to wait for them.
  var hasNames = false
  private var pending: [NsightEvent] = []
  private var waits: [(lane: NsightLane, event: NsightCUDAEvent?, correlation: Int64)] = []
  /// By process and event, the records in the order of their calls.
  private var records: [RecordKey: [(correlation: Int64, stream: String)]] = [:]
  private var processes: [Int64: Int64] = [:]

  private struct RecordKey: Hashable {
    var process: Int64
    var event: NsightCUDAEvent
  }

  init(file: String) { assembly = TraceAssembly(file: file) }

  /// Adds an event, or keeps it until the names are there.
  mutating func add(_ event: NsightEvent) throws(TraceFault) {
    if hasNames { return try commit(event) }
    pending.append(event)
    guard pending.count <= TraceLimits.events else { throw .content(.tooMuch(.events), file: assembly.trace.file) }
  }

  /// The finished recording.
  mutating func finish() throws(TraceFault) -> Trace {
    hasNames = true
    for event in pending { try commit(event) }
    pending = []
    for wait in waits { add(wait.lane, wait.event, wait.correlation) }
    return try assembly.finish()
  }

  private mutating func commit(_ event: NsightEvent) throws(TraceFault) {
    switch event {
    case .call(let name, let thread, let time, let correlation):
      let process = Self.process(of: thread)
      try assembly.addCall(
        Self.callName(names[name] ?? "call \(name)"), thread: number(ofThread: thread), time,
        correlation: unique(correlation, process))
    case .work(let work):
      let stream = assembly.stream(
        device: String(work.lane.device), stream: String(work.lane.stream), key: work.lane.key)
      try assembly.addDevice(
        work.kind, work.name.flatMap { names[$0] } ?? work.title, stream: stream, work.time,
        correlation: unique(work.correlation, work.lane.process), bytes: work.bytes)
    case .range(let text, let number, let thread, let time):
      guard let text = text ?? number.flatMap({ names[$0] }) else { return }
      try addRange(text, thread, time)
    case .wait(let lane, let event, let correlation): waits.append((lane, event, correlation))
    case .record(let lane, let event, let correlation):
      records[RecordKey(process: lane.process, event: event), default: []].append((correlation, lane.key))
    }
  }

  /// A range of NVTX is an operator where PyTorch names one (`emit_nvtx`), and otherwise what the program named.
  private mutating func addRange(_ text: String, _ thread: Int64, _ time: TraceAssembly.Time) throws(TraceFault) {
    let thread = number(ofThread: thread)
    guard let operation = NVTXOperator(text) else { return try assembly.addAnnotation(text, thread: thread, time) }
    var inputs = InputTexts()
    if let shapes = operation.shapes { inputs.shapes = assembly.name(shapes) }
    try assembly.addOperator(operation.name, thread: thread, time, inputs: inputs)
  }

  private mutating func add(_ lane: NsightLane, _ event: NsightCUDAEvent?, _ correlation: Int64) {
    let stream = assembly.knownStream(lane.key) ?? -1
    var wait = RecordedWait(
      correlation: unique(correlation, lane.process), stream: -1, recordCorrelation: -1, waitsForStream: stream)
    if let event, let recorded = record(of: event, in: lane.process, before: correlation) {
      wait.stream = stream
      wait.recordCorrelation = unique(recorded.correlation, lane.process)
      wait.waitsForStream = assembly.knownStream(recorded.stream) ?? -1
    }
    assembly.trace.waits.append(wait)
  }

  /// The last record of an event before a call.
  private func record(
    of event: NsightCUDAEvent, in process: Int64, before correlation: Int64
  ) -> (correlation: Int64, stream: String)? {
    let known = records[RecordKey(process: process, event: event)] ?? []
    if event.use >= 0 { return known.last }
    return known.filter { $0.correlation < correlation }.max { $0.correlation < $1.correlation }
  }

  // MARK: Numbers

  /// Threads are written with their process: 24 bits each, under 16 bits of the machine.
  ///
  /// Source: Nsight Systems' export documentation, "Serialized Process and Thread Identifiers".
  private static func process(of thread: Int64) -> Int64 { thread & ~0xFF_FFFF }

  private mutating func number(ofThread thread: Int64) -> Int32 {
    assembly.thread(process: String(thread >> 24 & 0xFF_FFFF), thread: String(thread & 0xFF_FFFF))
  }

  /// A correlation as one of the whole recording: each process counts its own.
  private mutating func unique(_ correlation: Int64, _ process: Int64) -> Int64 {
    guard correlation > 0, correlation < 1 << 40 else { return -1 }
    let place = processes[process] ?? Int64(processes.count)
    processes[process] = place
    return place << 40 | correlation
  }

  /// A call's name without the version behind it: `cudaLaunchKernel_v7000`.
  private static func callName(_ name: String) -> String {
    guard let mark = name.lastIndex(of: "_"), name[mark...].hasPrefix("_v"),
      name[mark...].dropFirst(2).allSatisfy(\.isNumber)
    else { return name }
    return String(name[..<mark])
  }
}

/// An operator as `torch.autograd.profiler.emit_nvtx` writes it into a range's text:
/// `aten::mm, seq = 3, op_id = 9, sizes = [[2, 3], [3, 4]]`.
struct NVTXOperator {
  /// The operator.
  let name: String
  /// Its shapes as a JSON array, where they are written.
  let shapes: String?

  /// Nil for a text that names no operator.
  init?(_ text: String) {
    let name = text.prefix { $0 != "," }
    guard name.contains("::") || (name.count < text.count && text.contains(", seq = ")), !name.contains(" ") else {
      return nil
    }
    self.name = String(name)
    guard let mark = text.range(ofText: "sizes = ") else {
      shapes = nil
      return
    }
    let rest = text[mark...]
    var depth = 0
    let list = rest.prefix { character in
      if character == "[" { depth += 1 }
      defer { if character == "]" { depth -= 1 } }
      return depth > 0
    }
    shapes = list.isEmpty ? nil : String(list)
  }
}

extension String {
  /// Where what follows a text begins; nil where that is not in it.
  fileprivate func range(ofText wanted: String) -> String.Index? {
    var rest = self[...]
    while let first = wanted.first, let found = rest.firstIndex(of: first) {
      if rest[found...].hasPrefix(wanted) { return index(found, offsetBy: wanted.count) }
      rest = rest[index(after: found)...]
    }
    return nil
  }
}
