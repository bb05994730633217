import JSONText

/// Reads the database that rocprofv3 writes (`--output-format rocpd`, its default).
///
/// Each run's tables carry its identifier behind their names; what has the plain names are views. Two versions of the
/// schema are in use: times in the rows, or in a table of their own. Source: `rocpd_tables.sql` of rocprofiler-sdk.
struct RocprofDatabase {
  private let database: SQLiteDatabase
  private var events: RocprofAssembly
  /// What tells the numbers of one run from those of another in the same file.
  private var runOffset: Int64 = 0

  init(_ database: SQLiteDatabase, file: String) {
    self.database = database
    events = RocprofAssembly(file: file)
  }

  /// Reads the recording.
  mutating func read() throws(TraceFault) -> Trace {
    let prefix = "rocpd_string"
    for (number, table) in database.names(ofTablesBeginning: prefix).enumerated() {
      runOffset = Int64(number) << 40
      try readRun(String(table.dropFirst(prefix.count)))
    }
    return try events.finish()
  }

  /// What the rows of a run refer to.
  private struct References {
    var strings: [Int64: String] = [:]
    var kernels: [Int64: String] = [:]
    var threads: [Int64: (process: String, thread: String)] = [:]
    var devices: [Int64: Int64] = [:]
    var times: [Int64: Int64] = [:]
    var tracks: [Int64: (thread: Int64, device: Int64, queue: Int64, stream: Int64)] = [:]
    var events: [Int64: Event] = [:]
  }

  private struct Event {
    var domain: String
    var correlation: Int64
    var message: String?
  }

  private mutating func readRun(_ suffix: String) throws(TraceFault) {
    var references = References()
    try readTexts(suffix, &references)
    try readLanes(suffix, &references)
    try readEvents(suffix, &references)
    try readRegions(suffix, references)
    try readWork(suffix, references)
  }

  private func readTexts(_ suffix: String, _ references: inout References) throws(TraceFault) {
    var (strings, kernels, times) = (references.strings, references.kernels, references.times)
    try database.readRows(of: "rocpd_string" + suffix, ["id", "string"]) { row throws(TraceFault) in
      if let id = row.integer(0) { strings[id] = row.text(1) }
    }
    try database.readRows(of: "rocpd_info_kernel_symbol" + suffix, ["id"], optional: ["display_name", "kernel_name"]) {
      row throws(TraceFault) in
      if let id = row.integer(0) { kernels[id] = row.text(1) ?? row.text(2) }
    }
    try database.readRows(of: "rocpd_timestamp" + suffix, ["id", "value"]) { row throws(TraceFault) in
      if let id = row.integer(0) { times[id] = row.integer(1) }
    }
    (references.strings, references.kernels, references.times) = (strings, kernels, times)
  }

  private mutating func readLanes(_ suffix: String, _ references: inout References) throws(TraceFault) {
    var (processes, threads): ([Int64: String], [Int64: (process: String, thread: String)]) = ([:], [:])
    try database.readRows(of: "rocpd_info_process" + suffix, ["id", "pid"]) { row throws(TraceFault) in
      if let id = row.integer(0) { processes[id] = row.text(1) }
    }
    try database.readRows(of: "rocpd_info_thread" + suffix, ["id", "tid"], optional: ["pid"]) {
      row throws(TraceFault) in
      guard let id = row.integer(0), let thread = row.text(1) else { return }
      threads[id] = (row.integer(2).flatMap { processes[$0] } ?? "", thread)
    }
    var tracks = references.tracks
    try database.readRows(of: "rocpd_track" + suffix, ["id"], optional: ["tid", "agent_id", "queue_id", "stream_id"]) {
      row throws(TraceFault) in
      guard let id = row.integer(0) else { return }
      tracks[id] = (row.integer(1) ?? 0, row.integer(2) ?? 0, row.integer(3) ?? 0, row.integer(4) ?? 0)
    }
    var devices: [Int64: Int64] = [:]
    var described: [RecordedDevice] = []
    try database.readRows(
      of: "rocpd_info_agent" + suffix, ["id"], optional: ["type", "type_index", "product_name", "name", "extdata"]
    ) { row throws(TraceFault) in
      guard let id = row.integer(0), row.text(1) != "CPU" else { return }
      devices[id] = row.integer(2) ?? id
      guard row.text(1) == "GPU", described.count < TraceLimits.devices else { return }
      var device = RecordedDevice()
      device.id = row.integer(2) ?? id
      device.name = row.text(3) ?? row.text(4) ?? ""
      device.computeUnits = row.text(5).flatMap { Self.document($0)?["cu_count"]?.integer } ?? 0
      device.computeMajor = 9
      described.append(device)
    }
    (references.threads, references.tracks, references.devices) = (threads, tracks, devices)
    if events.assembly.trace.devices.isEmpty { events.assembly.trace.devices = described }
  }

