// Programs of the system, and the folder in which they leave what they make.

import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Platform {
  /// Whether the process has all rights.
  static var isSuperuser: Bool { geteuid() == 0 }

  /// The path of a program in `PATH`; nil where it is in none of its folders.
  static func executable(named name: String) -> String? {
    (environment("PATH") ?? "").split(separator: ":").map { "\($0)/\(name)" }.first { path in
      path.hasPrefix("/") && withCPath(path) { access($0, X_OK) } == 0
    }
  }

  /// A new folder that nobody else may read.
  ///
  /// - Throws: ``Failure`` where none can be made.
  static func makeTemporaryFolder() throws(Failure) -> String {
    let base = environment("TMPDIR") ?? "/tmp"
    var template = Array((base + "/simulate-XXXXXX").utf8CString)
    guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
      throw .init(.outputFailed, at: base, "cannot create a temporary folder: \(String(cString: strerror(errno)))")
    }
    return PathBytes.text(cString: made)
  }

  /// Removes a folder with all that is in it; what stays is of no harm.
  static func removeFolder(_ path: String) {
    guard let folder = withCPath(path, { opendir($0) }) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { PathBytes.text(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      // What cannot be unlinked is a folder.
      if withCPath("\(path)/\(name)", { unlink($0) }) != 0 { removeFolder("\(path)/\(name)") }
    }
    closedir(folder)
    _ = withCPath(path) { rmdir($0) }
  }

  /// Runs a program without a shell, its streams nowhere, and waits for it.
  ///
  /// - Parameters:
  ///   - path: The program.
  ///   - arguments: Its arguments.
  ///   - seconds: How long it may take; then it is ended.
  /// - Returns: Its exit status; nil where it could not be started, or did not end by itself.
  static func run(_ path: String, _ arguments: [String], seconds: Int) -> Int32? {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", stream == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0)
    }
    let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, path, &actions, nil, words + [nil], environ) == 0 else { return nil }
    var status: Int32 = 0
    // A hundredth of a second is not felt, and costs nothing.
    for _ in 0..<(seconds * 100) {
      if waitpid(process, &status, WNOHANG) == process { return status & 0x7F == 0 ? status >> 8 & 0xFF : nil }
      usleep(10_000)
    }
    kill(process, SIGKILL)
    _ = waitpid(process, &status, 0)
    return nil
  }
}
