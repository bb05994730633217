import JSONText

extension TraceFormat {
  /// What `nsys export --type jsonlines` and `--type json` write: an object on each line.
  static let nsightLines = TraceFormat(
    recognizes: { head in
      let words = [
        #"{"Type":"#, #"{"type":"#, #"{"data":["#, #"{"table":"#, #"{"TraceProcessEvent""#, #"{"CudaEvent""#,
      ]
      let text = head.compact
      return words.contains { text.starts(with: $0.utf8) }
    },
    read: { input throws(TraceFault) in
      var reader = NsightLines(input.source)
      return try reader.read()
    })
}

/// Reads Nsight Systems' JSON lines.
///
/// Two layouts are in use: serialized events (`{"Type":79,"CudaEvent":{...}}`), whose texts come first or last, and rows of
/// the tables of the SQLite export (`{"table":"CUPTI_ACTIVITY_KIND_KERNEL",...}`). Source: Nsight Systems' export
/// documentation, "JSON and Text Format Description".
struct NsightLines {
  private let file: String
  private var lines: LineReader
  private var events: NsightAssembly
  private var isRecording = false

  init(_ source: ByteSource) {
    file = source.name
    lines = LineReader(source)
    events = NsightAssembly(file: source.name)
  }

  /// Reads the recording; if its last line is cut off, up to that.
  mutating func read() throws(TraceFault) -> Trace {
    while let line = try lines.next() {
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      var parser = JSONPullParser(Array(line), file: file)
      let record: JSONRecord
      do throws(JSONFault) {
        record = try JSONRecord.read(&parser)
      } catch {
        if isRecording, case .unexpectedEnd = error.fact, try lines.next() == nil {
          events.assembly.trace.truncation = Truncation(line: lines.number, byteOffset: lines.byteOffset + line.count)
          break
        }
        var fault = error
        fault.position.line += lines.number - 1
        throw .text(fault, byteOffset: lines.byteOffset)
      }
      try add(record)
    }
    guard isRecording else { throw .notARecording(file: file) }
    return try events.finish()
  }

  private mutating func add(_ line: JSONRecord) throws(TraceFault) {
    if let table = line["table"]?.text { return try addRow(of: table, line) }
    if let texts = line["data"]?.elements, !texts.isEmpty {
      for (number, text) in texts.enumerated() { events.names[Int64(number)] = text.text }
    } else if line["type"]?.text == "String", let number = line["id"]?.integer {
      events.names[number] = line["value"]?.text
    } else if let call = line["TraceProcessEvent"] {
      try addCall(call, name: call["name"])
    } else if let event = line["CudaEvent"] {
      try addWork(event)
    } else if let range = line["NvtxEvent"] {
      isRecording = true
      guard let time = range.time("Timestamp", "EndTimestamp"), NsightRange.isRange(range["Type"]?.integer) else {
        return
      }
      try events.add(
        .range(
          text: range["Text"]?.text, number: range["TextId"]?.integer, thread: range["GlobalTid"]?.integer ?? 0, time))
    }
  }

  private mutating func addCall(_ call: JSONRecord, name: JSONRecord?) throws(TraceFault) {
    isRecording = true
    guard let time = call.time("startNs", "endNs") ?? call.time("start", "end") else {
      return events.assembly.trace.incompleteCount += 1
    }
    try events.add(
      .call(
        name: name?.integer ?? 0, thread: call["globalTid"]?.integer ?? 0, time,
        correlation: call["correlationId"]?.integer ?? 0))
  }

