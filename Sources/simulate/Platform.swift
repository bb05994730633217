// Everything that differs between systems, and all contact with the process, stands in this file.

import JSONText
import OutputFiles
import Reports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The process around the program.
enum Platform {
  /// The arguments without the program's name; as text that keeps bytes which are not UTF-8 (``PathBytes``), since
  /// arguments hold paths.
  static let arguments: [String] = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
    CommandLine.unsafeArgv[index].map { PathBytes.text(cString: $0) }
  }

  /// The value of an environment variable, or nil where it is unset or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return PathBytes.text(cString: value)
  }

  /// Whether standard output is a terminal that shows styles, and nobody asked for none.
  static var showsStyles: Bool {
    isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
  }

  /// The columns of the terminal; nil where there is none, so that nothing is cut in a file or a pipe.
  ///
  /// A terminal that does not say its size, as one over a serial line, has as many as `COLUMNS` says, or 80.
  static var width: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
  }

  /// Whether tables are plain ASCII: asked for by `--ascii`, or on a terminal whose locale has no UTF-8.
  static let writesASCII: Bool = {
    if arguments.contains("--ascii") { return true }
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    let locale = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? ""
    return !locale.lowercased().contains("utf")
  }()

  /// Writes to standard output; a reader that has gone away ends the program quietly, as for any filter.
  ///
  /// Where it is asked for, or the terminal's locale cannot show more, what people read is ASCII.
  ///
  /// Reports make visible what they are told from outside. This is the last gate: of control characters, only line breaks
  /// and the styles of our own pass it.
  static func print(_ text: String) {
    let shown = TextStyle.guarded(text)
    print(bytes: Array((writesASCII ? asciiText(shown) : shown).utf8))
  }

  /// Writes a document for programs to standard output: UTF-8 always, and as it is.
  static func print(document: String) {
    print(bytes: Array(document.utf8))
  }

  /// Writes a line to standard error; that nobody can hear it is no reason to lose a result.
  static func warn(_ message: Message) {
    _ = writeAll(Array((message.text + "\n").utf8)[...], to: STDERR_FILENO)
  }

  /// Shows a line on standard error in place of the last one shown so; an empty line clears it.
  static func showProgress(_ line: String) {
    _ = writeAll(Array(("\r\u{1B}[K" + line).utf8)[...], to: STDERR_FILENO)
  }

  /// Whether somebody watches standard error.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb" }

  /// Writes bytes to standard output; where that fails, the program has not done what it was asked for.
  static func print(bytes: [UInt8]) {
    let error = writeAll(bytes[...], to: STDOUT_FILENO)
    if error != 0 { leave(withResultLost: error) }
  }

  private static func leave(withResultLost error: Int32) -> Never {
    // A reader that has seen enough is no fault.
    if error == EPIPE { leave(0) }
    let failure = Failure(OutputFault.refused(.print, path: "-", error: error))
    warn(failure.words)
    leave(failure.status.rawValue)
  }

  /// Closes standard output, which is when some file systems say that what was written did not arrive.
  static func finishResult() {
    if !isClosed(STDOUT_FILENO), errno != EBADF { leave(withResultLost: errno) }
  }

  /// Opens the standard streams that the process was started without, so that no file takes the place of one.
  ///
  /// Otherwise the result would go into that file. Reading from the input and writing to the outputs fails, as it should.
  static func reserveStandardStreams() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Lets writing to a closed pipe, or beyond the allowed size of a file, fail instead of killing the process: the
  /// first ends quietly, the second is said.
  static func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Whether there is a file of a name.
  static func exists(_ path: String) -> Bool { withCPath(path) { access($0, F_OK) } == 0 }

  /// Ends the program.
  static func leave(_ status: Int32) -> Never {
    exit(status)
  }
}
