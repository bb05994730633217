import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// The calls to the system that the files of this room share.

/// Calls until no signal comes between.
func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// Opens a path, again where a signal comes between; -1 with the reason in `errno`.
///
/// - Parameters:
///   - path: What is opened.
///   - flags: How, as of `open`; the descriptor is never passed on to another program.
///   - mode: Who may do what with a file that is made.
/// - Returns: The descriptor.
func opened(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
  retrying { withCPath(path) { open($0, flags | O_CLOEXEC, mode) } }
}

/// What the system knows of a path, behind all links; nil with the reason in `errno`.
func status(of path: String) -> stat? {
  var status = stat()
  return withCPath(path) { stat($0, &status) } == 0 ? status : nil
}

/// What the system knows of a path itself, be it a link; nil with the reason in `errno`.
func linkStatus(of path: String) -> stat? {
  var status = stat()
  return withCPath(path) { lstat($0, &status) } == 0 ? status : nil
}

/// What the system knows of an open file.
func status(of descriptor: Int32) -> stat? {
  var status = stat()
  return fstat(descriptor, &status) == 0 ? status : nil
}

extension stat {
  /// The sort of file: `S_IFREG` and the like.
  var format: mode_t { st_mode & S_IFMT }

  /// Whether both are one file.
  func isSame(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}

/// Gives a file another name; 0, or -1 with the reason in `errno`.
func renamed(_ old: String, _ new: String) -> Int32 {
  retrying { withCPath(old) { old in withCPath(new) { rename(old, $0) } } }
}

/// Removes a file.
func remove(_ path: String) { _ = withCPath(path) { unlink($0) } }

/// Writes all bytes; returns 0, or why not.
package func writeAll(_ all: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
  var bytes = all
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
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
package func isClosed(_ descriptor: Int32) -> Bool {
  // After a signal it is closed all the same, and trying again might close another's.
  close(descriptor) == 0 || errno == EINTR
}

/// Makes what was written to a descriptor durable, where it can be; whether that worked.
func isDurable(_ descriptor: Int32) -> Bool {
  retrying { fsync(descriptor) } == 0 || errno == EINVAL || errno == ENOTSUP
}

/// A connection to a socket of the file system, or -1 with the reason in `errno`.
func connectedSocket(_ path: String) -> Int32 {
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
