extension TraceFormat {
  /// Databases of SQLite: those of Nsight Systems (`nsys export --type sqlite`) and rocprofv3's.
  static let database = TraceFormat(
    recognizes: { $0.starts(with: SQLiteDatabase.head) },
    read: { input throws(TraceFault) in
      let database = try SQLiteDatabase(input.source)
      if database.tables.keys.contains(where: { $0.hasPrefix("CUPTI_ACTIVITY_KIND_") || $0 == "NVTX_EVENTS" }) {
        var reader = NsightDatabase(database, file: input.source.name)
        return try reader.read()
      }
      if !database.names(ofTablesBeginning: "rocpd_").isEmpty {
        var reader = RocprofDatabase(database, file: input.source.name)
        return try reader.read()
      }
      throw .content(.unknownDatabase(tables: database.tables.keys.sorted()), file: input.source.name)
    })
}

/// Reads what `nsys export --type sqlite` writes.
///
/// Source of the tables: Nsight Systems' "SQLite Schema Reference". Tables are there only if something was recorded for
/// them, and columns differ between versions.
struct NsightDatabase {
  private let database: SQLiteDatabase
  private var events: NsightAssembly

  init(_ database: SQLiteDatabase, file: String) {
    self.database = database
    events = NsightAssembly(file: file)
  }

  /// Reads the recording.
  mutating func read() throws(TraceFault) -> Trace {
    var names: [Int64: String] = [:]
    try database.readRows(of: "StringIds", ["id", "value"]) { row throws(TraceFault) in
      if let id = row.integer(0), let value = row.text(1) { names[id] = value }
    }
    events.names = names
    events.hasNames = true
    try readDevices()
    try readCalls()
    try readKernels()
    try readMemory()
    try readGraphs()
    try readEvents()
    try readRanges()
    return try events.finish()
  }

  private mutating func readDevices() throws(TraceFault) {
    var devices: [RecordedDevice] = []
    try database.readRows(
      of: "TARGET_INFO_GPU", ["id", "name"], optional: ["totalMemory", "smCount", "computeMajor", "computeMinor"]
    ) { row throws(TraceFault) in
      guard devices.count < TraceLimits.devices else { return }
      var device = RecordedDevice()
      device.id = row.integer(0) ?? 0
      device.name = row.text(1) ?? ""
      device.memoryBytes = Double(max(0, row.integer(2) ?? 0))
      device.computeUnits = max(0, row.integer(3) ?? 0)
      device.computeMajor = max(0, row.integer(4) ?? 0)
      device.computeMinor = max(0, row.integer(5) ?? 0)
      devices.append(device)
    }
    events.assembly.trace.devices = devices
  }

  private mutating func readCalls() throws(TraceFault) {
    for table in ["CUPTI_ACTIVITY_KIND_RUNTIME", "CUPTI_ACTIVITY_KIND_DRIVER"] {
      var events = events
      try database.readRows(of: table, ["start", "end", "globalTid", "correlationId", "nameId"]) {
        row throws(TraceFault) in
        guard let time = row.time else { return events.assembly.trace.incompleteCount += 1 }
        try events.add(
          .call(name: row.integer(4) ?? 0, thread: row.integer(2) ?? 0, time, correlation: row.integer(3) ?? 0))
      }
      self.events = events
    }
  }

  private mutating func readKernels() throws(TraceFault) {
    var events = events
    try database.readRows(
      of: "CUPTI_ACTIVITY_KIND_KERNEL", Self.workColumns, optional: ["globalPid", "demangledName", "shortName"]
    ) { row throws(TraceFault) in
      guard let time = row.time else { return events.assembly.trace.incompleteCount += 1 }
      try events.add(
        .work(
          NsightWork(
            kind: .kernel, title: "kernel", name: row.integer(7) ?? row.integer(8), lane: row.lane, time: time,
            correlation: row.integer(5) ?? 0)))
    }
    self.events = events
  }

  private mutating func readMemory() throws(TraceFault) {
    var events = events
    try database.readRows(
      of: "CUPTI_ACTIVITY_KIND_MEMCPY", Self.workColumns, optional: ["globalPid", "bytes", "copyKind"]
    ) { row throws(TraceFault) in
      guard let time = row.time else { return events.assembly.trace.incompleteCount += 1 }
      try events.add(
        .work(
          NsightWork(
            kind: .copy, title: NsightCopy.title(row.integer(8) ?? 0), lane: row.lane, time: time,
            correlation: row.integer(5) ?? 0, bytes: row.integer(7) ?? -1)))
    }
    try database.readRows(of: "CUPTI_ACTIVITY_KIND_MEMSET", Self.workColumns, optional: ["globalPid", "bytes"]) {
      row throws(TraceFault) in
      guard let time = row.time else { return events.assembly.trace.incompleteCount += 1 }
      try events.add(
        .work(
          NsightWork(
            kind: .set, title: "Memset (Device)", lane: row.lane, time: time, correlation: row.integer(5) ?? 0,
            bytes: row.integer(7) ?? -1)))
    }
    self.events = events
  }

