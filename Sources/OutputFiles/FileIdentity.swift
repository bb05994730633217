#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What makes two paths the same file.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  /// The name in the folder, where there is no file yet.
  private let name: String

  private init(_ status: stat, name: String = "") {
    (device, inode, self.name) = (UInt64(status.st_dev), UInt64(status.st_ino), name)
  }

  /// The file that is at a path, or nil where there is none or nothing that could be lost.
  package init?(_ path: String) {
    guard let found = status(of: path), found.format != S_IFCHR else { return nil }
    self.init(found)
  }

  /// The file that is at a path or would be.
  init?(name path: String) {
    if let found = FileIdentity(path) {
      self = found
      return
    }
    let folder = OutputTarget.folder(of: path)
    guard status(of: path) == nil, let found = status(of: folder.isEmpty ? "." : folder) else { return nil }
    self.init(found, name: String(path.dropFirst(folder.count)))
  }
}

extension OutputTarget {
  /// The folder that it is in; nil where there is none.
  package var folder: FileIdentity? {
    let folder = Self.folder(of: resolved)
    return FileIdentity(folder.isEmpty ? "." : folder)
  }

  /// Refuses a file that is one of the inputs, which it would replace.
  ///
  /// - Throws: ``OutputFault/isInput(path:input:)``.
  package func check(against inputs: [String]) throws(OutputFault) {
    guard isFile, let place = FileIdentity(resolved) else { return }
    for input in inputs where FileIdentity(input) == place { throw .isInput(path: path, input: input) }
  }

  /// Whether two outputs would be mixed or would replace each other; what is written to a device is never seen again.
  package func collides(with other: OutputTarget) -> Bool {
    switch (kind, other.kind) {
    case (.descriptor(let first), .descriptor(let second)): first == second
    case (.file, .file), (.stream, .stream), (.socket, .socket):
      FileIdentity(name: resolved).map { $0 == FileIdentity(name: other.resolved) } ?? false
    default: false
    }
  }
}
