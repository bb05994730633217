#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import JSONText

/// Where the bytes of a recording come from: a file, standard input, or memory, unpacked where they are packed.
///
/// Files are read and not mapped: a mapped file that another process cuts off ends the reader with a signal, its pages
/// count as the reader's memory, and the one copy into a window that stays in the cache costs less than the page faults.
final class ByteSource {
  /// What the bytes are called in faults.
  let name: String

  /// The file or standard input; -1 for memory.
  let descriptor: Int32
  /// What bytes are read from: the same, or what the last decompressor puts out; -1 for memory.
  var current: Int32
  /// Bytes of ``current`` that were looked at and not taken yet, or all of a memory's.
  var pending: ArraySlice<UInt8>
  /// How many bytes, those that were looked at included, belong to the recording; nil for all.
  var left: Int?
  /// How many bytes fill a file of a tar archive up, behind which the next one's header stands; nil outside of one.
  var padding: Int?
  /// What decompresses; the first is what the file goes through first.
  var decompressors: [Decompressor] = []
  /// What the file is packed with outermost.
  var packing: Packing?
  /// The size of a regular file; nil for anything else.
  let fileSize: Int?

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
    descriptor = path == "-" ? STDIN_FILENO : openForReading(path)
    current = descriptor
    pending = []
    let error = errno
    fileSize = descriptor < 0 ? nil : Self.size(of: descriptor)
    guard descriptor >= 0 else { throw .file(FileFault(systemError: error, path: path)) }
    try unpack()
  }

  /// Reads from memory, which is not packed.
  init(_ bytes: [UInt8], name: String) {
    self.name = name
    descriptor = -1
    current = -1
    fileSize = nil
    progress = nil
    pending = bytes[...]
  }

  deinit {
    // The last decompressor first: it is fed with what the others put out.
    while let last = decompressors.popLast() { _ = last.finish() }
    if descriptor > STDIN_FILENO { close(descriptor) }
  }

  /// Whether the bytes were packed, and what they were packed in is damaged or cut off; known at the end.
  private(set) var isDamaged = false

  /// Whether the bytes were gzipped, and something else follows the compressed data; known at the end.
  private(set) var hasTrailingBytes = false

  /// The other files of an archive, which are not read; those of a tar archive are known at the end.
  var otherFiles: [String] = []

  /// How many bytes of compressed data were read so far; nil where it is not compressed.
  var compressedBytes: Int? { decompressors.first?.inputBytes }

  /// Whether the bytes come from a file that can be read again.
  var isRegularFile: Bool { fileSize != nil && name != "standard input" }

  /// The same file from the beginning.
  func again() throws(TraceFault) -> ByteSource { try ByteSource(path: name, progress: progress) }

  /// The first bytes, at most so many, which are read again by the next that reads.
  ///
  /// - Throws: Why they cannot be read.
  func head(_ count: Int) throws(TraceFault) -> ArraySlice<UInt8> {
    try lookAhead(min(count, left ?? .max))
    return pending.prefix(min(count, left ?? .max))
  }

  /// Has so many bytes pending, if there are so many.
  func lookAhead(_ count: Int) throws(TraceFault) {
    guard pending.count < count, current >= 0 else { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count - pending.count, alignment: 1)
    defer { buffer.deallocate() }
    while pending.count < count {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count - pending.count)])
      let received = try Self.read(current, into: wanted, name)
      guard received > 0 else { return }
      pending += wanted[..<received]
    }
  }

  /// Fills memory with the next bytes.
  ///
  /// - Returns: How many there were; 0 at the end.
  /// - Throws: Why they cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceFault) -> Int {
    guard !hasEnded else { return 0 }
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, left ?? .max)])
    let count: Int
    if !pending.isEmpty {
      let part = pending.prefix(wanted.count)
      wanted.copyBytes(from: part)
      pending = pending.dropFirst(part.count)
      count = part.count
    } else {
      count = current < 0 || wanted.isEmpty ? 0 : try Self.read(current, into: wanted, name)
    }
    readBytes += count
    if let left { self.left = left - count }
    if let progress { progress(compressedBytes ?? readBytes, fileSize) }
    if count == 0 { try end() }
    return count
  }

  /// The recording's bytes have come to their end.
  private func end() throws(TraceFault) {
    hasEnded = true
    if let left, left > 0 { isDamaged = true }
    if padding != nil, !isDamaged { try listOtherFiles() }
    for decompressor in decompressors.reversed() {
      let ending = decompressor.finish()
      // Of an archive whose file is whole, what follows it does not matter.
      if ending == .damaged, left != 0 { isDamaged = true }
      if ending == .followed { hasTrailingBytes = true }
    }
  }

  private static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  static func read(
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
