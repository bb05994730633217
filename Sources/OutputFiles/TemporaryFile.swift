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
  /// - Throws: ``OutputFault`` with the output's path and the system's reason.
  init(beside target: OutputTarget, replacing old: FileOwnership?) throws(OutputFault) {
    self.target = target
    let folder = OutputTarget.folder(of: target.resolved)
    // The name may be as long as names may be already.
    let name = String(target.resolved.dropFirst(folder.count).prefix(60))
    var number = 0
    var (path, descriptor): (String, Int32) = ("", -1)
    repeat {
      path = folder + name + ".\(getpid())" + (number == 0 ? "" : "-\(number)") + ".partial"
      descriptor = opened(path, O_WRONLY | O_CREAT | O_EXCL, mode: FileOwnership.modeOfNewFile(replacing: old))
      number += 1
    } while descriptor < 0 && errno == EEXIST && number < 100
    guard descriptor >= 0 else { throw .refused(.create, path: target.path, error: errno) }
    (self.path, self.descriptor) = (path, descriptor)
    let litter = path
    interruption = Interruption { remove(litter) }
    old?.give(to: descriptor)
  }

  /// Makes the file durable and gives it its name.
  ///
  /// - Throws: ``OutputFault`` with the output's path and the system's reason; then nothing is left behind.
  func finish() throws(OutputFault) {
    guard isDurable(descriptor) else { throw fault(.write, isOpen: true) }
    guard isClosed(descriptor) else { throw fault(.finish, isOpen: false) }
    guard renamed(path, target.resolved) == 0 else { throw fault(.putInPlace, isOpen: false) }
    interruption.cancel()
    try secureName(of: target)
  }

  private func fault(_ step: OutputFault.Step, isOpen: Bool) -> OutputFault {
    let fault = OutputFault.refused(step, path: target.path, error: errno)
    if isOpen { close(descriptor) }
    discard()
    return fault
  }

  /// Leaves nothing behind; the descriptor stays open.
  func discard() {
    remove(path)
    interruption.cancel()
  }
}

/// Makes a file's new name durable, where the folder can be read.
///
/// - Throws: ``OutputFault`` with the output's path and the system's reason.
func secureName(of target: OutputTarget) throws(OutputFault) {
  let folder = OutputTarget.folder(of: target.resolved)
  let descriptor = opened(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
  guard descriptor >= 0 else { return }
  let isSecured = isDurable(descriptor)
  let error = errno
  close(descriptor)
  guard isSecured else { throw .refused(.secureName, path: target.path, error: error) }
}
