/// Puts a recording together from tracks that are told by their names: what XLA's profiler writes, as protobuf and for
/// the trace viewer.
///
/// Source: `xplane_schema.h` of openxla/xla.
struct DeviceTracks {
  var assembly: TraceAssembly
  private var launched = false

  init(file: String) { assembly = TraceAssembly(file: file) }

  /// What a track holds.
  enum Sort: Equatable {
    /// Kernels and copies of a stream.
    case stream(device: String, stream: String)
    /// Threads of the host.
    case host
    /// What is derived from other tracks.
    case other
  }

  /// The sort of a track by the name of its plane or process, and its own.
  ///
  /// - Parameters:
  ///   - plane: The name of the plane or process.
  ///   - track: The track's own.
  ///   - hasStreams: Whether the plane has tracks of streams; a TPU has none, and its operations stand for them.
  /// - Returns: The sort.
  static func sort(plane: String, track: String, hasStreams: Bool) -> Sort {
    if plane.hasPrefix("/device:") {
      let device = String(plane.split(separator: ":").last?.prefix { $0.isNumber } ?? "0")
      if track.hasPrefix("Stream #") {
        return .stream(device: device, stream: String(track.dropFirst(8).prefix { $0 != "(" }))
      }
      return !hasStreams && track == "XLA Ops" ? .stream(device: device, stream: "0") : .other
    }
    return plane.hasPrefix("/host:") && plane != "/host:metadata" ? .host : .other
  }

  /// An event with what is known of it.
  struct Event {
    var name: String
    var time: TraceAssembly.Time
    var correlation: Int64?
    /// What it says of a copy: `kind_src:pageable kind_dst:device size:1024 dest:0 async:1`.
    var copy: String?
    var step: Int64?
  }

  /// Adds an event of a track.
  mutating func add(_ event: Event, _ sort: Sort, process: String, thread: String) throws(TraceFault) {
    switch sort {
    case .other: assembly.trace.eventCount += 1
    case .stream(let device, let stream):
      let kind: DeviceEventKind =
        event.copy != nil || event.name.hasPrefix("Memcpy")
        ? .copy : event.name.hasPrefix("Memset") || event.name.hasPrefix("memset") ? .set : .kernel
      try assembly.addDevice(
        kind, event.name, stream: assembly.stream(device: device, stream: stream), event.time,
        correlation: event.correlation ?? -1, bytes: event.copy.flatMap(Self.size) ?? -1)
    case .host: try addHost(event, assembly.thread(process: process, thread: thread))
    }
  }

  private mutating func addHost(_ event: Event, _ thread: Int32) throws(TraceFault) {
    if let step = event.step {
      try assembly.addAnnotation(event.name, thread: thread, event.time, step: step)
    } else if event.correlation != nil || Self.isCall(event.name) {
      try assembly.addCall(event.name, thread: thread, event.time, correlation: event.correlation ?? -1)
    } else if !event.name.hasPrefix("$") {
      // Frames of Python's stack begin with a dollar sign.
      try assembly.addOperator(event.name, thread: thread, event.time)
    } else {
      assembly.trace.eventCount += 1
    }
  }

  /// Whether a name is one of the runtime's or driver's: `cuLaunchKernel`, `cudaMemcpyAsync`, `hipLaunchKernel`.
  private static func isCall(_ name: String) -> Bool {
    for prefix in ["cuda", "hip", "cu"] where name.hasPrefix(prefix) {
      return name.dropFirst(prefix.count).first?.isUppercase ?? false
    }
    return false
  }

  private static func size(_ copy: String) -> Int64? {
    copy.split(separator: " ").first { $0.hasPrefix("size:") }.flatMap { Int64($0.dropFirst(5)) }
  }
}
