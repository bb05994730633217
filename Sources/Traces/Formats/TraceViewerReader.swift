extension TraceFormat {
  /// The JSON of JAX's and TensorFlow's profiler for the trace viewer (`*.trace.json.gz`).
  static let traceViewer = TraceFormat(
    recognizes: { head in
      let text = head.compact
      return text.first == UInt8(ascii: "{") && text.contains(#""highres-ticks":true"#.utf8)
    },
    read: { input throws(TraceFault) in
      var reader = TraceViewerReader(file: input.source.name)
      return try reader.read(input)
    })
}

/// Reads the trace viewer's JSON: events have no category, and are told by the names of their process and thread.
struct TraceViewerReader {
  private var tracks: DeviceTracks
  private var processes: [String: String] = [:]
  private var threads: [String: String] = [:]
  private var planesWithStreams: Set<String> = []

  init(file: String) { tracks = DeviceTracks(file: file) }

  /// Reads the recording; if it breaks off, up to the break.
  mutating func read(_ input: TraceInput) throws(TraceFault) -> Trace {
    var walk = try RecordWalk(input)
    var reader = self
    let truncation = try walk.read({ $0 == ["traceEvents"] }) { (_, _, record) throws(TraceFault) in
      try reader.add(record)
    }
    self = reader
    tracks.assembly.trace.truncation = truncation
    tracks.assembly.trace.isDamaged = walk.isDamaged
    return try tracks.assembly.finish()
  }

  private mutating func add(_ event: JSONRecord) throws(TraceFault) {
    let process = event["pid"]?.text ?? ""
    let thread = event["tid"]?.text ?? ""
    switch event["ph"]?.text {
    case "M":
      let name = event["args"]?["name"]?.text ?? ""
      if event["name"]?.text == "process_name" { processes[process] = name }
      if event["name"]?.text == "thread_name" {
        threads[process + "/" + thread] = name
        if name.hasPrefix("Stream #") { planesWithStreams.insert(process) }
      }
    case "X":
      guard let name = event["name"]?.text, let start = event["ts"]?.nanosecondsOfMicroseconds,
        let duration = event["dur"]?.nanosecondsOfMicroseconds
      else {
        tracks.assembly.trace.incompleteCount += 1
        return
      }
      let (end, overflows) = start.addingReportingOverflow(duration)
      guard !overflows else {
        tracks.assembly.trace.outOfRangeCount += 1
        return
      }
      let arguments = event["args"]
      let read = DeviceTracks.Event(
        name: name, time: TraceAssembly.Time(start: start, end: end),
        correlation: arguments?["correlation_id"]?.integer, copy: arguments?["memcpy_details"]?.text,
        step: arguments?["step_num"]?.integer)
      let track = threads[process + "/" + thread] ?? ""
      let plane = processes[process] ?? ""
      let sort = DeviceTracks.sort(plane: plane, track: track, hasStreams: planesWithStreams.contains(process))
      try tracks.add(read, sort, process: plane, thread: track.isEmpty ? thread : "\(track) \(thread)")
    default: tracks.assembly.trace.eventCount += 1
    }
  }
}
