import CommandSyntax

/// Why the program stops, as it leaves: what to say on standard error, and the exit status.
struct Failure: Error {
  /// The statuses that tools rely on.
  enum Status: Int32 {
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
  /// The fault of a library that is the reason, if one is.
  let cause: (any Error)?

  /// The text of what is said.
  var message: String { words.text }

  init(_ status: Status, _ words: Message, cause: (any Error)? = nil) {
    self.status = status
    self.words = words
    self.cause = cause
  }

  /// What any fault comes to: a failure is one already, a fault of the command line says where to read on, and all
  /// others are about the input, with descriptions of one line that begin with the place.
  init(_ fault: any Error) {
    switch fault {
    case let failure as Failure: self = failure
    case let fault as CommandSyntaxFault:
      self.init(.wrongUsage, "error: \(fault.fact)\nsee '\(fault.command) --help'", cause: fault)
    default: self.init(.wrongInput, Message(outside: "\(fault)"), cause: fault)
    }
  }
}

/// Does something that may throw any fault, and turns the fault into a ``Failure``.
func checking<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
  do { return try body() } catch { throw Failure(error) }
}
