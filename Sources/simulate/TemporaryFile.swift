import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A new file beside the one whose place it will take.
struct TemporaryFile {
  private let target: OutputTarget
  private let path: String
  private let interruption: Interruption
  /// The open file.
  let descriptor: Int32

  /// Makes the file; one that takes an old one's place has its mode and, where that is permitted, its owner.
  ///
  /// - Throws: ``Failure`` with the output's path and the system's reason.
  init(beside target: OutputTarget, replacing old: stat?) throws(Failure) {
    self.target = target
    let folder = OutputTarget.folder(of: target.resolved)
    // The name may be as long as names may be already.
    let name = String(target.resolved.dropFirst(folder.count).prefix(60))
    var number = 0
    var (path, descriptor): (String, Int32) = ("", -1)
    repeat {
      path = folder + name + ".\(getpid())" + (number == 0 ? "" : "-\(number)") + ".partial"
      descriptor = retrying {
        withCPath(path) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, old == nil ? 0o666 : 0o600) }
      }
      number += 1
    } while descriptor < 0 && errno == EEXIST && number < 100
    guard descriptor >= 0 else { throw Failure(output: target.path, "cannot create the file", error: errno) }
    (self.path, self.descriptor) = (path, descriptor)
    let litter = path
    interruption = Interruption { _ = withCPath(litter) { unlink($0) } }
    if let old { adopt(old, by: descriptor) }
  }

  /// Makes the file durable and gives it its name.
  ///
  /// - Throws: ``Failure`` with the output's path and the system's reason; then nothing is left behind.
  func finish() throws(Failure) {
    guard isDurable(descriptor) else { throw failure("write the file", isOpen: true) }
    guard isClosed(descriptor) else { throw failure("finish the file", isOpen: false) }
    guard retrying({ renamed(path, target.resolved) }) == 0 else {
      throw failure("put the file in place", isOpen: false)
    }
    interruption.cancel()
    try secureName(of: target)
  }

  private func failure(_ doing: String, isOpen: Bool) -> Failure {
    let failure = Failure(output: target.path, "cannot " + doing, error: errno)
    if isOpen { close(descriptor) }
    discard()
    return failure
  }

  /// Leaves nothing behind; the descriptor stays open.
  func discard() {
    _ = withCPath(path) { unlink($0) }
    interruption.cancel()
  }
}

/// Gives a new file the mode of an old one and, where that is permitted, its owner.
func adopt(_ old: stat, by descriptor: Int32) {
  // The owner first, since changing it takes set-user-ID bits away; a group may be kept where an owner may not.
  if fchown(descriptor, old.st_uid, old.st_gid) != 0 { _ = fchown(descriptor, uid_t.max, old.st_gid) }
  _ = fchmod(descriptor, old.st_mode & 0o7777)
}

/// Makes a file's new name durable, where the folder can be read.
///
/// - Throws: ``Failure`` with the output's path and the system's reason.
func secureName(of target: OutputTarget) throws(Failure) {
  let folder = OutputTarget.folder(of: target.resolved)
  let descriptor = retrying {
    withCPath(folder.isEmpty ? "." : folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  }
  guard descriptor >= 0 else { return }
  let isSecured = isDurable(descriptor)
  let error = errno
  close(descriptor)
  guard isSecured else { throw Failure(output: target.path, "cannot make the file's name durable", error: error) }
}
