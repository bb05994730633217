import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An output that is being written: all that the program writes, but for its result, goes through here.
///
/// A file is written whole or not at all: into a new file beside it, which is then made durable and takes its name.
/// A symbolic link stays, and what it leads to is replaced. A pipe, device or socket is written into, and `-` is standard
/// output. Bytes may be given in pieces of any size.
///
/// ```swift
/// var file = try OutputFile(path: path)
/// try file.write(bytes)
/// try file.finish()
/// ```
///
/// A file that is not finished leaves nothing behind, also where a signal ends the process.
struct OutputFile: ~Copyable {
  /// The path as it was given.
  var path: String { target.path }
  /// Whether somebody still reads: a pipe's reader may have gone away, and what is written then is dropped.
  private(set) var isRead = true

  private let target: OutputTarget
  private let descriptor: Int32
  private let temporary: TemporaryFile?
  private var buffer: [UInt8] = []
  private var isOpen = true

  /// So many bytes are collected before they are written.
  private static let bufferSize = 1 << 16

  /// Opens an output.
  ///
  /// - Parameter path: The file; `-` is standard output.
  /// - Throws: ``Failure`` that names the path and why it cannot be written; nothing was changed.
  init(path: String) throws(Failure) {
    try self.init(OutputTarget(path))
  }

  /// Opens an output that was found before.
  init(_ target: OutputTarget) throws(Failure) {
    var temporary: TemporaryFile?
    if case .file(let old) = target.kind { temporary = try TemporaryFile(beside: target, replacing: old) }
    let descriptor = temporary?.descriptor ?? Self.open(target)
    guard descriptor >= 0 else { throw Failure(output: target.path, "cannot be opened", error: errno) }
    self.target = target
    self.temporary = temporary
    self.descriptor = descriptor
  }

  private static func open(_ target: OutputTarget) -> Int32 {
    switch target.kind {
    case .descriptor(let number): number
    case .socket: connectedSocket(target.resolved)
    case .file, .stream: retrying { systemOpen(target.resolved, O_WRONLY | O_NOCTTY | O_CLOEXEC) }
    }
  }

  deinit {
    if isOpen, let temporary { temporary.discard() }
    if case .descriptor = target.kind { return }
    if isOpen { close(descriptor) }
  }

  /// Writes a whole output.
  ///
  /// - Throws: ``Failure`` that names the path and the reason; then what was there before is there still.
  static func write(_ text: String, to path: String) throws(Failure) {
    try write(text, to: OutputTarget(path))
  }

  /// Writes a whole output that was found before.
  static func write(_ text: String, to target: OutputTarget) throws(Failure) {
    var file = try OutputFile(target)
    try file.write(Array(text.utf8))
    try file.finish()
  }

  /// Adds bytes.
  ///
  /// - Throws: ``Failure`` that names the path and the reason.
  mutating func write(_ bytes: [UInt8]) throws(Failure) {
    if bytes.count < Self.bufferSize {
      buffer += bytes
      if buffer.count >= Self.bufferSize { try flush() }
      return
    }
    try flush()
    try send(bytes[...])
  }

  /// Hands what was collected to the system.
  mutating func flush() throws(Failure) {
    try send(buffer[...])
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func send(_ bytes: ArraySlice<UInt8>) throws(Failure) {
    guard isRead, !bytes.isEmpty else { return }
    let error = writeAll(bytes, to: descriptor)
    if error == EPIPE, temporary == nil {
      // As for any filter, a reader that has seen enough is no fault.
      if target.isStandardOutput { Platform.leave(0) }
      isRead = false
    } else if error != 0 {
      throw target.isStandardOutput
        ? Failure(output: "-", "cannot write to standard output", error: error)
        : Failure(output: path, "cannot write the file", error: error)
    }
  }

  /// Writes the rest, and gives a file its name.
  ///
  /// - Throws: ``Failure`` that names the path and the reason; then what was there before is there still.
  consuming func finish() throws(Failure) {
    try flush()
    isOpen = false
    if let temporary {
      try temporary.finish()
      return
    }
    if case .descriptor = target.kind { return }
    guard isClosed(descriptor) || !isRead else { throw Failure(output: path, "cannot finish the file", error: errno) }
  }
}

// MARK: System calls

/// Opens a file that is there.
private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { withCPath(path) { open($0, flags) } }

/// Gives a file another name; 0, or -1 with the reason in `errno`.
func renamed(_ old: String, _ new: String) -> Int32 { withCPath(old) { old in withCPath(new) { rename(old, $0) } } }

/// Calls until no signal comes between.
func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// Writes all bytes; returns 0, or why not.
func writeAll(_ all: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
  var bytes = all
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Platform.systemWrite(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      bytes = bytes.dropFirst(count)
    } else if count == 0 {
      return EIO
    } else if errno == EAGAIN {
      // Somebody else made the pipe one that does not wait.
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&wait, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}

/// Closes a descriptor; whether all that was written to it has arrived.
func isClosed(_ descriptor: Int32) -> Bool {
  // After a signal it is closed all the same, and trying again might close another's.
  close(descriptor) == 0 || errno == EINTR
}

/// Makes what was written to a descriptor durable, where it can be; whether that worked.
func isDurable(_ descriptor: Int32) -> Bool {
  retrying { fsync(descriptor) } == 0 || errno == EINVAL || errno == ENOTSUP
}

/// A connection to a socket of the file system, or -1 with the reason in `errno`.
private func connectedSocket(_ path: String) -> Int32 {
  #if canImport(Darwin)
    let kind = SOCK_STREAM
  #else
    let kind = Int32(SOCK_STREAM.rawValue)
  #endif
  let descriptor = socket(AF_UNIX, kind, 0)
  guard descriptor >= 0 else { return -1 }
  _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let isShort = withUnsafeMutableBytes(of: &address.sun_path) { place in
    let bytes = PathBytes.bytes(path)
    guard bytes.count < place.count else { return false }
    place.copyBytes(from: bytes)
    return true
  }
  let length = socklen_t(MemoryLayout<sockaddr_un>.size)
  let result = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
  }
  if isShort, result == 0 { return descriptor }
  let error = isShort ? errno : ENAMETOOLONG
  close(descriptor)
  errno = error
  return -1
}
