import JSONText

extension TraceFormat {
  /// The JSON of rocprofv3 (`--output-format json`).
  static let rocprof = TraceFormat(
    recognizes: { $0.compact.starts(with: #"{"rocprofiler-sdk-tool":"#.utf8) },
    read: { input throws(TraceFault) in
      var reader = RocprofReader(file: input.source.name)
      return try reader.read(input)
    })
}

/// Reads the JSON that rocprofv3 writes.
///
/// Names are numbers until the end, since the texts may follow what refers to them. Source: rocprofiler-sdk's documentation
/// of rocprofv3, "JSON output schema".
struct RocprofReader {
  private var events: RocprofAssembly
  private var process = ""
  private var domains: [(name: String, operations: [String])] = []
  private var kernels: [Int64: String] = [:]
  private var messages: [Int64: String] = [:]
  private var devices: [Int64: Int64] = [:]
  private var described: [RecordedDevice] = []
  private var records: [(path: String, record: JSONRecord)] = []

  init(file: String) { events = RocprofAssembly(file: file) }

  private static let calls: Set<String> = ["hip_api", "marker_api", "rccl_api"]
  private static let work: Set<String> = ["kernel_dispatch", "memory_copy"]

  /// Reads the recording; if it breaks off, up to the break.
  mutating func read(_ input: TraceInput) throws(TraceFault) -> Trace {
    var walk = try RecordWalk(input, openArrays: ["rocprofiler-sdk-tool"])
    var reader = self
    let truncation = try walk.read({ Self.isWanted($0) }) { (path, place, record) throws(TraceFault) in
      try reader.take(path, place, record)
    }
    self = reader
    events.assembly.trace.truncation = truncation
    events.assembly.trace.isDamaged = walk.isDamaged
    for (kind, record) in records { try add(kind, record) }
    records = []
    if events.assembly.trace.devices.isEmpty { events.assembly.trace.devices = described }
    return try events.finish()
  }

  private static func isWanted(_ path: [String]) -> Bool {
    switch path.count {
    case 2: ["agents", "kernel_symbols"].contains(path[1])
    case 3:
      path[1] == "buffer_records" && (calls.contains(path[2]) || work.contains(path[2]))
        || path[1] == "strings" && ["buffer_records", "marker_api"].contains(path[2])
        || path[1] == "metadata" && path[2] == "pid"
    default: false
    }
  }

  private mutating func take(_ path: [String], _ place: Int, _ record: JSONRecord) throws(TraceFault) {
    switch (path[1], path.last ?? "") {
    case ("metadata", _): process = record.text ?? ""
    case ("agents", _): addDevice(record)
    case ("kernel_symbols", _):
      guard let id = record["kernel_id"]?.integer else { return }
      kernels[id] =
        record["formatted_kernel_name"]?.text ?? record["demangled_kernel_name"]?.text ?? record["kernel_name"]?.text
    case ("strings", "marker_api"):
      if let key = record["key"]?.integer { messages[key] = record["value"]?.text }
    case ("strings", _):
      domains.append((record["kind"]?.text ?? "", (record["operations"]?.elements ?? []).map { $0.text ?? "" }))
    case (_, let kind):
      records.append((kind, Self.small(record)))
      guard records.count <= TraceLimits.events else {
        throw .content(.tooMuch(.events), file: events.assembly.trace.file)
      }
    }
  }

  /// A record without what is of no use, so that many fit into memory.
  private static func small(_ record: JSONRecord) -> JSONRecord {
    guard case .object(let members) = record else { return record }
    let dropped: Set<String> = ["args", "size", "retval"]
    return .object(members.filter { !dropped.contains($0.key) })
  }

  private mutating func addDevice(_ agent: JSONRecord) {
    // Type 1 is a processor, 2 an accelerator.
    guard let handle = agent["id"]?["handle"]?.integer, agent["type"]?.integer == 2 else { return }
    let number = agent["logical_node_type_id"]?.integer ?? Int64(devices.count)
    devices[handle] = number
    guard described.count < TraceLimits.devices else { return }
    var device = RecordedDevice()
    device.id = number
    device.name = agent["product_name"]?.text ?? agent["model_name"]?.text ?? agent["name"]?.text ?? ""
    device.computeUnits = max(0, agent["cu_count"]?.integer ?? 0)
    device.computeMajor = 9
    described.append(device)
  }

  private mutating func add(_ kind: String, _ record: JSONRecord) throws(TraceFault) {
    guard let start = record["start_timestamp"]?.integer, let end = record["end_timestamp"]?.integer else {
      events.assembly.trace.incompleteCount += 1
      return
    }
    let time = TraceAssembly.Time(start: start, end: end)
    let internalNumber = record["correlation_id"]?["internal"]?.integer ?? 0
    let correlation = internalNumber > 0 ? internalNumber : -1
    let place = Int(clamping: record["kind"]?.integer ?? -1)
    let domain = domains.indices.contains(place) ? domains[place] : ("", [])
    let operation = Int(clamping: record["operation"]?.integer ?? -1)
    let name = domain.1.indices.contains(operation) ? domain.1[operation] : ""
    switch kind {
    case "kernel_dispatch":
      let info = record["dispatch_info"]
      let agent = info?["agent_id"]?["handle"]?.integer ?? 0
      try events.add(
        RocprofAssembly.Work(
          kind: .kernel, name: info?["kernel_id"]?.integer.flatMap { kernels[$0] } ?? "kernel",
          device: devices[agent] ?? agent, stream: record["stream_id"]?["handle"]?.integer ?? 0,
          queue: info?["queue_id"]?["handle"]?.integer ?? 0, time: time, correlation: correlation))
    case "memory_copy":
      let ends = ["dst_agent_id", "src_agent_id"].compactMap { record[$0]?["handle"]?.integer }
      try events.add(
        RocprofAssembly.Work(
          kind: .copy, name: RocprofAssembly.copyTitle(name),
          device: ends.compactMap { devices[$0] }.first ?? 0,
          stream: record["stream_id"]?["handle"]?.integer ?? 0, queue: 0, time: time, correlation: correlation,
          bytes: record["bytes"]?.integer ?? -1))
    default:
      let fallback = kind == "hip_api" ? "HIP" : kind == "rccl_api" ? "RCCL" : "MARKER"
      try events.addRegion(
        name.isEmpty ? kind : name, domain: domain.0.isEmpty ? fallback : domain.0, message: messages[internalNumber],
        process: process, thread: record["thread_id"]?.text ?? "", time, correlation: correlation)
    }
  }
}
