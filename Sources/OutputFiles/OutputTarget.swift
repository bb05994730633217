import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the path of an output leads to, found out without changing anything.
package struct OutputTarget: Sendable {
  /// How it is written.
  package enum Kind: Sendable {
    /// A new file takes the name, and the mode and owner of the file that has it now, if there is one.
    case file(replacing: FileOwnership?)
    /// A descriptor that the process was started with: standard output, or what `/dev/fd/N` names.
    case descriptor(Int32)
    /// A pipe or a character device: it is opened and written into.
    case stream
    /// A socket: it is connected to and written into.
    case socket
  }

  /// The path as it was given.
  package let path: String
  /// The path that it leads to, behind all symbolic links.
  package let resolved: String
  /// How it is written.
  package let kind: Kind

  /// Follows a path; `-` is standard output.
  ///
  /// - Throws: ``OutputFault`` for what cannot be an output: a folder, a file that may not be written, a loop of links, a
  ///   folder that is not there.
  package init(_ path: String) throws(OutputFault) {
    self.path = path
    if path.isEmpty { throw OutputFault.unnamed }
    if path == "-" {
      (resolved, kind) = (path, .descriptor(STDOUT_FILENO))
      return
    }
    resolved = try Self.follow(path)
    if let descriptor = Self.descriptor(named: resolved) {
      kind = try Self.open(descriptor, path)
      return
    }
    guard let found = status(of: resolved) else {
      guard errno == ENOENT else { throw .refused(.look, path: path, error: errno) }
      try Self.checkFolder(of: resolved, path)
      kind = .file(replacing: nil)
      return
    }
    kind = try Self.kind(of: found, resolved, path)
  }

  /// Whether it is standard output, by whatever name.
  package var isStandardOutput: Bool {
    if case .descriptor(STDOUT_FILENO) = kind { return true }
    return false
  }

  /// Whether a new file takes the name.
  package var isFile: Bool {
    if case .file = kind { return true }
    return false
  }

  /// Whether a file has the name now.
  package var replacesFile: Bool {
    if case .file(.some) = kind { return true }
    return false
  }

  // MARK: Links

  /// The path behind all symbolic links at a path's end; a link that leads to nothing yields what it names.
  private static func follow(_ path: String) throws(OutputFault) -> String {
    var place = path
    for _ in 0..<40 {
      if descriptor(named: place) != nil { return place }
      var target = [CChar](repeating: 0, count: 4096)
      let length = withCPath(place) { readlink($0, &target, target.count) }
      // Not a link, or nothing at all.
      guard length >= 0 else { return place }
      let text = PathBytes.text(target[..<length].map(UInt8.init(bitPattern:)))
      place = text.hasPrefix("/") ? text : folder(of: place) + text
    }
    throw .endlessLinks(path: path)
  }

  /// The number in `/dev/fd/N` and its other names.
  private static func descriptor(named path: String) -> Int32? {
    for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }

  /// The folder of a path, with its slash; empty for a name in the working folder.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(path[...slash])
  }

  // MARK: Kinds

  private static func open(_ descriptor: Int32, _ path: String) throws(OutputFault) -> Kind {
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0, flags & O_ACCMODE != O_RDONLY else { throw .refused(.look, path: path, error: EBADF) }
    return .descriptor(descriptor)
  }

  private static func checkFolder(of resolved: String, _ path: String) throws(OutputFault) {
    let folder = folder(of: resolved)
    if folder == resolved { throw .folderName(path: path) }
    guard folder.isEmpty || status(of: folder) != nil else {
      throw .refused(.enterFolder, path: path, error: errno)
    }
  }

  private static func kind(of found: stat, _ resolved: String, _ path: String) throws(OutputFault) -> Kind {
    let isOpen = status(of: STDOUT_FILENO)?.isSame(as: found) ?? false
    // Where standard output goes into the file or pipe the two are one, and nothing may be put in its place.
    if isOpen, found.format == S_IFREG || found.format == S_IFIFO { return .descriptor(STDOUT_FILENO) }
    switch found.format {
    case S_IFREG:
      let old = FileOwnership(found)
      guard old.permitsWriting(resolved) else { throw .readOnly(path: path) }
      return .file(replacing: old)
    case S_IFIFO, S_IFCHR: return .stream
    case S_IFSOCK: return .socket
    case S_IFDIR: throw .isFolder(path: path)
    default: throw .isSpecial(path: path)
    }
  }
}
