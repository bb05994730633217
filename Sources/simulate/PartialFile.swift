import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file of lines that grows beside its final name until it is whole, so that an interrupted run can go on.
///
/// `rows.csv` grows as `rows.csv.partial` and takes its name when it is complete. What a killed process left ends in the
/// middle of a line at worst. A lock keeps a second process out. Nothing that is there already is changed before
/// ``cut(to:)`` and ``append(_:)``.
struct PartialFile: ~Copyable {
  /// The final name, as it was given.
  var path: String { target.path }
  /// The name while it grows.
  let partialPath: String
  /// Bytes that were there when it was opened.
  let length: Int

  private let target: OutputTarget
  private let descriptor: Int32
  private var isOpen = true

  /// The name of an output while it grows.
  static func partialPath(of target: OutputTarget) -> String { target.resolved + ".partial" }

  /// Whether an interrupted run left its lines.
  static func exists(for target: OutputTarget) -> Bool {
    var status = stat()
    return withCPath(partialPath(of: target)) { lstat($0, &status) } == 0
  }

  /// Opens the file, or makes it where there is none.
  ///
  /// - Parameters:
  ///   - target: The final name.
  ///   - resumes: Whether the lines of an interrupted run are kept; otherwise there must be none.
  /// - Throws: ``Failure`` with the path and the reason; nothing was changed.
  init(_ target: OutputTarget, resumes: Bool) throws(Failure) {
    let partial = Self.partialPath(of: target)
    let isThere = Self.exists(for: target)
    let descriptor =
      resumes && isThere ? try Self.openOld(partial) : try Self.openNew(partial, target)
    do throws(Failure) {
      length = try Self.lock(descriptor, partial)
    } catch {
      close(descriptor)
      throw error
    }
    self.target = target
    self.descriptor = descriptor
    partialPath = partial
  }

  deinit { if isOpen { close(descriptor) } }

  // MARK: Opening

  private static func openNew(_ partial: String, _ target: OutputTarget) throws(Failure) -> Int32 {
    var old: stat?
    if case .file(let replaced) = target.kind { old = replaced }
    let descriptor = retrying {
      withCPath(partial) { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, old == nil ? 0o666 : 0o600) }
    }
    if descriptor >= 0 {
      if let old { adopt(old, by: descriptor) }
      return descriptor
    }
    if errno == EEXIST { throw refusal(of: partial) }
    throw Failure(output: target.path, "cannot create the file", error: errno)
  }

  /// Why a new file cannot be made where one is.
  private static func refusal(of partial: String) -> Failure {
    var status = stat()
    if withCPath(partial, { lstat($0, &status) }) == 0, let odd = oddity(status) { return isNone(partial, odd) }
    let descriptor = retrying { withCPath(partial) { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) } }
    defer { if descriptor >= 0 { close(descriptor) } }
    if descriptor >= 0, isWritten(descriptor) { return beingWritten(partial) }
    return Failure(
      .wrongInput,
      at: partial, "an interrupted sweep left its rows here; add --resume to go on, or remove the file")
  }

  /// Whether another process holds the lock, or is about to take it where it has just made the file.
  private static func isWritten(_ descriptor: Int32) -> Bool {
    for _ in 0..<5 {
      if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK { return true }
      flock(descriptor, LOCK_UN)
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_size == 0 else { return false }
      usleep(10_000)
    }
    return false
  }

  private static func beingWritten(_ partial: String) -> Failure {
    Failure(.wrongInput, at: partial, "another process is writing this file now; wait for it, or stop it")
  }

  /// Opens what an interrupted run left: never what a link leads to, and nothing but a file.
  private static func openOld(_ partial: String) throws(Failure) -> Int32 {
    var status = stat()
    guard withCPath(partial, { lstat($0, &status) }) == 0 else {
      throw Failure(output: partial, "cannot be resumed", error: errno)
    }
    if let odd = oddity(status) { throw isNone(partial, odd) }
    guard OutputTarget.mayWrite(status, partial) else {
      throw Failure(.outputFailed, at: partial, "may not be written: the file is read-only (chmod u+w allows it)")
    }
    let descriptor = retrying { withCPath(partial) { open($0, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) } }
    guard descriptor >= 0 else { throw Failure(output: partial, "cannot be resumed", error: errno) }
    return descriptor
  }

  /// What is not a file, in words.
  private static func oddity(_ status: stat) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFLNK: "a symbolic link"
    case S_IFDIR: "a folder"
    default: "a pipe, socket or device"
    }
  }

  private static func isNone(_ partial: String, _ oddity: String) -> Failure {
    Failure(.wrongInput, at: partial, "is \(oddity), and no file that an interrupted sweep left; remove it")
  }

  /// Locks the file; returns its length.
  private static func lock(_ descriptor: Int32, _ partial: String) throws(Failure) -> Int {
    // Some file systems have no locks; then nothing keeps a second process out, as for other programs' files.
    if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0, errno == EWOULDBLOCK { throw beingWritten(partial) }
    // Between opening and locking, a process that had the lock may have given the file its final name.
    var (opened, named) = (stat(), stat())
    guard fstat(descriptor, &opened) == 0, withCPath(partial, { lstat($0, &named) }) == 0,
      opened.st_ino == named.st_ino,
      opened.st_mode & S_IFMT == S_IFREG
    else { throw beingWritten(partial) }
    return Int(opened.st_size)
  }

  /// Reads what was there when it was opened.
  var reader: FileReader { FileReader(path: partialPath, descriptor: descriptor) }

  // MARK: Writing

  /// Keeps so many bytes, and goes on behind them.
  func cut(to length: Int) throws(Failure) {
    guard length == self.length || retrying({ ftruncate(descriptor, off_t(length)) }) == 0,
      lseek(descriptor, off_t(length), SEEK_SET) >= 0
    else { throw Failure(output: partialPath, "cannot cut off a torn row", error: errno) }
  }

  /// Adds whole lines.
  func append(_ bytes: [UInt8]) throws(Failure) {
    let error = writeAll(bytes[...], to: descriptor)
    if error != 0 { throw failure("write the file", error) }
  }

  private func failure(_ doing: String, _ error: Int32) -> Failure {
    Failure(
      .outputFailed,
      at: path, "cannot \(doing): \(reason(error)); the rows so far stay in \(partialPath), and --resume goes on")
  }

  /// Makes the file durable and gives it its name.
  consuming func finish() throws(Failure) {
    guard isDurable(descriptor) else { throw failure("write the file", errno) }
    // The lock is held until the file has its name, so that nobody goes on with it in between.
    guard retrying({ renamed(partialPath, target.resolved) }) == 0 else {
      throw failure("put the file in place", errno)
    }
    isOpen = false
    guard isClosed(descriptor) else { throw Failure(output: path, "cannot finish the file", error: errno) }
    try secureName(of: target)
  }

  /// Leaves nothing behind.
  consuming func discard() {
    _ = withCPath(partialPath) { unlink($0) }
  }
}

/// Reads from any place of a file that is open.
struct FileReader {
  /// The file's name.
  let path: String
  fileprivate let descriptor: Int32

  /// Bytes from a place on; fewer at the end of the file.
  func bytes(from offset: Int, count: Int) throws(Failure) -> [UInt8] {
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, received in
      while received < count, error == 0 {
        let place = buffer.baseAddress.map { $0 + received }
        let result = pread(descriptor, place, count - received, off_t(offset + received))
        if result == 0 { break }
        if result > 0 { received += result } else if errno != EINTR { error = errno }
      }
    }
    if error != 0 { throw Failure(.wrongInput, at: path, "cannot be read: \(reason(error))") }
    return bytes
  }
}
