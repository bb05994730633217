#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import JSONText

/// Where the bytes of a recording come from: a file, standard input, or memory, decompressed where they are gzipped.
///
/// Files are read and not mapped: a mapped file that another process cuts off ends the reader with a signal, its pages
/// count as the reader's memory, and the one copy into a window that stays in the cache costs less than the page faults.
final class ByteSource {
  /// What the bytes are called in faults.
  let name: String

  private enum Origin {
    case descriptor(Int32)
    case memory([UInt8])
  }

  private let origin: Origin
  private var decompressor: Decompressor?
  /// Bytes that were looked at to tell what the source holds, or all of a memory's.
  private var pending: ArraySlice<UInt8>

  /// Opens a file, or standard input for `-`.
  ///
  /// - Throws: Why it cannot be read.
  init(path: String) throws(TraceFault) {
    name = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : openForReading(path)
    guard descriptor >= 0 else { throw .file(FileFault(systemError: errno, path: path)) }
    origin = .descriptor(descriptor)
    pending = []
    do throws(TraceFault) {
      pending = try Self.head(of: descriptor, name)[...]
      if pending.starts(with: [0x1F, 0x8B]) {
        decompressor = try Decompressor(of: descriptor, after: Array(pending), name: name)
        pending = []
      }
    } catch {
      if descriptor != STDIN_FILENO { close(descriptor) }
      throw error
    }
  }

  /// Reads from memory, which holds plain JSON.
  init(_ bytes: [UInt8], name: String) {
    self.name = name
    origin = .memory(bytes)
    pending = bytes[...]
  }

  deinit {
    if case .descriptor(let descriptor) = origin, descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// Whether the bytes were gzipped, and the compressed data is damaged or cut off; known at the end.
  private(set) var isDamaged = false

  /// Fills memory with the next bytes.
  ///
  /// - Returns: How many there were; 0 at the end.
  /// - Throws: Why they cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceFault) -> Int {
    if !pending.isEmpty {
      let part = pending.prefix(buffer.count)
      buffer.copyBytes(from: part)
      pending = pending.dropFirst(part.count)
      return part.count
    }
    switch origin {
    case .memory: return 0
    case .descriptor(let descriptor):
      let count = try Self.read(decompressor?.output ?? descriptor, into: buffer, name)
      if count == 0, let decompressor { isDamaged = !decompressor.finish() }
      return count
    }
  }

  /// The first two bytes, as far as there are any: what tells gzip from JSON.
  private static func head(of descriptor: Int32, _ name: String) throws(TraceFault) -> [UInt8] {
    let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { byte.deallocate() }
    var head: [UInt8] = []
    while head.count < 2, try read(descriptor, into: byte, name) == 1 { head.append(byte[0]) }
    return head
  }

  private static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, _ name: String
  ) throws(TraceFault) -> Int {
    while true {
      let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      let error = errno
      guard error == EINTR else { throw .file(FileFault(systemError: error, path: name)) }
    }
  }
}

/// The system's `read`, whose name the methods here share.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    Darwin.read(descriptor, buffer, count)
  #elseif canImport(Glibc)
    Glibc.read(descriptor, buffer, count)
  #else
    Musl.read(descriptor, buffer, count)
  #endif
}
