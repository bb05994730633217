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
/// var file = try OutputFile(OutputTarget(path))
/// try file.write(bytes)
/// try file.finish()
/// ```
///
/// A file that is not finished leaves nothing behind, also where a signal ends the process.
package struct OutputFile: ~Copyable {
  /// The path as it was given.
  package var path: String { target.path }
  /// Whether somebody still reads: a pipe's reader may have gone away, and what is written then is dropped.
  package private(set) var isRead = true

  private let target: OutputTarget
  private let descriptor: Int32
  private let temporary: TemporaryFile?
  private var buffer: [UInt8] = []
  private var isOpen = true

  /// So many bytes are collected before they are written.
  private static let bufferSize = 1 << 16

  /// Opens an output.
  ///
  /// - Throws: ``OutputFault`` that names the path and why it cannot be written; nothing was changed.
  package init(_ target: OutputTarget) throws(OutputFault) {
    var temporary: TemporaryFile?
    if case .file(let old) = target.kind { temporary = try TemporaryFile(beside: target, replacing: old) }
    let descriptor = temporary?.descriptor ?? Self.open(target)
    guard descriptor >= 0 else { throw .refused(.open, path: target.path, error: errno) }
    self.target = target
    self.temporary = temporary
    self.descriptor = descriptor
  }

  private static func open(_ target: OutputTarget) -> Int32 {
    switch target.kind {
    case .descriptor(let number): number
    case .socket: connectedSocket(target.resolved)
    case .file, .stream: opened(target.resolved, O_WRONLY | O_NOCTTY)
    }
  }

  deinit {
    if isOpen, let temporary { temporary.discard() }
    if case .descriptor = target.kind { return }
    if isOpen { close(descriptor) }
  }

  /// Writes a whole output.
  ///
  /// - Throws: ``OutputFault`` that names the path and the reason; then what was there before is there still.
  package static func write(_ text: String, to target: OutputTarget) throws(OutputFault) {
    try write(to: target) { (emit) throws(OutputFault) in try emit(Array(text.utf8)) }
  }

  /// Writes a whole output, piece by piece.
  ///
  /// - Parameters:
  ///   - target: Where to.
  ///   - body: Hands out the pieces.
  /// - Throws: ``OutputFault`` that names the path and the reason; then what was there before is there still.
  package static func write(
    to target: OutputTarget, _ body: (_ emit: ([UInt8]) throws(OutputFault) -> Void) throws(OutputFault) -> Void
  ) throws(OutputFault) {
    var file = try OutputFile(target)
    try body { (bytes) throws(OutputFault) in try file.write(bytes) }
    try file.finish()
  }

  /// Adds bytes.
  ///
  /// - Throws: ``OutputFault`` that names the path and the reason.
  package mutating func write(_ bytes: [UInt8]) throws(OutputFault) {
    if bytes.count < Self.bufferSize {
      buffer += bytes
      if buffer.count >= Self.bufferSize { try flush() }
      return
    }
    try flush()
    try send(bytes[...])
  }

  /// Hands what was collected to the system.
  package mutating func flush() throws(OutputFault) {
    try send(buffer[...])
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func send(_ bytes: ArraySlice<UInt8>) throws(OutputFault) {
    guard isRead, !bytes.isEmpty else { return }
    let error = writeAll(bytes, to: descriptor)
    if error == EPIPE, temporary == nil {
      // As for any filter, a reader that has seen enough is no fault.
      if target.isStandardOutput { throw .unread }
      isRead = false
    } else if error != 0 {
      throw target.isStandardOutput
        ? .refused(.print, path: "-", error: error) : .refused(.write, path: path, error: error)
    }
  }

  /// Writes the rest, and gives a file its name.
  ///
  /// - Throws: ``OutputFault`` that names the path and the reason; then what was there before is there still.
  package consuming func finish() throws(OutputFault) {
    try flush()
    isOpen = false
    if let temporary {
      try temporary.finish()
      return
    }
    if case .descriptor = target.kind { return }
    guard isClosed(descriptor) || !isRead else { throw .refused(.finish, path: path, error: errno) }
  }
}
