import Foundation

/// A terminal of a width, on which the command writes its result.
enum PseudoTerminal {
  /// What a terminal could not do.
  struct Fault: Error {}

  /// Runs the command on a terminal.
  ///
  /// - Parameters:
  ///   - arguments: Its arguments.
  ///   - width: The columns of the terminal.
  ///   - locale: What `LC_ALL` says.
  ///   - showsErrors: Whether standard error goes to the terminal as well.
  ///   - directory: Where it is run.
  /// - Returns: What it wrote to the terminal, without the sequences that style it.
  /// - Throws: ``Fault`` where there is no terminal to be had, or the command fails.
  static func output(
    _ arguments: [String], width: Int, locale: String = "C.UTF-8", showsErrors: Bool = false, in directory: String
  ) throws -> String {
    let (master, slave) = try open()
    defer {
      close(master)
      close(slave)
    }
    var size = winsize()
    (size.ws_col, size.ws_row) = (UInt16(width), 50)
    guard ioctl(slave, UInt(TIOCSWINSZ), &size) == 0 else { throw Fault() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var variables = ProcessInfo.processInfo.environment
    for name in ["SIMULATE_CATALOG", "NO_COLOR", "COLUMNS"] { variables[name] = nil }
    process.environment = variables.merging(["LC_ALL": locale, "TERM": "xterm"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let screen = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    process.standardError = showsErrors ? screen : FileHandle.nullDevice
    process.standardOutput = screen
    process.terminationHandler = { _ in
      var last = Self.last
      write(slave, &last, 1)
    }
    try process.run()
    let bytes = readAll(master)
    process.waitUntilExit()
    guard process.terminationStatus < 2 else { throw Fault() }
    // A terminal has a carriage return before each line feed, and both are one character.
    return unstyled(String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self))
  }

  /// The two ends of a new terminal.
  private static func open() throws -> (master: Int32, slave: Int32) {
    #if os(Linux)
      // What grantpt and its like do, which the toolchain's headers hide.
      let master = Foundation.open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (number, lock) = (UInt32(0), Int32(0))
      guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
        throw Fault()
      }
      let slave = Foundation.open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    #else
      let master = posix_openpt(O_RDWR | O_NOCTTY)
      guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else { throw Fault() }
      let slave = Foundation.open(name, O_RDWR | O_NOCTTY)
    #endif
    guard slave >= 0 else { throw Fault() }
    return (master, slave)
  }

  /// What no command writes, and what ends a text here.
  private static let last: UInt8 = 0

  /// All that is written until the command has ended.
  ///
  /// Not until nobody writes any more: a terminal whose writer closes it between Linux's look for more and its look for
  /// writers (`n_tty_read`) loses what was written last. So its other end stays open here, and what ends the text is ours.
  private static func readAll(_ master: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(master, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
      if bytes.last == last { return bytes.dropLast() }
    }
  }

  private static func unstyled(_ text: String) -> String {
    let parts = text.split(separator: "\u{1B}[", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts[0])) { $0 + $1.drop { $0 != "m" }.dropFirst() }
  }
}
