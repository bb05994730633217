import Replay
import Roofline
import Traces

/// A recording written down event by event, times in microseconds.
struct TraceText {
  private var events: [String] = []
  /// The number of the last call.
  var correlation = 0
  /// Members of the document beside its events, each with a comma behind it.
  var root = ""

  /// An operator, with the shapes of its inputs as JSON where they are recorded: tensors in single precision.
  mutating func operation(
    _ name: String, _ start: Double, _ duration: Double, thread: Int = 1, shapes: String? = nil
  ) {
    let arguments = shapes.map { #""Input Dims": \#($0), "Input type": ["float", "float", "float", "float"]"# } ?? ""
    event("cpu_op", name, start, duration, process: 9, thread: thread, arguments)
  }

  /// A call without consequences on the device.
  ///
  /// - Returns: Its number.
  @discardableResult
  mutating func call(_ name: String, _ start: Double, _ duration: Double, thread: Int = 1, process: Int = 9) -> Int {
    correlation += 1
    event("cuda_runtime", name, start, duration, process: process, thread: thread, #""correlation": \#(correlation)"#)
    return correlation
  }

  /// A kernel by itself.
  mutating func kernel(
    _ start: Double, _ length: Double, stream: Int, correlation: Int?, process: Int = 0, device: Int = 0
  ) {
    event(
      "kernel", "k", start, length, process: process, thread: stream,
      (correlation.map { #""correlation": \#($0), "# } ?? "") + #""device": \#(device), "stream": \#(stream)"#)
  }

  /// The launch of a graph with its nodes: begin, length and stream of each.
  mutating func graph(
    _ start: Double, _ duration: Double, _ nodes: [(start: Double, length: Double, stream: Int)],
    call name: String = "cudaGraphLaunch"
  ) {
    let call = call(name, start, duration)
    for node in nodes { kernel(node.start, node.length, stream: node.stream, correlation: call) }
  }

  /// What the profiler writes of a wait where it is asked to.
  mutating func wait(_ call: Int, stream: Int, for other: Int?, record: Int?, name: String = "Stream Wait Event") {
    let partner = other.map { #", "wait_on_stream": \#($0)"# } ?? ""
    let event = record.map { #", "wait_on_cuda_event_record_corr_id": \#($0)"# } ?? ""
    self.event(
      "cuda_sync", name, 0, 0, process: 0, thread: stream,
      #""correlation": \#(call), "device": 0, "stream": \#(stream)"# + partner + event)
  }

  /// A call and what it launches.
  mutating func launch(
    _ start: Double, _ duration: Double, kernel: Double, _ length: Double, stream: Int = 7, thread: Int = 1,
    call: String = "cudaLaunchKernel", name: String = "k", category: String = "kernel", arguments: String = "",
    device: Int = 0
  ) {
    self.call(call, start, duration, thread: thread)
    event(
      category, name, kernel, length, process: device, thread: stream,
      #""correlation": \#(correlation), "device": \#(device), "stream": \#(stream)"#
        + (arguments.isEmpty ? "" : ", " + arguments))
  }

  mutating func step(_ number: Int, _ start: Double, _ duration: Double) {
    event("user_annotation", "ProfilerStep#\(number)", start, duration, process: 9, thread: 1, "")
  }

  private mutating func event(
    _ category: String, _ name: String, _ start: Double, _ duration: Double, process: Int, thread: Int,
    _ arguments: String
  ) {
    events.append(
      #"{"ph": "X", "cat": "\#(category)", "name": "\#(name)", "pid": \#(process), "tid": \#(thread), "ts": \#(start), "#
        + #""dur": \#(duration), "args": {\#(arguments)}}"#)
  }

  /// The JSON text.
  var text: String { #"{"schemaVersion": 1, \#(root)"traceEvents": ["# + events.joined(separator: ",\n") + "]}" }

  /// The recording.
  func run(step: Int64? = nil) throws -> RecordedRun {
    try RecordedRun(TraceReader.read(Array(text.utf8), file: "t.json", step: step), step: step)
  }
}
