import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Folders that are made for outputs, and taken away again where nothing came of it.
package struct NewFolders: Sendable {
  private var made: [String] = []

  /// None yet.
  package init() {}

  /// Makes a folder, and those above it, where there is none yet.
  ///
  /// - Throws: ``OutputFault`` with the folder and the reason.
  package mutating func make(_ folder: String) throws(OutputFault) {
    var prefix = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      prefix += (prefix.isEmpty || prefix.hasSuffix("/") ? "" : "/") + part
      if withCPath(prefix, { mkdir($0, 0o777) }) == 0 {
        made.append(prefix)
      } else if errno != EEXIST {
        throw .refused(.makeFolder, path: folder, error: errno)
      }
    }
    guard isFolder(folder) else { throw .isNoFolder(path: folder) }
  }

  /// Removes those that were made; one that something was written to is not empty and stays.
  package func discard() {
    for folder in made.reversed() { _ = withCPath(folder) { rmdir($0) } }
  }
}

/// Whether a path leads to a folder.
package func isFolder(_ path: String) -> Bool { status(of: path)?.format == S_IFDIR }
