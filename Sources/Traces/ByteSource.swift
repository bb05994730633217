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
  /// The size of a regular file; nil for anything else.
  private let fileSize: Int?
  private let progress: ((_ done: Int, _ total: Int?) -> Void)?
  private var readBytes = 0
  private var hasEnded = false

  /// Opens a file, or standard input for `-`.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - progress: Is told now and then how many bytes of the file are read, and how many there are.
  /// - Throws: Why it cannot be read.
  init(path: String, progress: ((_ done: Int, _ total: Int?) -> Void)? = nil) throws(TraceFault) {
    self.progress = progress
    name = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : openForReading(path)
    guard descriptor >= 0 else { throw .file(FileFault(systemError: errno, path: path)) }
    origin = .descriptor(descriptor)
    pending = []
    fileSize = Self.size(of: descriptor)
    do throws(TraceFault) {
      pending = try Self.head(of: descriptor, name)[...]
      if pending.starts(with: [0x1F, 0x8B]) {
        decompressor = try Decompressor(of: descriptor, after: Array(pending), name: name)
        pending = []
      }
      if let (format, program) = Self.packing(pending) { throw .packed(file: name, format: format, program: program) }
    } catch {
      if descriptor != STDIN_FILENO { close(descriptor) }
      throw error
    }
  }

  /// Reads from memory, which holds plain JSON.
  init(_ bytes: [UInt8], name: String) {
    self.name = name
    origin = .memory(bytes)
    fileSize = nil
    progress = nil
    pending = bytes[...]
  }

  deinit {
    if case .descriptor(let descriptor) = origin, descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// Whether the bytes were gzipped, and the compressed data is damaged or cut off; known at the end.
  private(set) var isDamaged = false

  /// Whether the bytes were gzipped, and something else follows the compressed data; known at the end.
  private(set) var hasTrailingBytes = false

  /// How many bytes of compressed data were read so far; nil where it is not compressed.
  var compressedBytes: Int? { decompressor?.inputBytes }

  /// Whether the bytes come from a file that can be read again.
  var isRegularFile: Bool { fileSize != nil && name != "standard input" }

  /// The same file from the beginning.
  func again() throws(TraceFault) -> ByteSource { try ByteSource(path: name, progress: progress) }

  /// The first bytes, at most so many, which are read again by the next that reads.
  ///
  /// - Throws: Why they cannot be read.
  func head(_ count: Int) throws(TraceFault) -> ArraySlice<UInt8> {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    while pending.count < count, !hasEnded {
      let held = pending
      pending = []
      let received = try read(into: buffer)
      pending = held + buffer[..<received]
    }
    return pending.prefix(count)
  }

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
    case .memory: hasEnded = true
    case _ where hasEnded: break
    case .descriptor(let descriptor):
      let count = try Self.read(decompressor?.output ?? descriptor, into: buffer, name)
      readBytes += count
      if let progress { progress(compressedBytes ?? readBytes, fileSize) }
      hasEnded = count == 0
      if hasEnded, let decompressor {
        let ending = decompressor.finish()
        isDamaged = ending == .damaged
        hasTrailingBytes = ending == .followed
      }
      return count
    }
    return 0
  }

  private static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// The name of a format that is neither JSON nor gzip, by its first bytes, and the program that unpacks it.
  private static func packing(_ head: ArraySlice<UInt8>) -> (format: String, program: String)? {
    let formats: [(first: [UInt8], format: String, program: String)] = [
      ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", "unzip"),
      ([0xFD, 0x37, 0x7A, 0x58], "compressed with xz", "xz -d"),
      ([0x42, 0x5A, 0x68], "compressed with bzip2", "bzip2 -d"),
      ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard", "zstd -d"),
    ]
    return formats.first { head.starts(with: $0.first) }.map { ($0.format, $0.program) }
  }

  /// The first four bytes, as far as there are any: what tells gzip and archives from JSON.
  private static func head(of descriptor: Int32, _ name: String) throws(TraceFault) -> [UInt8] {
    let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { byte.deallocate() }
    var head: [UInt8] = []
    while head.count < 4, try read(descriptor, into: byte, name) == 1 { head.append(byte[0]) }
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
