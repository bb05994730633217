#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a folder of files holds: the files that are read, and what only looks like one.
package struct FolderListing: Sendable, Equatable {
  /// The names of the regular files, and of links to such, sorted, without the folder.
  package var files: [String] = []
  /// What is not read, though its name ends as it should.
  package var skipped: [SkippedFile] = []

  /// Looks through a folder.
  ///
  /// - Parameters:
  ///   - directory: The folder; a relative path starts at the working directory.
  ///   - suffix: The end of the names, such as `.json`.
  /// - Throws: Why the folder cannot be read.
  package init(of directory: String, suffix: String) throws(FileFault) {
    for (name, isRegular) in try entries(in: directory) where name.hasSuffix(suffix) {
      let path = directory + "/" + name
      if let reason = name.hasPrefix(".") ? .hidden : isRegular ? nil : SkippedFile.reason(toSkip: path) {
        skipped.append(SkippedFile(path: path, reason: reason))
      } else {
        files.append(name)
      }
    }
  }
}

/// Something in a folder of files that is not read.
package struct SkippedFile: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why it is not read.
  package enum Reason: Sendable {
    /// Its name begins with a dot.
    case hidden
    /// It is a folder.
    case folder
    /// It is a link to something that is not there.
    case danglingLink
    /// It is a pipe, a device or a socket, from which reading might never end.
    case special
  }

  /// Where it is.
  package let path: String
  /// Why it is not read.
  package let reason: Reason

  /// One line: `path: warning: is a pipe, ...; it is left out`.
  package var description: String {
    let words =
      switch reason {
      case .hidden: "is hidden, since its name begins with a dot"
      case .folder: "is a folder, not a file"
      case .danglingLink: "is a link to a file that is not there"
      case .special: "is a pipe, a device or a socket, not a file"
      }
    return "\(onePathLine(path)): warning: \(words); it is left out"
  }

  /// Why a path is not read, or nil for a regular file, and for one of which that cannot be told: opening it will tell.
  static func reason(toSkip path: String) -> Reason? {
    var status = stat()
    guard withCPath(path, { stat($0, &status) }) == 0 else { return errno == ENOENT ? .danglingLink : nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return .folder
    default: return .special
    }
  }
}

/// The names of the files in a directory that end in `suffix`, sorted; what is hidden or no regular file is left out.
///
/// - Parameters:
///   - directory: The directory; a relative path starts at the working directory.
///   - suffix: The end of the names, such as `.json`.
/// - Returns: The names, without the directory.
/// - Throws: Why the directory cannot be read.
package func listFiles(in directory: String, suffix: String) throws(FileFault) -> [String] {
  try FolderListing(of: directory, suffix: suffix).files
}

/// The names of all that a directory holds, sorted, and whether it is known already that one is a regular file's.
private func entries(in directory: String) throws(FileFault) -> [(name: String, isRegular: Bool)] {
  guard let stream = withCPath(directory, { opendir($0) }) else {
    throw FileFault(systemError: errno, path: directory)
  }
  defer { closedir(stream) }
  var entries: [(name: String, isRegular: Bool)] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      PathBytes.text(Array(bytes.prefix { $0 != 0 }))
    }
    // Most file systems say it here: no call for each file is needed.
    entries.append((name, entry.pointee.d_type == UInt8(DT_REG)))
  }
  return entries.sorted { $0.name < $1.name }
}
