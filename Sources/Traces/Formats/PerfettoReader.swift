import JSONText

extension TraceFormat {
  /// Perfetto's protobuf (`*.pftrace`, `*.perfetto-trace`), as rocprofv3 writes it too.
  static let perfetto = TraceFormat(
    recognizes: { head in
      let bytes = Array(head)
      var reader = WireReader(bytes, 0..<bytes.count)
      guard let tag = try? reader.variableForProbe(), let length = try? reader.variableForProbe(), tag == 0x0A,
        length > 0, length < 1 << 30, let first = try? reader.variableForProbe()
      else { return false }
      // What a packet may begin with: a clock snapshot, a time, its sequence, interned data, configuration and others.
      return [2, 6, 8, 10, 11, 12, 13, 33, 35, 36, 42, 45, 50, 58, 59, 60, 89].contains(first >> 3) && first & 7 <= 5
    },
    read: { input throws(TraceFault) in
      let bytes = try input.source.all(limit: RandomBytes.memoryLimit)
      var reader = PerfettoReader(bytes, file: input.source.name)
      return try WireReader.reading(input.source.name) { try reader.read() }
    })
}

/// Reads packets with track events: slices that begin and end on tracks, their names interned by sequence.
///
/// Source: `trace_packet.proto`, `track_event.proto`, `interned_data.proto` and `clock_snapshot.proto` of google/perfetto.
struct PerfettoReader {
  private let bytes: [UInt8]
  private let file: String
  private var slices: PerfettoSlices
  private var sequences: [UInt64: PerfettoSequence] = [:]
  private var hasEvents = false

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    slices = PerfettoSlices(file: file)
  }

  /// Reads the recording.
  mutating func read() throws -> Trace {
    var trace = WireReader(bytes, 0..<bytes.count)
    while let (field, value) = try trace.next() {
      if field == 1, let packet = value.range { try readPacket(packet) }
    }
    guard hasEvents else { throw TraceFault.notARecording(file: file) }
    return try slices.finish()
  }

  private mutating func readPacket(_ range: Range<Int>) throws {
    var fields: [Int: WireReader.Value] = [:]
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() { fields[field] = value }
    if fields[50] != nil { throw TraceFault.content(.compressedPackets, file: file) }
    let id = fields[10]?.number ?? 0
    var sequence = sequences[id] ?? PerfettoSequence()
    // 1: what was interned before counts no longer.
    if let flags = fields[13]?.number, flags & 1 == 1 { sequence.clear() }
    if let snapshot = fields[6]?.range { try sequence.readClocks(bytes, snapshot) }
    if let defaults = fields[59]?.range { try sequence.readDefaults(bytes, defaults) }
    if let interned = fields[12]?.range { try sequence.readInterned(bytes, interned) }
    if let track = fields[60]?.range { try slices.readTrack(bytes, track) }
    let time = sequence.time(fields[8]?.integer, clock: fields[58]?.number)
    if let event = fields[11]?.range, let time {
      hasEvents = true
      try slices.add(PerfettoEvent(bytes, event, sequence), at: time, sequence: id)
    }
    sequences[id] = sequence
  }
}

/// What the packets of one sequence refer to.
struct PerfettoSequence {
  private(set) var names: [UInt64: String] = [:]
  private(set) var categories: [UInt64: String] = [:]
  private(set) var annotations: [UInt64: String] = [:]
  private(set) var defaultTrack: UInt64?
  private var defaultClock: UInt64?
  /// Clocks that count from packet to packet, by number: where they are, and what one of them is.
  private var incremental: [UInt64: (now: Int64, unit: Int64)] = [:]

  mutating func clear() { (names, categories, annotations) = ([:], [:], [:]) }

