#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file or directory that cannot be read.
public enum FileFault: Fault, Sendable, Equatable {
  /// Nothing has this path.
  case notFound(path: String)
  /// A file was wanted and the path is a directory's.
  case isDirectory(path: String)
  /// A directory was wanted and the path is a file's.
  case notDirectory(path: String)
  /// The user has no permission to read.
  case notReadable(path: String)
  /// The file has more bytes than its reader takes.
  case tooLarge(path: String, limit: Int)
  /// The path is a socket's, which can be read from no more than a folder can.
  case isSocket(path: String)
  /// The system gives another reason, as its number (`errno`).
  case system(path: String, error: Int32)

  /// The path.
  public var place: String? {
    switch self {
    case .notFound(let path), .isDirectory(let path), .notDirectory(let path), .notReadable(let path),
      .tooLarge(let path, _), .isSocket(let path), .system(let path, _):
      onePathLine(path)
    }
  }

  /// What is wrong with it.
  public var words: FaultWords {
    switch self {
    case .notFound: "no such file"
    case .isDirectory: "is a directory, not a file"
    case .notDirectory: "is not a directory"
    case .notReadable: "no permission to read"
    case .tooLarge(_, let limit): "has more than \(byteText(limit))"
    case .isSocket: "is a socket or a device without a driver, not a file"
    case .system(_, let error): "cannot be read: \(visible(String(cString: strerror(error))))"
    }
  }

  /// The fault that the system gives as a number (`errno`).
  public init(systemError error: Int32, path: String) {
    switch error {
    case ENOENT: self = .notFound(path: path)
    case EISDIR: self = .isDirectory(path: path)
    case ENOTDIR: self = .notDirectory(path: path)
    case ENXIO: self = .isSocket(path: path)
    case EACCES, EPERM: self = .notReadable(path: path)
    default: self = .system(path: path, error: error)
    }
  }
}

/// The most bytes of a file that people write or edit: a profile, a plan, an error band, 4 MiB.
package let smallFileLimit = 4 << 20

/// Opens a file for reading, again where a signal comes between.
///
/// - Returns: The descriptor, or -1 with the reason in `errno`.
package func openForReading(_ path: String) -> Int32 {
  while true {
    let file = withCPath(path) { open($0, O_RDONLY | O_CLOEXEC) }
    if file >= 0 || errno != EINTR { return file }
  }
}

/// Reads a whole file.
///
/// A regular file that is too large is refused before any of it is read, a pipe or device as soon as it has given more.
///
/// - Parameters:
///   - path: The file; a relative path starts at the working directory.
///   - limit: The most bytes to take.
/// - Returns: The file's bytes.
/// - Throws: Why the file cannot be read.
package func readFileBytes(_ path: String, limit: Int = smallFileLimit) throws(FileFault) -> [UInt8] {
  let file = openForReading(path)
  guard file >= 0 else { throw FileFault(systemError: errno, path: path) }
  defer { close(file) }
  let hint = sizeHint(of: file)
  guard hint <= limit else { throw .tooLarge(path: path, limit: limit) }
  // The chunk is filled by the system and appended as a block: growing the result by zeros first would be a loop over
  // every byte in a build without optimization.
  var chunk = [UInt8](repeating: 0, count: hint == 0 ? 1 << 16 : min(1 << 16, hint + 1))
  var bytes: [UInt8] = []
  bytes.reserveCapacity(min(limit, hint))
  while true {
    let received = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    let error = errno
    if received < 0, error == EINTR { continue }
    guard received >= 0 else { throw FileFault(systemError: error, path: path) }
    bytes.append(contentsOf: chunk[..<received])
    guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
    // A regular file gives less than it is asked for at its end alone: a catalog of files is read with half the calls.
    if received == 0 || hint > 0 && received < chunk.count { return bytes }
  }
}

/// A number of bytes in words: in MiB where it is a whole number of them.
private func byteText(_ count: Int) -> String {
  count >= 1 << 20 && count % (1 << 20) == 0 ? "\(count >> 20) MiB" : "\(count) bytes"
}

/// The size that the system gives for a regular file; 0 for anything else.
private func sizeHint(of file: Int32) -> Int {
  var status = stat()
  guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
  return max(0, Int(status.st_size))
}