  /// Graphs that were recorded as wholes (`--cuda-graph-trace=graph`): each launch is one piece of work.
  private mutating func readGraphs() throws(TraceFault) {
    var events = events
    try database.readRows(
      of: "CUPTI_ACTIVITY_KIND_GRAPH_TRACE", Self.workColumns, optional: ["globalPid", "graphId"]
    ) { row throws(TraceFault) in
      guard let time = row.time else { return events.assembly.trace.incompleteCount += 1 }
      try events.add(
        .work(
          NsightWork(
            kind: .kernel, title: "CUDA graph \(row.integer(7) ?? 0)", lane: row.lane, time: time,
            correlation: row.integer(5) ?? 0)))
    }
    self.events = events
  }

  /// Waits and the events that are waited for.
  private mutating func readEvents() throws(TraceFault) {
    var events = events
    let columns = ["deviceId", "contextId", "streamId", "correlationId", "eventId"]
    try database.readRows(of: "CUPTI_ACTIVITY_KIND_CUDA_EVENT", columns, optional: ["globalPid", "eventSyncId"]) {
      row throws(TraceFault) in
      guard let number = row.integer(4) else { return }
      try events.add(
        .record(
          row.eventLane, event: NsightCUDAEvent(number: number, use: row.integer(6) ?? -1),
          correlation: row.integer(3) ?? 0))
    }
    try database.readRows(
      of: "CUPTI_ACTIVITY_KIND_SYNCHRONIZATION", columns, optional: ["globalPid", "eventSyncId"]
    ) { row throws(TraceFault) in
      try events.add(
        .wait(
          row.eventLane, event: NsightCUDAEvent.waited(row.integer(4), use: row.integer(6)),
          correlation: row.integer(3) ?? 0))
    }
    self.events = events
  }

  private mutating func readRanges() throws(TraceFault) {
    var events = events
    try database.readRows(of: "NVTX_EVENTS", ["start", "end", "globalTid"], optional: ["text", "textId", "eventType"]) {
      row throws(TraceFault) in
      // Marks, categories and names of threads have no end.
      guard let time = row.time, NsightRange.isRange(row.integer(5)) else { return }
      try events.add(.range(text: row.text(3), number: row.integer(4), thread: row.integer(2) ?? 0, time))
    }
    self.events = events
  }

  private static let workColumns = ["start", "end", "deviceId", "contextId", "streamId", "correlationId"]
}

/// Ranges among what NVTX records.
enum NsightRange {
  /// Whether a type of event is a range: pushed and popped (59), or started and ended (60), 70 and 71 where the text is
  /// of the newer interface.
  ///
  /// Source: Nsight Systems' export documentation, "NVTX Event Type Values".
  static func isRange(_ type: Int64?) -> Bool { type.map { [59, 60, 70, 71].contains($0) } ?? true }
}

/// Copies by CUPTI's numbers.
enum NsightCopy {
  /// What Kineto calls a copy of a kind.
  ///
  /// Source: CUPTI's `CUpti_ActivityMemcpyKind`.
  static func title(_ kind: Int64) -> String {
    switch kind {
    case 1: "Memcpy HtoD"
    case 2: "Memcpy DtoH"
    case 3: "Memcpy HtoA"
    case 4: "Memcpy AtoH"
    case 8: "Memcpy DtoD"
    case 9: "Memcpy HtoH"
    case 10: "Memcpy PtoP"
    default: "Memcpy"
    }
  }
}

extension NsightCUDAEvent {
  /// The event that is waited for; nil where a wait is for none.
  static func waited(_ number: Int64?, use: Int64?) -> NsightCUDAEvent? {
    guard let number, number > 0, number != 0xFFFF_FFFF else { return nil }
    return NsightCUDAEvent(number: number, use: use.map { $0 == 0xFFFF_FFFF ? -1 : $0 } ?? -1)
  }
}

extension SQLiteRow {
  /// The time in the first two columns.
  fileprivate var time: TraceAssembly.Time? {
    guard let start = integer(0), let end = integer(1) else { return nil }
    return TraceAssembly.Time(start: start, end: end)
  }

  /// The lane of work, by its columns.
  fileprivate var lane: NsightLane {
    NsightLane(
      process: integer(6) ?? 0, device: integer(2) ?? 0, context: integer(3) ?? 0, stream: integer(4) ?? 0)
  }

  /// The lane of an event or wait, by its columns.
  fileprivate var eventLane: NsightLane {
    NsightLane(
      process: integer(5) ?? 0, device: integer(0) ?? 0, context: integer(1) ?? 0, stream: integer(2) ?? 0)
  }
}
