import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Who may do what with a file, and whose it is: what a file that takes its place inherits.
package struct FileOwnership: Sendable {
  private let mode: mode_t
  private let user: uid_t
  private let group: gid_t

  init(_ status: stat) { (mode, user, group) = (status.st_mode & 0o7777, status.st_uid, status.st_gid) }

  /// The mode of a file that takes the place of another: nobody else's until it has its owner.
  static func modeOfNewFile(replacing old: FileOwnership?) -> mode_t { old == nil ? 0o666 : 0o600 }

  /// Gives a new file the mode and, where that is permitted, the owner.
  func give(to descriptor: Int32) {
    // The owner first, since changing it takes set-user-ID bits away; a group may be kept where an owner may not.
    if fchown(descriptor, user, group) != 0 { _ = fchown(descriptor, uid_t.max, group) }
    _ = fchmod(descriptor, mode)
  }

  /// Whether the mode lets the owner write, which holds for the superuser too: who protects a file means it.
  func permitsWriting(_ path: String) -> Bool {
    let bits: mode_t = user == geteuid() ? S_IWUSR : S_IWUSR | S_IWGRP | S_IWOTH
    return mode & bits != 0 && withCPath(path) { access($0, W_OK) } == 0
  }
}
