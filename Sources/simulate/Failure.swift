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

  /// Wraps any fault of the libraries, whose descriptions are one line each and begin with the place.
  init(wrongInput fault: any Error) {
    self.init(.wrongInput, Message(outside: "\(fault)"), cause: fault)
  }
}

/// Runs something that may throw a fault about the input, and turns the fault into a ``Failure``.
func checkingInput<Result, Fault: Error & CustomStringConvertible>(
  _ body: () throws(Fault) -> Result
) throws(Failure) -> Result {
  do { return try body() } catch { throw Failure(wrongInput: error) }
}
