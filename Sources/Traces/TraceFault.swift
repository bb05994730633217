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
  /// The durations of all events together are more than 64 bits can safely add up.
  case durationsTooLong(file: String)
  /// The recording has more threads or streams than are simulated.
  case tooMany(what: String, file: String, count: Int, limit: Int)
}

extension TraceFault: CustomStringConvertible {
  /// One line that says what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .file(let fault): "\(fault)"
    case .noDecompressor(let file):
      "\(file): error: there is no gzip to decompress it with; install it, or give plain JSON"
    case .damagedGzip(let file): "\(file): error: is no whole gzip file: nothing can be decompressed (byte 0)"
    case .text(let fault, let offset): "\(fault) (byte \(offset))"
    case .notARecording(let file):
      "\(file): error: has no \"traceEvents\"; a recording of torch.profiler is needed, as export_chrome_trace writes it"
    case .tooLong(let file, let line, let offset, let limit):
      "\(file):\(line): error: one event or text has more than \(limit >> 20) MiB (byte \(offset))"
    case .noStep(let file, let step, let known):
      "\(file): error: has no step \(step); "
        + (known.isEmpty
          ? "it has none at all: profiler.step() marks them"
          : "its steps are \(listed(known.map(String.init), by: "and"))")
    case .nothingToReplay(let file, let step):
      "\(file): error: \(step.map { "step \($0)" } ?? "the recording") has no launches and no kernels; "
        + "record with ProfilerActivity.CPU and ProfilerActivity.CUDA"
    case .spanTooLong(let file): "\(file): error: its times span more than 30 days; one of them must be wrong"
    case .durationsTooLong(let file):
      "\(file): error: its durations add up to more than 36 years; some of them must be wrong"
    case .tooMany(let what, let file, let count, let limit):
      "\(file): error: has \(count) \(what), more than the \(limit) that are simulated; --step keeps one step"
    }
  }
}