  private func readEvents(_ suffix: String, _ references: inout References) throws(TraceFault) {
    var events: [Int64: Event] = [:]
    let strings = references.strings
    let file = file
    try database.readRows(
      of: "rocpd_event" + suffix, ["id"], optional: ["category_id", "stack_id", "correlation_id", "extdata"]
    ) { row throws(TraceFault) in
      guard let id = row.integer(0) else { return }
      let domain = row.integer(1).flatMap { strings[$0] } ?? ""
      // The number that a call and its kernels share stands in the column of stacks.
      let stack = row.integer(2) ?? 0
      var event = Event(domain: domain, correlation: stack > 0 ? stack : row.integer(3) ?? 0)
      if domain.hasPrefix("MARKER") { event.message = row.text(4).flatMap { Self.document($0)?["message"]?.text } }
      events[id] = event
      guard events.count <= TraceLimits.events else { throw .content(.tooMuch(.events), file: file) }
    }
    references.events = events
  }

  private var file: String { database.file }

  private mutating func readRegions(_ suffix: String, _ references: References) throws(TraceFault) {
    var events = events
    let offset = runOffset
    try database.readRows(
      of: "rocpd_region" + suffix, ["name_id", "event_id"],
      optional: ["start", "end", "start_id", "end_id", "tid", "track_id"]
    ) { row throws(TraceFault) in
      guard let time = Self.time(row, from: 2, references) else {
        return events.assembly.trace.incompleteCount += 1
      }
      let thread = row.integer(6) ?? row.integer(7).flatMap { references.tracks[$0]?.thread } ?? 0
      let lane = references.threads[thread] ?? ("", String(thread))
      let event = row.integer(1).flatMap { references.events[$0] }
      try events.addRegion(
        row.integer(0).flatMap { references.strings[$0] } ?? "call", domain: event?.domain ?? "",
        message: event?.message, process: lane.process, thread: lane.thread, time,
        correlation: Self.unique(event?.correlation, offset))
    }
    self.events = events
  }

  private mutating func readWork(_ suffix: String, _ references: References) throws(TraceFault) {
    var events = events
    let offset = runOffset
    func add(
      _ row: SQLiteRow, _ kind: DeviceEventKind, _ name: String, device: Int64?, bytes: Int64
    ) throws(TraceFault) {
      guard let time = Self.time(row, from: 2, references) else {
        return events.assembly.trace.incompleteCount += 1
      }
      let track = row.integer(8).flatMap { references.tracks[$0] }
      let agent = device ?? track?.device ?? 0
      try events.add(
        RocprofAssembly.Work(
          kind: kind, name: name, device: references.devices[agent] ?? agent,
          stream: row.integer(6) ?? track?.stream ?? 0, queue: row.integer(7) ?? track?.queue ?? 0, time: time,
          correlation: Self.unique(row.integer(1).flatMap { references.events[$0]?.correlation }, offset),
          bytes: bytes))
    }
    let lanes = ["start", "end", "start_id", "end_id", "stream_id", "queue_id", "track_id"]
    try database.readRows(
      of: "rocpd_kernel_dispatch" + suffix, ["kernel_id", "event_id"], optional: lanes + ["agent_id"]
    ) { row throws(TraceFault) in
      try add(
        row, .kernel, row.integer(0).flatMap { references.kernels[$0] } ?? "kernel", device: row.integer(9), bytes: -1)
    }
    try database.readRows(
      of: "rocpd_memory_copy" + suffix, ["name_id", "event_id"],
      optional: lanes + ["dst_agent_id", "src_agent_id", "size"]
    ) { row throws(TraceFault) in
      let name = row.integer(0).flatMap { references.strings[$0] } ?? ""
      // The device of a copy is the one of both ends that is no processor.
      let ends = [row.integer(9), row.integer(10)].compactMap { $0 }
      try add(
        row, .copy, RocprofAssembly.copyTitle(name), device: ends.first { references.devices[$0] != nil },
        bytes: row.integer(11) ?? -1)
    }
    self.events = events
  }

  /// The time in two columns, or in the table that two further ones refer to.
  private static func time(_ row: SQLiteRow, from column: Int, _ references: References) -> TraceAssembly.Time? {
    let start = row.integer(column) ?? row.integer(column + 2).flatMap { references.times[$0] }
    let end = row.integer(column + 1) ?? row.integer(column + 3).flatMap { references.times[$0] }
    guard let start, let end else { return nil }
    return TraceAssembly.Time(start: start, end: end)
  }

  private static func unique(_ correlation: Int64?, _ offset: Int64) -> Int64 {
    guard let correlation, correlation > 0, correlation < 1 << 40 else { return -1 }
    return offset | correlation
  }

  private static func document(_ text: String) -> JSONRecord? {
    var parser = JSONPullParser(Array(text.utf8), file: "", depthLimit: 16)
    return try? JSONRecord.read(&parser)
  }
}
