import JSONText

/// Why a recording cannot be read or used.
public enum TraceFault: Error, Sendable, Equatable {
  /// The file cannot be read.
  case file(FileFault)
  /// The system has no `gzip` to decompress with.
  case noDecompressor(file: String)
  /// The compressed data is damaged from the beginning.
  case damagedGzip(file: String)
  /// What is packed in another way is damaged from the beginning.
  case damagedPacking(file: String, format: String)
  /// The archive has no file that may be a recording.
  case emptyArchive(file: String)
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
  /// The content of a format other than Kineto's JSON is not what it should be.
  case content(ContentFault, file: String)
}

extension TraceFault: Fault {
  /// The file, with line and column where they are known.
  public var place: String? {
    switch self {
    case .file(let fault): fault.place
    case .text(let fault, _): fault.place
    case .noDecompressor(let file), .damagedGzip(let file), .damagedPacking(let file, _), .emptyArchive(let file),
      .packed(let file, _, _), .notARecording(let file),
      .noStep(let file, _, _), .nothingToReplay(let file, _), .spanTooLong(let file), .durationsTooLong(let file),
      .tooMany(_, let file, _), .content(_, let file):
      file
    case .tooLong(let file, let line, _, _), .tooMuch(_, let file, let line, _, _): "\(file):\(line)"
    }
  }

  /// What is wrong, and what to do.
  public var words: FaultWords {
    switch self {
    case .file(let fault): fault.words
    case .noDecompressor: "there is no gzip to decompress it with; install it, or give plain JSON"
    case .damagedGzip: "is no whole gzip file: nothing can be decompressed (byte 0)"
    case .damagedPacking(_, let format): "is no whole \(format): nothing can be unpacked"
    case .emptyArchive: "is an archive without a recording"
    case .packed(_, let format, let program): "is \(format), not JSON; unpack it first, as with '\(program)'"
    case .text(let fault, let offset): "\(fault.words) (byte \(offset))"
    case .notARecording:
      "has no \"traceEvents\"; a recording of torch.profiler is needed, as export_chrome_trace writes it"
    case .tooLong(_, _, let offset, let limit):
      "one event or text has more than \(limit >> 20) MiB (byte \(offset))"
    case .noStep(_, let step, let known):
      "has no step \(step); "
        + (known.isEmpty
          ? "it has none at all: profiler.step() marks them"
          : known.count > 20
            ? "it has \(known.count) steps from \(known.min() ?? 0) to \(known.max() ?? 0)"
            : "its steps are \(listed(known.map(String.init), by: "and"))")
    case .nothingToReplay(_, let step):
      "\(step.map { "step \($0)" } ?? "the recording") has no launches and no kernels; "
        + "record with ProfilerActivity.CPU and ProfilerActivity.CUDA"
    case .spanTooLong: "its times span more than 30 days; one of them must be wrong"
    case .durationsTooLong: "its durations add up to more than 36 years; some of them must be wrong"
    case .tooMuch(let excess, _, _, let offset, nil):
      "\(excess.words) (byte \(offset)); \(option: "step") N keeps one step"
    case .tooMuch(let excess, _, _, let offset, .some):
      "\(excess.words) (byte \(offset)); even up to the end of this step; record fewer steps"
    case .content(let fault, _): fault.words
    case .tooMany(let what, _, let limit):
      "has more \(what) than the \(limit) that are simulated; \(option: "step") keeps one step"
    }
  }
}

extension TraceExcess {
  /// What there is too much of.
  var words: String {
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
