import CommandSyntax
import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The outputs of a command, seen against each other and against its inputs before anything is done.
enum Outputs {
  /// Refuses what cannot be written, and what would be lost: an output that is an input, that another output replaces, or
  /// that would stand in the middle of the result.
  ///
  /// - Parameters:
  ///   - command: The command line.
  ///   - options: The options that name outputs.
  ///   - inputs: Paths that the command reads.
  ///   - library: The catalogs, whose files are inputs too, or nil where an output may be put among them.
  ///   - printsResult: Whether a result goes to standard output besides.
  /// - Throws: ``Failure`` that names the output and what is wrong with it.
  static func check(
    _ command: ParsedCommand, _ options: [String], inputs: [String], _ library: Library?, printsResult: Bool = false
  ) throws(Failure) {
    var seen: [(option: String, target: OutputTarget)] = []
    for option in options {
      guard let path = command.value(of: option) else { continue }
      let target = try OutputTarget(path)
      if printsResult, target.isStandardOutput {
        throw Failure(
          .wrongUsage,
          "--\(option) and the result would both go to standard output; give --\(option) a file or a pipe")
      }
      if let other = seen.first(where: { isSame($0.target, target) }) {
        throw Failure(.wrongUsage, "--\(other.option) and --\(option) are the same file; give each its own")
      }
      try check(target, against: inputs)
      try library?.check(isOutside: target)
      seen.append((option, target))
    }
  }

  /// Refuses an output that is one of the inputs.
  static func check(_ target: OutputTarget, against inputs: [String]) throws(Failure) {
    guard target.isFile, let place = FileIdentity(target.resolved) else { return }
    for input in inputs where FileIdentity(input) == place {
      throw Failure(.wrongUsage, "the output '\(target.path)' is an input, '\(input)'; give it another name")
    }
  }

  /// Whether two outputs would be mixed or would replace each other; what is written to a device is never seen again.
  private static func isSame(_ one: OutputTarget, _ other: OutputTarget) -> Bool {
    switch (one.kind, other.kind) {
    case (.descriptor(let first), .descriptor(let second)): first == second
    case (.file, .file), (.stream, .stream), (.socket, .socket):
      FileIdentity(name: one.resolved).map { $0 == FileIdentity(name: other.resolved) } ?? false
    default: false
    }
  }
}

/// What makes two paths the same file.
struct FileIdentity: Hashable {
  private let device: UInt64
  private let inode: UInt64
  /// The name in the folder, where there is no file yet.
  private let name: String

  /// The file that is at a path, or nil where there is none or nothing that could be lost.
  init?(_ path: String) {
    var status = stat()
    guard withCPath(path, { stat($0, &status) }) == 0, status.st_mode & S_IFMT != S_IFCHR else { return nil }
    (device, inode, name) = (UInt64(status.st_dev), UInt64(status.st_ino), "")
  }

  /// The file that is at a path or would be.
  init?(name path: String) {
    if let found = FileIdentity(path) {
      self = found
      return
    }
    var status = stat()
    let folder = OutputTarget.folder(of: path)
    guard withCPath(path, { stat($0, &status) }) != 0,
      withCPath(folder.isEmpty ? "." : folder, { stat($0, &status) }) == 0
    else { return nil }
    (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    name = String(path.dropFirst(folder.count))
  }
}
