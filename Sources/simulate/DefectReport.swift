#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the program says when a defect of its own stops it: two lines on standard error, and status 70.
///
/// Swift stops a program at a broken invariant by an instruction that the processor refuses, and says nothing in a release
/// build. A defect must not look like a wrong input, nor like nothing, so the signals of such an end are caught.
enum DefectReport {
  /// The signals by which a defect ends a process.
  private static let signals = [SIGILL, SIGTRAP, SIGFPE, SIGBUS, SIGSEGV, SIGABRT]

  /// The handler's own stack: where recursion has used up the usual one, nothing else could run.
  private static let stackSize = 1 << 16

  /// Installs the report, in place of whatever the language's runtime would do; to be called before anything else.
  static func install() {
    var stack = stack_t()
    // Never freed: it has to be there until the process ends.
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackSize, alignment: 16)
    #if canImport(Darwin)
      stack.ss_size = UInt(stackSize)
    #else
      stack.ss_size = stackSize
    #endif
    _ = sigaltstack(&stack, nil)
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = report
    #elseif canImport(Glibc)
      action.__sigaction_handler.sa_handler = report
    #else
      action.__sa_handler.sa_handler = report
    #endif
    // A second fault, in the handler itself, ends the process as it always did.
    action.sa_flags = Int32(
      truncatingIfNeeded: UInt32(truncatingIfNeeded: SA_ONSTACK) | UInt32(truncatingIfNeeded: SA_RESETHAND))
    for signal in signals { _ = sigaction(signal, &action, nil) }
  }

  /// Only what may be called in a handler of signals: constant text, `write` and `_exit`.
  private static let report: @convention(c) (Int32) -> Void = { signal in
    DefectReport.say("error: simulate has a defect, which is no fault of your input (")
    DefectReport.say(DefectReport.name(of: signal))
    DefectReport.say(
      ")\nplease report it where you got simulate, with this command line and the files that it read\n")
    _exit(70)
  }

  private static func name(of signal: Int32) -> StaticString {
    switch signal {
    case SIGILL: "signal ILL, a broken invariant"
    case SIGTRAP: "signal TRAP, a broken invariant"
    case SIGFPE: "signal FPE, arithmetic"
    case SIGBUS: "signal BUS, memory"
    case SIGSEGV: "signal SEGV, memory or recursion"
    default: "signal ABRT"
    }
  }

  private static func say(_ text: StaticString) {
    _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}
