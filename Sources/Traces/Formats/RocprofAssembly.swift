/// What rocprofv3 records, from its JSON or its database.
struct RocprofAssembly {
  var assembly: TraceAssembly
  private var works: [Work] = []

  /// A kernel or a copy.
  struct Work {
    var kind: DeviceEventKind
    var name: String
    var device: Int64
    var stream: Int64
    var queue: Int64
    var time: TraceAssembly.Time
    var correlation: Int64
    var bytes: Int64 = -1
  }

  init(file: String) { assembly = TraceAssembly(file: file) }

  /// Adds a call or a range of the host, by the domain that recorded it.
  ///
  /// Calls of HSA are below those of HIP and of no use for themselves.
  mutating func addRegion(
    _ name: String, domain: String, message: String?, process: String, thread: String, _ time: TraceAssembly.Time,
    correlation: Int64
  ) throws(TraceFault) {
    if domain.hasPrefix("HIP") {
      // HIP's calls of the compiler's interface (`__hipPushCallConfiguration`) stand around launches.
      try assembly.addCall(
        name, thread: assembly.thread(process: process, thread: thread), time, correlation: correlation)
    } else if domain.hasPrefix("MARKER") || domain.hasPrefix("ROCTX") {
      guard time.end > time.start else { return }
      try assembly.addAnnotation(
        message ?? name, thread: assembly.thread(process: process, thread: thread), time)
    } else if domain.hasPrefix("RCCL") {
      try assembly.addOperator(name, thread: assembly.thread(process: process, thread: thread), time)
    }
  }

  /// Adds work of a device.
  mutating func add(_ work: Work) throws(TraceFault) {
    works.append(work)
    guard works.count <= TraceLimits.events else { throw .content(.tooMuch(.events), file: assembly.trace.file) }
  }

  /// The finished recording.
  ///
  /// Work is in line in its stream of HIP. Where only one stream was recorded, as without `--stream`, the hardware's queues
  /// tell more.
  mutating func finish() throws(TraceFault) -> Trace {
    let hasStreams = Set(works.map(\.stream)).count > 1
    let queues = Set(works.lazy.filter { $0.kind == .kernel }.map(\.queue))
    for work in works {
      // Copies have no queue of their own: with one for all kernels they are in line with these.
      let queue = work.kind == .copy && queues.count == 1 ? queues.first ?? work.queue : work.queue
      let lane = hasStreams ? work.stream : queue
      let stream = assembly.stream(device: String(work.device), stream: String(lane))
      try assembly.addDevice(
        work.kind, work.name, stream: stream, work.time, correlation: work.correlation, bytes: work.bytes)
    }
    return try assembly.finish()
  }

  /// What Kineto calls a copy: `MEMORY_COPY_HOST_TO_DEVICE` is `Memcpy HtoD`.
  static func copyTitle(_ operation: String) -> String {
    let ends = operation.uppercased().split(separator: "_").compactMap { word -> String? in
      word == "HOST" ? "H" : word == "DEVICE" ? "D" : nil
    }
    return ends.count == 2 ? "Memcpy \(ends[0])to\(ends[1])" : "Memcpy"
  }
}
