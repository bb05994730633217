#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads from any place of a file that is open.
package struct FileReader: Sendable {
  /// The file's name.
  package let path: String
  private let descriptor: Int32

  /// A reader of an open file, which whoever opened it closes.
  package init(path: String, descriptor: Int32) { (self.path, self.descriptor) = (path, descriptor) }

  /// Bytes from a place on; fewer at the end of the file.
  package func bytes(from offset: Int, count: Int) throws(FileFault) -> [UInt8] {
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, received in
      while received < count, error == 0 {
        let place = buffer.baseAddress.map { $0 + received }
        let result = pread(descriptor, place, count - received, off_t(offset + received))
        if result == 0 { break }
        if result > 0 { received += result } else if errno != EINTR { error = errno }
      }
    }
    if error != 0 { throw .system(path: path, error: error) }
    return bytes
  }
}
