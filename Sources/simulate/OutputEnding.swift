/// The endings of files that are written: a file holds what its name says.
enum OutputEnding {
  /// Endings that say what a file holds; of two that fit, the longer.
  private static let known = [
    ".csv", ".tsv", ".jsonl", ".ndjson", ".vl.json", ".json", ".html", ".htm", ".svg", ".png", ".jpg", ".jpeg", ".pdf",
    ".md", ".parquet", ".feather", ".arrow", ".xlsx", ".xls", ".ods", ".db", ".sqlite", ".gz", ".zip", ".zst", ".bz2",
    ".xz", ".txt", ".yaml", ".yml", ".xml", ".py", ".npy", ".npz", ".hdf5", ".h5",
  ]

  /// The ending of a file's name, if it is one that says what the file holds.
  private static func ending(of path: String) -> String? {
    let name = path.lowercased()
    return known.first { name.hasSuffix($0) }
  }

  /// Whether a file's name has an ending, in whatever case.
  static func has(_ ending: String, _ path: String) -> Bool { Self.ending(of: path) == ending }

  /// Whether a path says nothing about what it holds by its name: standard output, a pipe, a device.
  static func isNameless(_ path: String) -> Bool { path == "-" || Platform.isSpecial(path) }

  /// Checks that a file's ending is one of those of what it will hold.
  ///
  /// - Parameters:
  ///   - path: The file's name.
  ///   - option: The option that names it: `--timeline`.
  ///   - endings: The endings that fit.
  ///   - contents: What is written, in words: `a timeline`.
  /// - Throws: ``Failure`` for another ending.
  static func check(_ path: String, of option: Message, _ endings: [String], _ contents: Message) throws(Failure) {
    if isNameless(path) || endings.contains(where: { has($0, path) }) { return }
    throw Failure(
      .wrongUsage,
      "error: \(option) '\(path)' must end in \(endings.joined(separator: " or ")), since it will hold \(contents)")
  }

  /// Checks that a file's ending does not say another format than the one that was asked for; `.txt` says none.
  static func check(_ path: String, of option: Message, format: String, _ endings: [String]) throws(Failure) {
    guard !isNameless(path), let ending = ending(of: path), ending != ".txt", !endings.contains(ending) else { return }
    throw Failure(
      .wrongUsage, "error: \(option) '\(path)' ends in \(ending), and --format \(format) would write something else")
  }
}
