/// Reads recordings, each in the format that its first bytes tell.
public enum TraceReader {
  /// The formats, the first of which that recognizes a file reads it.
  ///
  /// The last takes what no other does, and says why it cannot.
  static let formats: [TraceFormat] = [
    .database, .nsightLines, .rocprof, .onnxRuntime, .traceViewer, .executionTrace, .chakra, .xspace, .perfetto,
    .profiler,
  ]

  /// How many bytes formats are told by.
  static let headLength = 4096

  /// Reads a recording.
  ///
  /// - Parameters:
  ///   - path: The file, plain or gzipped whatever its name; `-` is standard input.
  ///   - step: The step that matters; what lies wholly outside of it need not be kept.
  ///   - threads: How many cores are used; nil for all. What is read does not depend on it.
  ///   - progress: Is told now and then how many bytes of the file are read, and how many there are; nil for a pipe.
  /// - Returns: The recording; if it breaks off, up to the break.
  /// - Throws: ``TraceFault``.
  /// - Complexity: O(bytes) time; O(kept events) memory, which `TraceLimits` bounds.
  public static func read(
    path: String, step: Int64? = nil, threads: Int? = nil, progress: ((_ done: Int, _ total: Int?) -> Void)? = nil
  ) throws(TraceFault) -> Trace {
    var input = TraceInput(source: try ByteSource(path: path, progress: progress), step: step)
    input.helpers = max(0, min(threads ?? availableCores, availableCores) - 1)
    if input.helpers > 0 { input.windowSize = sharedWindowSize }
    return try read(input)
  }

  /// How much of the text is in memory where several cores read it: enough to be cut into pieces.
  private static let sharedWindowSize = 2 << 20

  /// Reads a recording from memory, not gzipped.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - file: What it is called in messages.
  ///   - step: The step that matters.
  ///   - windowSize: How many bytes to have in memory at first.
  ///   - threads: How many cores are used.
  /// - Returns: The recording; if it breaks off, up to the break.
  /// - Throws: ``TraceFault``.
  public static func read(
    _ bytes: [UInt8], file: String, step: Int64? = nil, windowSize: Int = 1 << 20, threads: Int = 1
  ) throws(TraceFault) -> Trace {
    try read(
      TraceInput(
        source: ByteSource(bytes, name: file), step: step, windowSize: windowSize, helpers: max(0, threads - 1)))
  }

  static func read(_ input: TraceInput) throws(TraceFault) -> Trace {
    try checkName(input.source.name)
    let head = try input.source.head(headLength)
    if let format = formats.dropLast().first(where: { $0.recognizes(head) }) { return try format.read(input) }
    guard mayBeJSON(head) else { throw .content(.noRecording, file: input.source.name) }
    return try TraceFormat.profiler.read(input)
  }

  /// Whether the first character is one that a value of JSON begins with; of nothing, the reader of JSON says so.
  private static func mayBeJSON(_ head: ArraySlice<UInt8>) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = head.starts(with: mark) ? head.dropFirst(mark.count) : head
    let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first.map { "{[\"-0123456789tfn".utf8.contains($0) } ?? true
  }

  /// Refuses a profiler's own files, whose formats are not published and whose exports are read.
  private static func checkName(_ name: String) throws(TraceFault) {
    for (ending, tool, command) in [
      (".nsys-rep", "Nsight Systems", "nsys export --type sqlite FILE"),
      (".qdrep", "Nsight Systems", "nsys export --type sqlite FILE"),
    ] where name.hasSuffix(ending) {
      throw .content(.needsExport(tool: tool, command: command), file: name)
    }
  }
}
