import CommandSyntax
import JSONText
import OutputFiles

extension ParsedCommand {
  /// Refuses outputs that cannot be written, and those by which something would be lost.
  ///
  /// That is an output that is an input, that another output replaces, or that would stand in the middle of the result.
  ///
  /// - Parameters:
  ///   - options: The options that name outputs.
  ///   - inputs: Paths that the command reads.
  ///   - library: The catalogs, whose files are inputs too, or nil where an output may be put among them.
  ///   - printsResult: Whether a result goes to standard output besides.
  /// - Throws: ``Failure`` that names the output and what is wrong with it.
  func checkOutputs(
    _ options: [String], inputs: [String], _ library: Library?, printsResult: Bool = false
  ) throws(Failure) {
    var seen: [(option: String, target: OutputTarget)] = []
    for option in options {
      guard let target = try output(option) else { continue }
      if printsResult, target.isStandardOutput {
        throw .usage("--\(option) and the result would both go to standard output; give --\(option) a file or a pipe")
      }
      if let other = seen.first(where: { $0.target.collides(with: target) }) {
        throw .usage("--\(other.option) and --\(option) are the same file; give each its own")
      }
      try checking { try target.check(against: inputs) }
      try library?.check(isOutside: target)
      seen.append((option, target))
    }
  }

  /// What an option's output leads to; nil where the option is not given.
  func output(_ option: String) throws(Failure) -> OutputTarget? {
    guard let path = value(of: option) else { return nil }
    return try checking { try OutputTarget(path) }
  }

  /// Refuses an output whose name does not say what is in it.
  func checkEnding(of option: String, holds format: String, _ endings: [String]) throws(Failure) {
    let target = try output(option)
    try checking { try target?.check(holds: format, endings: endings) }
  }
}

/// Writes a whole output.
func writeOutput(_ text: String, to path: String) throws(Failure) {
  try checking { try OutputFile.write(text, to: OutputTarget(path)) }
}

/// A file that a command is asked for, so that a terminal's user is told what was written, and what was there before.
struct WrittenFile {
  private let target: OutputTarget
  private let replaces: Bool

  /// A file, before it is written.
  init(_ target: OutputTarget) {
    self.target = target
    replaces = target.isFile && target.replacesFile
  }

  /// Says that it is written, to who watches; nothing of standard output, a pipe or a device.
  ///
  /// - Parameter rows: How many rows it has; nil for what has none.
  func say(rows: Int? = nil) {
    guard Platform.showsProgress, target.isFile, !target.isStandardOutput else { return }
    let count: Message = rows.map { $0 == 1 ? ": 1 row" : ": \(NumberFormat.integer($0)) rows" } ?? ""
    Platform.warn("wrote \(target.path)" + count + (replaces ? " (replacing the file that was there)" : ""))
  }
}
