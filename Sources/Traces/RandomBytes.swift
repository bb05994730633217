#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import JSONText

/// Bytes that are read at any place: of a file, part by part, or of all that a source has, in memory.
final class RandomBytes {
  /// How many there are.
  let count: Int
  /// The file, where they are one's.
  let path: String?

  private enum Origin {
    case descriptor(Int32)
    case memory([UInt8])
  }

  private let origin: Origin

  /// The most that is read into memory where a source can be read only once, or is compressed: 2 GiB.
  static let memoryLimit = 2 << 30

  /// The bytes of a source from its beginning: of its file, where that begins as the source does, or else read into memory.
  ///
  /// - Throws: Why they cannot be read.
  init(_ source: ByteSource) throws(TraceFault) {
    let head = Array(try source.head(16))
    if source.isRegularFile, source.compressedBytes == nil {
      let descriptor = openForReading(source.name)
      if descriptor >= 0, let size = Self.size(of: descriptor), Self.bytes(of: descriptor, at: 0, 16) == head {
        (origin, count, path) = (.descriptor(descriptor), size, source.name)
        return
      }
      if descriptor >= 0 { close(descriptor) }
    }
    let bytes = try source.all(limit: Self.memoryLimit)
    (origin, count, path) = (.memory(bytes), bytes.count, nil)
  }

  deinit {
    if case .descriptor(let descriptor) = origin { close(descriptor) }
  }

  /// So many bytes from a place on; nil where there are fewer.
  func bytes(at offset: Int, _ length: Int) -> [UInt8]? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
    switch origin {
    case .memory(let bytes): return Array(bytes[offset..<offset + length])
    case .descriptor(let descriptor):
      let found = Self.bytes(of: descriptor, at: offset, length)
      return found.count == length ? found : nil
    }
  }

  private static func bytes(of descriptor: Int32, at offset: Int, _ length: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      filled = 0
      while filled < length, let start = buffer.baseAddress {
        let received = pread(descriptor, start + filled, length - filled, off_t(offset + filled))
        if received > 0 { filled += received } else if received == 0 || errno != EINTR { break }
      }
    }
  }

  /// The size of a file; nil for one that is not there or cannot be read.
  static func size(ofFile path: String) -> Int? {
    let descriptor = openForReading(path)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return size(of: descriptor)
  }

  private static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }
}

extension ByteSource {
  /// All bytes from where the source stands.
  ///
  /// - Parameter limit: The most that may be.
  /// - Returns: The bytes.
  /// - Throws: Why they cannot be read, or that there are more.
  func all(limit: Int) throws(TraceFault) -> [UInt8] {
    var bytes: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let received = try read(into: piece)
      if received == 0 { return bytes }
      guard bytes.count + received <= limit else { throw .content(.tooLarge(limit: limit), file: name) }
      bytes.append(contentsOf: piece[..<received])
    }
  }
}
