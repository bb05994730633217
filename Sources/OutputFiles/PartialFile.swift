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
package struct PartialFile: ~Copyable {
  /// The final name, as it was given.
  private var path: String { target.path }
  /// The name while it grows.
  package let partialPath: String
  /// Bytes that were there when it was opened.
  package let length: Int

  private let target: OutputTarget
  private let descriptor: Int32
  private var isOpen = true

  private static func partialPath(of target: OutputTarget) -> String { target.resolved + ".partial" }

  /// Whether an interrupted run left its lines.
  package static func exists(for target: OutputTarget) -> Bool { linkStatus(of: partialPath(of: target)) != nil }

  /// Opens the file, or makes it where there is none.
  ///
  /// - Parameters:
  ///   - target: The final name.
  ///   - resumes: Whether the lines of an interrupted run are kept; otherwise there must be none.
  /// - Throws: ``OutputFault`` with the path and the reason; nothing was changed.
  package init(_ target: OutputTarget, resumes: Bool) throws(OutputFault) {
    let partial = Self.partialPath(of: target)
    let isThere = Self.exists(for: target)
    let descriptor =
      resumes && isThere ? try Self.openOld(partial) : try Self.openNew(partial, target)
    do throws(OutputFault) {
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

  private static func openNew(_ partial: String, _ target: OutputTarget) throws(OutputFault) -> Int32 {
    var old: FileOwnership?
    if case .file(let replaced) = target.kind { old = replaced }
    let descriptor = opened(partial, O_RDWR | O_CREAT | O_EXCL, mode: FileOwnership.modeOfNewFile(replacing: old))
    if descriptor >= 0 {
      old?.give(to: descriptor)
      return descriptor
    }
    if errno == EEXIST { throw refusal(of: partial) }
    throw .refused(.create, path: target.path, error: errno)
  }

  /// Why a new file cannot be made where one is.
  private static func refusal(of partial: String) -> OutputFault {
    if let oddity = linkStatus(of: partial).flatMap(oddity) { return .isNoPartial(oddity, partial: partial) }
    let descriptor = opened(partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    defer { if descriptor >= 0 { close(descriptor) } }
    return descriptor >= 0 && isWritten(descriptor) ? .beingWritten(partial: partial) : .interrupted(partial: partial)
  }

  /// Whether another process holds the lock, or is about to take it where it has just made the file.
  private static func isWritten(_ descriptor: Int32) -> Bool {
    for _ in 0..<5 {
      if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK { return true }
      flock(descriptor, LOCK_UN)
      guard status(of: descriptor)?.st_size == 0 else { return false }
      usleep(10_000)
    }
    return false
  }

  /// Opens what an interrupted run left: never what a link leads to, and nothing but a file.
  private static func openOld(_ partial: String) throws(OutputFault) -> Int32 {
    guard let found = linkStatus(of: partial) else { throw .refused(.resume, path: partial, error: errno) }
    if let oddity = oddity(found) { throw .isNoPartial(oddity, partial: partial) }
    guard FileOwnership(found).permitsWriting(partial) else { throw .readOnly(path: partial) }
    let descriptor = opened(partial, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw .refused(.resume, path: partial, error: errno) }
    return descriptor
  }

  /// What is not a file; nil for a file.
  private static func oddity(_ status: stat) -> OutputFault.Oddity? {
    switch status.format {
    case S_IFREG: nil
    case S_IFLNK: .link
    case S_IFDIR: .folder
    default: .stream
    }
  }

  /// Locks the file; returns its length.
  private static func lock(_ descriptor: Int32, _ partial: String) throws(OutputFault) -> Int {
    // Some file systems have no locks; then nothing keeps a second process out, as for other programs' files.
    if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0, errno == EWOULDBLOCK {
      throw .beingWritten(partial: partial)
    }
    // Between opening and locking, a process that had the lock may have given the file its final name.
    guard let opened = status(of: descriptor), let named = linkStatus(of: partial), opened.isSame(as: named),
      opened.format == S_IFREG
    else { throw .beingWritten(partial: partial) }
    return Int(opened.st_size)
  }

  /// Reads what was there when it was opened.
  package var reader: FileReader { FileReader(path: partialPath, descriptor: descriptor) }

  // MARK: Writing

  /// Keeps so many bytes, and goes on behind them.
  package func cut(to length: Int) throws(OutputFault) {
    guard length == self.length || retrying({ ftruncate(descriptor, off_t(length)) }) == 0,
      lseek(descriptor, off_t(length), SEEK_SET) >= 0
    else { throw .refused(.cut, path: partialPath, error: errno) }
  }

  /// Adds whole lines.
  package func append(_ bytes: [UInt8]) throws(OutputFault) {
    let error = writeAll(bytes[...], to: descriptor)
    if error != 0 { throw stopped(.write, error) }
  }

  private func stopped(_ step: OutputFault.Step, _ error: Int32) -> OutputFault {
    .stopped(step, path: path, partial: partialPath, error: error)
  }

  /// Makes the file durable and gives it its name.
  package consuming func finish() throws(OutputFault) {
    guard isDurable(descriptor) else { throw stopped(.write, errno) }
    // The lock is held until the file has its name, so that nobody goes on with it in between.
    guard renamed(partialPath, target.resolved) == 0 else { throw stopped(.putInPlace, errno) }
    isOpen = false
    guard isClosed(descriptor) else { throw .refused(.finish, path: path, error: errno) }
    try secureName(of: target)
  }

  /// Leaves nothing behind.
  package consuming func discard() {
    remove(partialPath)
  }
}