  /// A serialized event of the device: a kernel, copy, set, wait or record, told by the member that describes it.
  private mutating func addWork(_ event: JSONRecord) throws(TraceFault) {
    isRecording = true
    let lane = event.lane
    let correlation = event["correlationId"]?.integer ?? 0
    if let wait = event["sync"] {
      let waited = NsightCUDAEvent.waited(wait["eventId"]?.integer, use: wait["eventSyncId"]?.integer)
      return try events.add(.wait(lane, event: waited, correlation: correlation))
    }
    if let record = event["cudaEventRecord"] {
      guard let number = record["eventId"]?.integer else { return }
      let recorded = NsightCUDAEvent(number: number, use: record["eventSyncId"]?.integer ?? -1)
      return try events.add(.record(lane, event: recorded, correlation: correlation))
    }
    guard let time = event.time("startNs", "endNs") else { return events.assembly.trace.incompleteCount += 1 }
    var work = NsightWork(kind: .kernel, title: "kernel", lane: lane, time: time, correlation: correlation)
    if let kernel = event["kernel"] {
      work.name = kernel["demangledName"]?.integer ?? kernel["shortName"]?.integer
    } else if let copy = event["memcpy"] {
      work.kind = .copy
      work.title = NsightCopy.title(copy["copyKind"]?.integer ?? 0)
      work.bytes = copy["sizebytes"]?.integer ?? -1
    } else if let set = event["memset"] {
      work.kind = .set
      work.title = "Memset (Device)"
      work.bytes = set["sizebytes"]?.integer ?? set["bytes"]?.integer ?? -1
    } else if let graph = event["graph"] ?? event["graphTrace"] {
      work.title = "CUDA graph \(graph["graphId"]?.integer ?? 0)"
    } else {
      return
    }
    try events.add(.work(work))
  }

  /// A row of a table of the SQLite export.
  private mutating func addRow(of table: String, _ row: JSONRecord) throws(TraceFault) {
    isRecording = isRecording || table.hasPrefix("CUPTI_ACTIVITY_KIND_") || table == "NVTX_EVENTS"
    let correlation = row["correlationId"]?.integer ?? 0
    var work = NsightWork(
      kind: .kernel, title: "kernel", lane: row.lane, time: TraceAssembly.Time(start: 0, end: 0),
      correlation: correlation)
    switch table {
    case "StringIds":
      if let number = row["id"]?.integer { events.names[number] = row["value"]?.text }
      return
    case "CUPTI_ACTIVITY_KIND_RUNTIME", "CUPTI_ACTIVITY_KIND_DRIVER": return try addCall(row, name: row["nameId"])
    case "CUPTI_ACTIVITY_KIND_KERNEL": work.name = row["demangledName"]?.integer ?? row["shortName"]?.integer
    case "CUPTI_ACTIVITY_KIND_MEMCPY":
      (work.kind, work.title) = (.copy, NsightCopy.title(row["copyKind"]?.integer ?? 0))
    case "CUPTI_ACTIVITY_KIND_MEMSET": (work.kind, work.title) = (.set, "Memset (Device)")
    case "CUPTI_ACTIVITY_KIND_GRAPH_TRACE": work.title = "CUDA graph \(row["graphId"]?.integer ?? 0)"
    case "CUPTI_ACTIVITY_KIND_SYNCHRONIZATION":
      let waited = NsightCUDAEvent.waited(row["eventId"]?.integer, use: row["eventSyncId"]?.integer)
      return try events.add(.wait(row.lane, event: waited, correlation: correlation))
    case "CUPTI_ACTIVITY_KIND_CUDA_EVENT":
      guard let number = row["eventId"]?.integer else { return }
      let recorded = NsightCUDAEvent(number: number, use: row["eventSyncId"]?.integer ?? -1)
      return try events.add(.record(row.lane, event: recorded, correlation: correlation))
    case "NVTX_EVENTS":
      guard let time = row.time("start", "end"), NsightRange.isRange(row["eventType"]?.integer) else { return }
      return try events.add(
        .range(text: row["text"]?.text, number: row["textId"]?.integer, thread: row["globalTid"]?.integer ?? 0, time))
    default: return
    }
    guard let time = row.time("start", "end") else { return events.assembly.trace.incompleteCount += 1 }
    work.time = time
    work.bytes = row["bytes"]?.integer ?? -1
    try events.add(.work(work))
  }
}

extension JSONRecord {
  /// A time between two members.
  fileprivate func time(_ start: String, _ end: String) -> TraceAssembly.Time? {
    guard let start = self[start]?.integer, let end = self[end]?.integer else { return nil }
    return TraceAssembly.Time(start: start, end: end)
  }

  fileprivate var lane: NsightLane {
    NsightLane(
      process: self["globalPid"]?.integer ?? 0, device: self["deviceId"]?.integer ?? 0,
      context: self["contextId"]?.integer ?? 0, stream: self["streamId"]?.integer ?? 0)
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks and a byte order mark: what the beginning of a text is told by.
  var compact: [UInt8] { filter { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF } }
}