  mutating func readInterned(_ bytes: [UInt8], _ range: Range<Int>) throws {
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      guard (1...3).contains(field), let part = value.range else { continue }
      var (number, name): (UInt64, String) = (0, "")
      var entry = WireReader(bytes, part)
      while let (field, value) = try entry.next() {
        if field == 1 { number = value.number ?? 0 }
        if field == 2, let text = value.range { name = String(decoding: bytes[text], as: UTF8.self) }
      }
      switch field {
      case 1: categories[number] = name
      case 2: names[number] = name
      default: annotations[number] = name
      }
    }
  }

  mutating func readDefaults(_ bytes: [UInt8], _ range: Range<Int>) throws {
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      if field == 58 { defaultClock = value.number }
      guard field == 11, let part = value.range else { continue }
      var event = WireReader(bytes, part)
      while let (field, value) = try event.next() {
        if field == 11 { defaultTrack = value.number }
      }
    }
  }

  /// Clocks that count increments are taken to that of the trace: boot time (6), where it is in the snapshot.
  mutating func readClocks(_ bytes: [UInt8], _ range: Range<Int>) throws {
    var clocks: [(id: UInt64, time: Int64, isIncremental: Bool, unit: Int64)] = []
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      guard field == 1, let part = value.range else { continue }
      var clock: (id: UInt64, time: Int64, isIncremental: Bool, unit: Int64) = (0, 0, false, 1)
      var entry = WireReader(bytes, part)
      while let (field, value) = try entry.next() {
        switch field {
        case 1: clock.id = value.number ?? 0
        case 2: clock.time = value.integer ?? 0
        case 3: clock.isIncremental = value.number == 1
        case 4: clock.unit = min(max(1, value.integer ?? 1), 1_000_000_000)
        default: break
        }
      }
      clocks.append(clock)
    }
    let boot = clocks.first { $0.id == 6 }?.time
    for clock in clocks where clock.isIncremental {
      let (own, overflows) = clock.time.multipliedReportingOverflow(by: clock.unit)
      incremental[clock.id] = (boot ?? (overflows ? 0 : own), clock.unit)
    }
  }

  /// The time of a packet in nanoseconds; nil where it has none, or one that cannot be.
  mutating func time(_ stamp: Int64?, clock: UInt64?) -> Int64? {
    guard let stamp else { return nil }
    guard let number = clock ?? defaultClock, let known = incremental[number] else { return stamp }
    let (step, overflows) = stamp.multipliedReportingOverflow(by: known.unit)
    let (now, overflowsToo) = known.now.addingReportingOverflow(step)
    guard !overflows, !overflowsToo else { return nil }
    incremental[number] = (now, known.unit)
    return now
  }
}

/// An event of a track.
struct PerfettoEvent {
  /// 1 begins a slice, 2 ends one.
  private(set) var type: UInt64 = 0
  private(set) var name: String?
  private(set) var categories: [String] = []
  private(set) var track: UInt64
  private(set) var flow: UInt64?
  private(set) var annotations: [String: Int64] = [:]

  init(_ bytes: [UInt8], _ range: Range<Int>, _ sequence: PerfettoSequence) throws {
    track = sequence.defaultTrack ?? 0
    func text(_ value: WireReader.Value) -> String? {
      value.range.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      switch field {
      case 3:
        for number in try Self.numbers(bytes, value) { categories.append(sequence.categories[number] ?? "") }
      case 4: if let part = value.range { try readAnnotation(bytes, part, sequence) }
      case 9: type = value.number ?? 0
      case 10: name = value.number.flatMap { sequence.names[$0] }
      case 11: track = value.number ?? 0
      case 22: if let category = text(value) { categories.append(category) }
      case 23: name = text(value)
      case 36, 47, 48: if flow == nil { flow = try Self.numbers(bytes, value).first }
      default: break
      }
    }
  }

  /// A number, or a list of numbers packed into bytes.
  private static func numbers(_ bytes: [UInt8], _ value: WireReader.Value) throws -> [UInt64] {
    guard let range = value.range else { return value.number.map { [$0] } ?? [] }
    var numbers: [UInt64] = []
    var reader = WireReader(bytes, range)
    while let number = try? reader.variableForProbe() { numbers.append(number) }
    return numbers
  }

  private mutating func readAnnotation(
    _ bytes: [UInt8], _ range: Range<Int>, _ sequence: PerfettoSequence
  ) throws {
    var (key, number): (String?, Int64?) = (nil, nil)
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: key = value.number.flatMap { sequence.annotations[$0] }
      case 10: key = value.range.map { String(decoding: bytes[$0], as: UTF8.self) }
      case 3, 4: number = value.integer
      case 6: number = value.range.flatMap { Int64(String(decoding: bytes[$0], as: UTF8.self)) }
      default: break
      }
    }
    if let key, let number { annotations[key] = number }
  }
}

/// Slices of tracks, put together to a recording.
struct PerfettoSlices {
  private var assembly: TraceAssembly
  private var tracks: [UInt64: Track] = [:]
  private var open: [TrackKey: [(event: PerfettoEvent, start: Int64)]] = [:]
  private var finished: [(event: PerfettoEvent, key: TrackKey, time: TraceAssembly.Time)] = []

  /// A track of a number; tracks that are not described belong to their sequence.
  private struct TrackKey: Hashable {
    var track: UInt64
    var sequence: UInt64
  }

  private struct Track {
    var name = ""
    var parent: UInt64 = 0
    var process: Int64?
    var thread: Int64?
  }

