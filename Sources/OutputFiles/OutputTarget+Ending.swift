extension OutputTarget {
  /// Endings that say what is in a file.
  private static let knownEndings: Set<String> = [
    "csv", "tsv", "jsonl", "ndjson", "json", "html", "htm", "svg", "md", "txt", "xml", "yaml", "yml", "toml", "parquet",
    "arrow", "feather", "xlsx", "xls", "ods", "db", "sqlite", "h5", "hdf5", "npy", "npz", "pkl", "pdf", "png", "jpg",
    "jpeg", "gif", "webp", "gz", "xz", "bz2", "zst", "zip", "tar",
  ]

  /// What stands behind the last dot of the path's last part, in lower case.
  package var ending: String {
    let name = path.split(separator: "/").last ?? ""
    return name.contains(".") ? (name.split(separator: ".").last?.lowercased() ?? "") : ""
  }

  /// Refuses a file whose name does not say what is in it; only a file's name says anything.
  ///
  /// - Parameters:
  ///   - format: What is written, in words.
  ///   - endings: The endings that go with it.
  ///   - isAskedFor: Whether the format is asked for by name; then an ending that says nothing is one.
  /// - Throws: ``OutputFault`` with the ending, and those that are right.
  package func check(holds format: String, endings: [String], isAskedFor: Bool = false) throws(OutputFault) {
    guard isFile, !endings.contains(ending) else { return }
    if Self.knownEndings.contains(ending) {
      throw .wrongEnding(path: path, ending: ending, holds: format, right: endings)
    }
    if !isAskedFor { throw .noEnding(path: path, holds: format, right: endings) }
  }
}
