import CommandSyntax
import JSONText
import OutputFiles
import Studies

/// Why the program stops, as it leaves: what to say on standard error, and the exit status.
struct Failure: Error {
  /// The statuses that tools rely on.
  enum Status: Int32 {
    /// All was done that anybody still wanted.
    case done = 0
    /// A check said no.
    case checkFailed = 1
    /// The input is wrong.
    case wrongInput = 2
    /// The command line is wrong.
    case wrongUsage = 64
    /// A defect of the program.
    case defect = 70
    /// The output could not be written.
    case outputFailed = 74
  }

  let status: Status
  /// What is said.
  let words: Message
  /// What is wrong, to be said behind a place of somebody else's.
  let problem: Message
  /// The faults of libraries that are the reason, if any are.
  let causes: [any Error]

  /// A failure.
  ///
  /// - Parameters:
  ///   - status: The exit status.
  ///   - place: Where the fault is, a file with line and column if they are known.
  ///   - problem: What is wrong and what would be right.
  ///   - causes: The faults that are the reason.
  init(_ status: Status, at place: String? = nil, _ problem: Message, causes: [any Error] = []) {
    self.status = status
    let error: Message = "error: "
    words = (place.map { "\($0): " } ?? "") + error + problem
    self.problem = place == nil ? problem : words
    self.causes = causes
  }

  /// What any fault comes to: a failure is one already, a fault of the command line says where to read on, and all
  /// others are about the input.
  ///
  /// - Parameters:
  ///   - fault: The fault.
  ///   - place: Where it is, if it does not say so itself.
  ///   - causes: The faults that are the reason, besides itself.
  init(_ fault: any Error, at place: String? = nil, causes: [any Error] = []) {
    switch fault {
    case let failure as Failure: self = failure
    case let fault as OutputFault: self.init(fault)
    case let fault as SweepRequestFault where fault.place == nil:
      self.init(.wrongUsage, Message(fault.words), causes: [fault])
    case let fault as CommandSyntaxFault:
      self.init(.wrongUsage, "\(fault.fact)\nsee '\(fault.command) --help'", causes: [fault])
    case let fault as any Fault:
      self.init(.wrongInput, at: place ?? fault.place, Message(fault.words), causes: causes + [fault])
    default: self.init(.wrongInput, at: place, Message(outside: "\(fault)"), causes: [fault])
    }
  }

  /// An output that cannot be written; of a sweep's rows, which grow in a file, with how to go on.
  private init(_ fault: OutputFault) {
    switch fault {
    case .unread: self.init(.done, "")
    case .unnamed, .wrongEnding, .noEnding, .isInput: self.init(.wrongUsage, Message(fault.words))
    case .beingWritten: self.init(.wrongInput, at: fault.place, Message(fault.words))
    case .interrupted:
      let words: Message = "an interrupted sweep left its rows here; add --resume to go on, or remove the file"
      self.init(.wrongInput, at: fault.place, words)
    case .isNoPartial(let oddity, _):
      let words: Message = "is \(oddity.words), and no file that an interrupted sweep left; remove it"
      self.init(.wrongInput, at: fault.place, words)
    case .stopped(let step, let path, let partial, let error):
      let words = Message(OutputFault.refused(step, path: path, error: error).words)
      self.init(.outputFailed, at: path, words + "; the rows so far stay in \(partial), and --resume goes on")
    default: self.init(.outputFailed, at: fault.place, Message(fault.words))
    }
  }

  /// A command line that is wrong.
  static func usage(_ problem: Message) -> Failure { Failure(.wrongUsage, problem) }

  /// An input that is wrong.
  ///
  /// - Parameters:
  ///   - place: Where the fault is, a file with line and column if they are known.
  ///   - problem: What is wrong and what would be right.
  ///   - causes: The faults that are the reason.
  /// - Returns: The failure.
  static func input(at place: String? = nil, _ problem: Message, causes: [any Error] = []) -> Failure {
    Failure(.wrongInput, at: place, problem, causes: causes)
  }

  /// Several failures, each on lines of its own.
  init(_ failures: [Failure]) {
    status = failures.first?.status ?? .wrongInput
    words = Message(lines: failures.map(\.words))
    problem = words
    causes = failures.flatMap(\.causes)
  }
}

/// Does something that may throw any fault, and turns the fault into a ``Failure``.
func checking<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
  do { return try body() } catch { throw Failure(error) }
}
