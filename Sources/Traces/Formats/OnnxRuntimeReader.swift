import JSONText

extension TraceFormat {
  /// What ONNX Runtime's profiler writes (`enable_profiling`).
  static let onnxRuntime = TraceFormat(
    recognizes: { head in
      let text = head.compact
      return text.starts(with: "[{".utf8) && text.contains(#""cat":"Session""#.utf8)
    },
    read: { input throws(TraceFault) in
      var reader = OnnxRuntimeReader(file: input.source.name)
      return try reader.read(input)
    })
}

/// Reads profiles of ONNX Runtime: nodes of the graph on the host, and their kernels.
///
/// A kernel has no correlation: it stands in the file behind the node that launched it, or has that node's time around its
/// start. Launches are not recorded. Source: `profiler.cc` and `gpu_profiler_common.cc` of microsoft/onnxruntime.
struct OnnxRuntimeReader {
  private var assembly: TraceAssembly
  private var nodes: [Node] = []
  private var kernels: [Kernel] = []
  /// Whether nodes follow kernels, so that the order of the file tells which node a kernel is of.
  private var isInterleaved = false

  private struct Node {
    var thread: Int32
    var time: TraceAssembly.Time
    var isOfDevice: Bool
    var prefix: String
  }

  private struct Kernel {
    var name: String
    var stream: String
    var time: TraceAssembly.Time
    /// The last node before it in the file; -1 for none.
    var node: Int
  }

  init(file: String) { assembly = TraceAssembly(file: file) }

  /// Reads the recording; if it breaks off, up to the break.
  mutating func read(_ input: TraceInput) throws(TraceFault) -> Trace {
    var walk = try RecordWalk(input)
    var reader = self
    let truncation = try walk.read({ $0.isEmpty }) { (_, _, record) throws(TraceFault) in try reader.add(record) }
    self = reader
    assembly.trace.truncation = truncation
    assembly.trace.isDamaged = walk.isDamaged
    try launchKernels()
    return try assembly.finish()
  }

  private mutating func add(_ event: JSONRecord) throws(TraceFault) {
    guard event["ph"]?.text == "X", let name = event["name"]?.text else { return }
    guard let start = event["ts"]?.nanosecondsOfMicroseconds, let duration = event["dur"]?.nanosecondsOfMicroseconds
    else {
      assembly.trace.incompleteCount += 1
      return
    }
    let (end, overflows) = start.addingReportingOverflow(duration)
    guard !overflows else {
      assembly.trace.outOfRangeCount += 1
      return
    }
    let time = TraceAssembly.Time(start: start, end: end)
    switch event["cat"]?.text {
    case "Session", "Api":
      try assembly.addAnnotation(name, thread: thread(of: event), time)
    case "Node": try addNode(name, event, time)
    case "Kernel":
      let stream = event["args"]?["stream"]?.text ?? ""
      kernels.append(Kernel(name: name, stream: stream, time: time, node: nodes.count - 1))
    default: assembly.trace.eventCount += 1
    }
  }

  private mutating func addNode(_ name: String, _ event: JSONRecord, _ time: TraceAssembly.Time) throws(TraceFault) {
    // Fences stand around a node and take no time of their own.
    guard name.hasSuffix("_kernel_time") else { return assembly.trace.eventCount += 1 }
    if !kernels.isEmpty { isInterleaved = true }
    let arguments = event["args"]
    let provider = arguments?["provider"]?.text ?? ""
    let thread = thread(of: event)
    nodes.append(
      Node(
        thread: thread, time: time, isOfDevice: provider != "CPUExecutionProvider",
        prefix: provider.hasPrefix("ROCM") || provider.hasPrefix("MIGraphX") ? "hip" : "cuda"))
    try assembly.addOperator(
      arguments?["op_name"]?.text ?? String(name.dropLast("_kernel_time".count)), thread: thread, time,
      inputs: inputs(arguments?["input_type_shape"]))
  }

  private mutating func thread(of event: JSONRecord) -> Int32 {
    assembly.thread(process: event["pid"]?.text ?? "", thread: event["tid"]?.text ?? "")
  }

  /// `[{"float": [1, 3, 224, 224]}, {"int64": []}]` as shapes and types.
  private mutating func inputs(_ list: JSONRecord?) -> InputTexts {
    var inputs = InputTexts()
    guard let list else { return inputs }
    var (shapes, types): ([String], [String]) = ([], [])
    for element in list.elements {
      guard case .object(let members) = element, let (type, shape) = members.first else { continue }
      shapes.append("[" + shape.elements.map { String($0.integer ?? 0) }.joined(separator: ",") + "]")
      types.append("\"" + (type == "float16" ? "c10::Half" : type.filter { $0.isLetter || $0.isNumber }) + "\"")
    }
    inputs.shapes = assembly.name("[" + shapes.joined(separator: ",") + "]")
    inputs.types = assembly.name("[" + types.joined(separator: ",") + "]")
    return inputs
  }

  /// Gives each kernel a launch in its node: when it begins, or at the node's end where it begins later.
  private mutating func launchKernels() throws(TraceFault) {
    let order = nodes.indices.filter { nodes[$0].isOfDevice }.sorted { nodes[$0].time.start < nodes[$1].time.start }
    var correlation: Int64 = 0
    for kernel in kernels {
      correlation += 1
      let stream = assembly.stream(device: "0", stream: kernel.stream)
      let isCopy = kernel.name.hasPrefix("Memcpy") || kernel.name.hasPrefix("memcpy")
      try assembly.addDevice(
        isCopy ? .copy : .kernel, kernel.name, stream: stream, kernel.time, correlation: correlation)
      guard let place = isInterleaved ? kernel.node : node(around: kernel.time.start, order), place >= 0 else {
        continue
      }
      let node = nodes[place]
      let launched = min(max(kernel.time.start, node.time.start), node.time.end)
      try assembly.addCall(
        node.prefix + "LaunchKernel", thread: node.thread, TraceAssembly.Time(start: launched, end: launched),
        correlation: correlation)
    }
    if !kernels.isEmpty { assembly.trace.remarks.append(.launchesInferred(count: kernels.count)) }
  }

  /// The last node that begins no later than a moment.
  private func node(around moment: Int64, _ order: [Int]) -> Int? {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if nodes[order[middle]].time.start <= moment { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? order[low - 1] : nil
  }
}

extension [UInt8] {
  /// Whether some bytes stand in these.
  func contains(_ wanted: some Collection<UInt8>) -> Bool {
    guard let first = wanted.first else { return true }
    return indices.contains { self[$0] == first && self[$0...].starts(with: wanted) }
  }
}
