import JSONText

/// Why a recording cannot be read or used.
public enum TraceFault: Error, Sendable, Equatable {
  /// The file cannot be read.
  case file(FileFault)
  /// The system has no `gzip` to decompress with.
  case noDecompressor(file: String)
  /// The compressed data is damaged from the beginning.
  case damagedGzip(file: String)
  /// The text is not JSON, or a value in it makes no sense; the fault has the line, and here is the byte.
  case text(JSONFault, byteOffset: Int)
  /// The file is compressed or packed in a way that is not read.
  case packed(file: String, format: String, program: String)
  /// The text is JSON, but no recording of a profiler.
  case notARecording(file: String)
  /// One event or text takes more bytes than the reader keeps at once.
  case tooLong(file: String, line: Int, byteOffset: Int, limit: Int)
  /// The recording has no step of this number.
  case noStep(file: String, step: Int64, known: [Int64])
  /// Neither launches nor device events are in the part that was asked for.
  case nothingToReplay(file: String, step: Int64?)
  /// The recording is longer than the simulated clock can count.
  case spanTooLong(file: String)
  /// The recording has more than is kept; at the line and byte where it showed.
  case tooMuch(TraceExcess, file: String, line: Int, byteOffset: Int, step: Int64?)
  /// The durations of all events together are more than 64 bits can safely add up.
  case durationsTooLong(file: String)
  /// The recording has more threads or streams than are simulated.
  case tooMany(what: String, file: String, limit: Int)
}

extension TraceFault: CustomStringConvertible {
  /// One line that says what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .file(let fault): "\(fault)"
    case .noDecompressor(let file):
      "\(file): error: there is no gzip to decompress it with; install it, or give plain JSON"
    case .damagedGzip(let file): "\(file): error: is no whole gzip file: nothing can be decompressed (byte 0)"
    case .packed(let file, let format, let program):
      "\(file): error: is \(format), not JSON; unpack it first, as with '\(program)'"
    case .text(let fault, let offset): "\(fault) (byte \(offset))"
    case .notARecording(let file):
      "\(file): error: has no \"traceEvents\"; a recording of torch.profiler is needed, as export_chrome_trace writes it"
    case .tooLong(let file, let line, let offset, let limit):
      "\(file):\(line): error: one event or text has more than \(limit >> 20) MiB (byte \(offset))"
    case .noStep(let file, let step, let known):
      "\(file): error: has no step \(step); "
        + (known.isEmpty
          ? "it has none at all: profiler.step() marks them"
          : known.count > 20
            ? "it has \(known.count) steps from \(known.min() ?? 0) to \(known.max() ?? 0)"
            : "its steps are \(listed(known.map(String.init), by: "and"))")
    case .nothingToReplay(let file, let step):
      "\(file): error: \(step.map { "step \($0)" } ?? "the recording") has no launches and no kernels; "
        + "record with ProfilerActivity.CPU and ProfilerActivity.CUDA"
    case .spanTooLong(let file): "\(file): error: its times span more than 30 days; one of them must be wrong"
    case .durationsTooLong(let file):
      "\(file): error: its durations add up to more than 36 years; some of them must be wrong"
    case .tooMuch(let excess, let file, let line, let offset, let step):
      "\(file):\(line): error: \(excess.words) (byte \(offset)); "
        + (step == nil ? "--step N keeps one step" : "even up to the end of this step; record fewer steps")
    case .tooMany(let what, let file, let limit):
      "\(file): error: has more \(what) than the \(limit) that are simulated; --step keeps one step"
    }
  }
}

extension TraceExcess {
  fileprivate var words: String {
    switch self {
    case .events: "has more than the \(TraceLimits.events) operators, calls and kernels that are kept"
    case .texts: "has more than the \(TraceLimits.texts) different names and shapes that are kept"
    case .textBytes: "has names and shapes of more than the \(TraceLimits.textBytes >> 20) MiB that are kept"
    case .compressed(let bytes):
      "keeps more in memory than \(TraceLimits.keptBytesPerFileByte) times the \(bytes) compressed bytes before it, "
        + "which no recording of a real run does"
    }
  }
}
