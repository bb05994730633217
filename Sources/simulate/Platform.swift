// Everything that differs between systems, and all contact with the process, stands in this file.

import JSONText
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

  /// The columns of the terminal, or 100 where there is none.
  static var width: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 100
    }
    return Int(size.ws_col)
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
    write(writesASCII ? asciiText(shown) : shown, to: STDOUT_FILENO)
  }

  /// Writes a document for programs to standard output: UTF-8 always, and as it is.
  static func print(document: String) {
    write(document, to: STDOUT_FILENO)
  }

  /// Writes a line to standard error.
  static func warn(_ message: Message) {
    write(message.text + "\n", to: STDERR_FILENO)
  }

  /// Writes bytes to standard output, in the same way.
  static func print(bytes: [UInt8]) {
    write(bytes, to: STDOUT_FILENO)
  }

  /// Shows a line on standard error in place of the last one shown so; an empty line clears it.
  static func showProgress(_ line: String) {
    write("\r\u{1B}[K" + line, to: STDERR_FILENO)
  }

  /// Whether somebody watches standard error.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb" }

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8), to: descriptor)
  }

  private static func write(_ all: [UInt8], to descriptor: Int32) {
    var bytes = all[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        exit(errno == EPIPE ? 0 : Failure.Status.wrongInput.rawValue)
      }
    }
  }

  static func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, buffer, count)
    #elseif canImport(Glibc)
      Glibc.write(descriptor, buffer, count)
    #else
      Musl.write(descriptor, buffer, count)
    #endif
  }

  /// Lets writing to a closed pipe fail instead of killing the process, so that ``print(_:)`` can end quietly.
  static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Makes a folder, and those above it, where there is none yet.
  static func makeFolder(_ path: String) throws(Failure) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += (prefix.isEmpty || prefix.hasSuffix("/") ? "" : "/") + part
      if withCPath(prefix, { mkdir($0, 0o777) }) != 0, errno != EEXIST {
        throw Failure(.wrongInput, "\(path): error: cannot make the folder: \(String(cString: strerror(errno)))")
      }
    }
    guard (try? listFiles(in: path, suffix: "")) != nil else {
      throw Failure(.wrongInput, "\(path): error: is not a folder")
    }
  }

  /// Writes a file whole or not at all: into a new file beside it, which then takes its name.
  ///
  /// - Throws: ``Failure`` that names the path and the system's reason; nothing is left behind.
  static func writeFile(_ path: String, _ text: String) throws(Failure) {
    let temporary = path + ".\(getpid()).partial"
    func fail(_ doing: String) -> Failure {
      let reason = String(cString: strerror(errno))
      _ = withCPath(temporary) { unlink($0) }
      return Failure(.wrongInput, "\(path): error: cannot \(doing): \(reason)")
    }
    let descriptor = withCPath(temporary) { open($0, O_WRONLY | O_CREAT | O_EXCL, 0o666) }
    guard descriptor >= 0 else { throw fail("create the file") }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        let failure = fail("write the file")
        close(descriptor)
        throw failure
      }
    }
    guard close(descriptor) == 0 else { throw fail("finish the file") }
    guard withCPath(temporary, { old in withCPath(path) { rename(old, $0) } }) == 0 else {
      throw fail("put the file in place")
    }
  }

  /// Whether a path is there and no regular file: a pipe, a device, a folder.
  static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return withCPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  /// Whether there is a file of a name.
  static func exists(_ path: String) -> Bool { withCPath(path) { access($0, F_OK) } == 0 }

  /// Ends the program.
  static func leave(_ status: Int32) -> Never {
    exit(status)
  }
}
