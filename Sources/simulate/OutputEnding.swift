/// The ending of an output's name: a file holds what its name says.
enum OutputEnding {
  /// Endings that say what is in a file.
  private static let known: Set<String> = [
    "csv", "tsv", "jsonl", "ndjson", "json", "html", "htm", "svg", "md", "txt", "xml", "yaml", "yml", "toml", "parquet",
    "arrow", "feather", "xlsx", "xls", "ods", "db", "sqlite", "h5", "hdf5", "npy", "npz", "pkl", "pdf", "png", "jpg",
    "jpeg", "gif", "webp", "gz", "xz", "bz2", "zst", "zip", "tar",
  ]

  /// What stands behind the last dot of a path's last part, in lower case.
  static func of(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return name.contains(".") ? (name.split(separator: ".").last?.lowercased() ?? "") : ""
  }

  /// Refuses a file whose name does not say what is in it; nil is no output.
  static func check(_ path: String?, holds format: Message, endings: [String]) throws(Failure) {
    if let path { try check(OutputTarget(path), holds: format, endings: endings) }
  }

  /// Refuses a file whose name does not say what is in it.
  ///
  /// - Parameters:
  ///   - output: The output; only a file's name says anything.
  ///   - format: What is written, in words.
  ///   - endings: The endings that go with it.
  ///   - isAskedFor: Whether the format is asked for by name; then an ending that says nothing is one.
  /// - Throws: ``Failure`` with the ending, and those that are right.
  static func check(
    _ output: OutputTarget, holds format: Message, endings: [String], isAskedFor: Bool = false
  ) throws(Failure) {
    let ending = of(output.path)
    guard output.isFile, !endings.contains(ending) else { return }
    let right = endings.joined(separator: " or .")
    if known.contains(ending) {
      throw Failure(
        .wrongUsage,
        "'\(output.path)' ends in .\(ending), and what is written is \(format): let it end in .\(right)")
    }
    if isAskedFor { return }
    throw Failure(.wrongUsage, "'\(output.path)' must end in .\(right): what is written is \(format)")
  }
}
