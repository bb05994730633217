import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the path of an output leads to, found out without changing anything.
struct OutputTarget {
  /// How it is written.
  enum Kind {
    /// A new file takes the name, and the mode and owner of the file that has it now, if there is one.
    case file(replacing: stat?)
    /// A descriptor that the process was started with: standard output, or what `/dev/fd/N` names.
    case descriptor(Int32)
    /// A pipe or a character device: it is opened and written into.
    case stream
    /// A socket: it is connected to and written into.
    case socket
  }

  /// The path as it was given.
  let path: String
  /// The path that it leads to, behind all symbolic links.
  let resolved: String
  /// How it is written.
  let kind: Kind

  /// Follows a path; `-` is standard output.
  ///
  /// - Throws: ``Failure`` for what cannot be an output: a folder, a file that may not be written, a loop of links, a
  ///   folder that is not there.
  init(_ path: String) throws(Failure) {
    self.path = path
    if path.isEmpty { throw Failure(.wrongUsage, "an output needs the name of a file (it is empty)") }
    if path == "-" {
      (resolved, kind) = (path, .descriptor(STDOUT_FILENO))
      return
    }
    resolved = try Self.follow(path)
    if let descriptor = Self.descriptor(named: resolved) {
      kind = try Self.open(descriptor, path)
      return
    }
    guard let found = try Self.status(resolved, path) else {
      try Self.checkFolder(of: resolved, path)
      kind = .file(replacing: nil)
      return
    }
    kind = try Self.kind(of: found, resolved, path)
  }

  /// Whether it is standard output, by whatever name.
  var isStandardOutput: Bool {
    if case .descriptor(STDOUT_FILENO) = kind { return true }
    return false
  }

  /// Whether a new file takes the name.
  var isFile: Bool {
    if case .file = kind { return true }
    return false
  }

  // MARK: Links

  /// The path behind all symbolic links at a path's end; a link that leads to nothing yields what it names.
  private static func follow(_ path: String) throws(Failure) -> String {
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
    throw Failure(.outputFailed, at: path, "cannot be written: too many symbolic links, or a loop of them")
  }

  /// The number in `/dev/fd/N` and its other names.
  private static func descriptor(named path: String) -> Int32? {
    for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }

  /// The folder of a path, with its slash; empty for a name in the working folder.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(path[...slash])
  }

  // MARK: Kinds

  private static func open(_ descriptor: Int32, _ path: String) throws(Failure) -> Kind {
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0, flags & O_ACCMODE != O_RDONLY else {
      throw Failure(output: path, "cannot be written", error: EBADF)
    }
    return .descriptor(descriptor)
  }

  /// What the system knows of a path, or nil where there is nothing.
  private static func status(_ resolved: String, _ path: String) throws(Failure) -> stat? {
    var status = stat()
    if withCPath(resolved, { stat($0, &status) }) == 0 { return status }
    if errno == ENOENT { return nil }
    throw Failure(output: path, "cannot be written", error: errno)
  }

  private static func checkFolder(of resolved: String, _ path: String) throws(Failure) {
    let folder = folder(of: resolved)
    if folder == resolved { throw Failure(.outputFailed, at: path, "is the name of a folder, not of a file") }
    guard !folder.isEmpty else { return }
    var status = stat()
    guard withCPath(folder, { stat($0, &status) }) == 0 else {
      throw Failure(output: path, "cannot create the file: its folder cannot be used", error: errno)
    }
  }

  private static func kind(of found: stat, _ resolved: String, _ path: String) throws(Failure) -> Kind {
    let format = found.st_mode & S_IFMT
    if format == S_IFREG || format == S_IFIFO, isStandardOutput(found) { return .descriptor(STDOUT_FILENO) }
    switch format {
    case S_IFREG:
      guard mayWrite(found, resolved) else {
        throw Failure(.outputFailed, at: path, "may not be written: the file is read-only (chmod u+w allows it)")
      }
      return .file(replacing: found)
    case S_IFIFO, S_IFCHR: return .stream
    case S_IFSOCK: return .socket
    case S_IFDIR: throw Failure(.outputFailed, at: path, "is a folder, not a file")
    default: throw Failure(.outputFailed, at: path, "is neither a file nor a pipe or character device")
    }
  }

  /// Whether standard output goes into the file or pipe: then the two are one, and nothing may be put in its place.
  private static func isStandardOutput(_ found: stat) -> Bool {
    var status = stat()
    guard fstat(STDOUT_FILENO, &status) == 0 else { return false }
    return status.st_dev == found.st_dev && status.st_ino == found.st_ino
  }

  /// Whether a file's mode lets its owner write, which holds for the superuser too: who protects a file means it.
  static func mayWrite(_ found: stat, _ resolved: String) -> Bool {
    let bits: mode_t = found.st_uid == geteuid() ? S_IWUSR : S_IWUSR | S_IWGRP | S_IWOTH
    return found.st_mode & bits != 0 && withCPath(resolved) { access($0, W_OK) } == 0
  }
}

extension Failure {
  /// An output that the system refuses: its path, what was tried, and the system's reason.
  init(output path: String, _ doing: String, error: Int32) {
    self.init(.outputFailed, at: path == "-" ? nil : path, "\(doing): \(reason(error))")
  }
}

/// The system's words for an error number.
func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