  init(file: String) { assembly = TraceAssembly(file: file) }

  mutating func readTrack(_ bytes: [UInt8], _ range: Range<Int>) throws {
    var (number, track): (UInt64, Track) = (0, Track())
    var reader = WireReader(bytes, range)
    while let (field, value) = try reader.next() {
      switch field {
      case 1: number = value.number ?? 0
      case 2, 10: if let text = value.range { track.name = String(decoding: bytes[text], as: UTF8.self) }
      case 3, 4:
        guard let part = value.range else { continue }
        var lane = WireReader(bytes, part)
        while let (inner, value) = try lane.next() {
          if inner == 1 { track.process = value.integer }
          if inner == 2, field == 4 { track.thread = value.integer }
        }
      case 5: track.parent = value.number ?? 0
      default: break
      }
    }
    tracks[number] = track
  }

  mutating func add(_ event: PerfettoEvent, at time: Int64, sequence: UInt64) throws {
    let key = TrackKey(track: event.track, sequence: event.track == 0 ? sequence : 0)
    switch event.type {
    case 1: open[key, default: []].append((event, time))
    case 2:
      guard let begun = open[key]?.popLast() else { return }
      finished.append((begun.event, key, TraceAssembly.Time(start: begun.start, end: time)))
      guard finished.count <= TraceLimits.events else {
        throw TraceFault.content(.tooMuch(.events), file: assembly.trace.file)
      }
    default: break
    }
  }

  /// The finished recording: tracks may be described behind their events.
  mutating func finish() throws(TraceFault) -> Trace {
    for (event, key, time) in finished { try add(event, key, time) }
    assembly.trace.unfinishedCount += open.values.reduce(0) { $0 + $1.count }
    return try assembly.finish()
  }

  private mutating func add(
    _ event: PerfettoEvent, _ key: TrackKey, _ time: TraceAssembly.Time
  ) throws(TraceFault) {
    let track = tracks[key.track] ?? Track()
    let name = event.name ?? "event"
    let correlation =
      event.annotations["corr_id"] ?? event.annotations["correlation"] ?? event.annotations["correlation_id"]
      ?? event.flow.flatMap { Int64(exactly: $0) } ?? -1
    let thread = { (assembly: inout TraceAssembly) -> Int32 in
      assembly.thread(
        process: track.process.map(String.init) ?? "",
        thread: track.thread.map(String.init) ?? "\(track.name) \(key.track) \(key.sequence)")
    }
    switch Self.sort(event.categories, name, track: track.name) {
    case .device(let kind):
      // One stream for each track, unless the events say theirs.
      let device = event.annotations["device"] ?? event.annotations["agent"] ?? 0
      let own = event.annotations["stream"] ?? event.annotations["stream_id"] ?? event.annotations["queue"]
      let stream = assembly.stream(device: String(device), stream: own.map(String.init) ?? track.name + " \(key.track)")
      try assembly.addDevice(
        kind, name, stream: stream, time, correlation: correlation,
        bytes: event.annotations["bytes"] ?? event.annotations["size"] ?? -1)
    case .call: try assembly.addCall(name, thread: thread(&assembly), time, correlation: correlation)
    case .operation: try assembly.addOperator(name, thread: thread(&assembly), time)
    case .annotation: try assembly.addAnnotation(name, thread: thread(&assembly), time)
    case .other: assembly.trace.eventCount += 1
    }
  }

  private enum Sort {
    case device(DeviceEventKind)
    case call
    case operation
    case annotation
    case other
  }

  /// What a slice is, by its categories, and otherwise by its name and its track's.
  private static func sort(_ categories: [String], _ name: String, track: String) -> Sort {
    for category in categories.map({ $0.lowercased() }) {
      if category.contains("kernel") { return .device(.kernel) }
      if category.contains("memcpy") || category.contains("memory_copy") { return .device(.copy) }
      if category.contains("memset") { return .device(.set) }
      if category.contains("hsa") || category.contains("python") { return .other }
      if category.contains("marker") || category.contains("annotation") || category.contains("roctx")
        || category.contains("nvtx")
      {
        return .annotation
      }
      if ["hip", "cuda", "driver", "runtime"].contains(where: category.contains) { return .call }
    }
    let lane = track.lowercased()
    if ["stream", "queue", "compute", "gpu"].contains(where: lane.hasPrefix) { return .device(.kernel) }
    for prefix in ["cuda", "hip", "cu"] where name.hasPrefix(prefix) {
      if name.dropFirst(prefix.count).first?.isUppercase ?? false { return .call }
    }
    return stepNumber(of: name) != nil ? .annotation : .operation
  }
}
